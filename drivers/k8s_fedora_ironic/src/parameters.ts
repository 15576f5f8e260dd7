import type { BayView, NodeGroupView } from '@jeroboam/domain';
import { StepFailed } from '@jeroboam/driver-sdk';
import { kubernetesValues } from '@jeroboam/heat-driver';
import type { Site, Values } from '@jeroboam/heat-driver';
import { portParameters } from './port-plan.ts';

/** Labels that are parameters of the template under the same name. */
const LABELS = [
  'service_cluster_ip_range', 'etcd_tag', 'coredns_tag', 'flannel_tag', 'flannel_cni_tag', 'cni_plugins_tag', 'flannel_backend', 'kubelet_options',
] as const;

/** Values of the templates in `bundles/1.0.0`. */
export async function parametersOf(bay: BayView, workers: NodeGroupView, site: Site): Promise<Values> {
  const { spec } = bay;
  refuseUnsupported(spec, workers);
  const fixedNetwork = spec.fixedNetwork ?? await networkOfSubnet(spec.fixedSubnet!, site);
  return { ...await kubernetesValues({ ...bay, spec: { ...spec, fixedNetwork } }, workers, site, LABELS), ...await portParameters({ ...spec, fixedNetwork }, workers, site) };
}

/** Machines are wired to a network that is there, and boot from their own disks. */
function refuseUnsupported({ tlsDisabled, externalNetworkId, floatingIpEnabled, masterLbEnabled, fixedNetwork, fixedSubnet, dockerVolumeSize, labels }: BayView['spec'], workers: NodeGroupView): void {
  const refuse = (reason: string) => {
    throw new StepFailed(reason, { retryable: false });
  };
  if (tlsDisabled) refuse('k8s_fedora_ironic makes no bays without TLS');
  if (!fixedNetwork && !fixedSubnet) refuse('Bare-metal bays need fixed_network or fixed_subnet: no network is made for machines');
  if (masterLbEnabled) refuse('k8s_fedora_ironic makes no load balancer for the masters');
  if (floatingIpEnabled && !externalNetworkId) refuse('Required parameter external_network not provided.');
  if (dockerVolumeSize ?? workers.dockerVolumeSize) refuse('Machines have no Cinder volumes: leave docker_volume_size out');
  for (const label of ['boot_volume_size', 'etcd_volume_size']) {
    if (Number(labels[label] ?? workers.labels[label] ?? 0) > 0) refuse(`Machines have no Cinder volumes: leave the label ${label} out`);
  }
}

/** @throws {StepFailed} final: there is no such subnet. */
async function networkOfSubnet(ident: string, site: Site): Promise<string> {
  const network = await site.network(ident, 'subnet');
  if (!network) throw new StepFailed(`There is no subnet ${ident}`, { retryable: false });
  return network.id;
}
