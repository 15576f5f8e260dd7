import type { BayView, NodeGroupView } from '@jeroboam/domain';
import { StepFailed, purposesOf } from '@jeroboam/driver-sdk';
import { kubernetesValues } from '@jeroboam/heat-driver';
import type { Site, Values } from '@jeroboam/heat-driver';
import { plugins } from './plugins.ts';

/** Labels that are parameters of the template under the same name. */
const LABELS = [
  'availability_zone', 'nodes_affinity_policy', 'boot_volume_size', 'boot_volume_type', 'fixed_subnet_cidr', 'service_cluster_ip_range',
  'etcd_tag', 'coredns_tag', 'flannel_tag', 'flannel_cni_tag', 'cni_plugins_tag', 'flannel_backend', 'calico_tag', 'kubelet_options',
] as const;

/** Values of the templates in `bundles/1.0.0`. */
export async function parametersOf(bay: BayView, workers: NodeGroupView, site: Site): Promise<Values> {
  const { spec } = bay;
  refuseUnsupported(spec);
  return {
    ...await kubernetesValues(bay, workers, site, LABELS),
    node_credentials: purposesOf({ plugins }, spec).join(' '),
    network_driver: spec.networkDriver,
    ...(spec.networkDriver === 'calico' ? { pods_network_cidr: spec.labels['calico_ipv4pool'] ?? spec.labels['pods_network_cidr'] } : {}),
    docker_volume_size: workers.dockerVolumeSize ?? spec.dockerVolumeSize,
    dns_nameserver: spec.dnsNameserver,
    master_lb_enabled: spec.masterLbEnabled,
  };
}

function refuseUnsupported({ tlsDisabled, externalNetworkId, masterLbEnabled, fixedNetwork, fixedSubnet }: BayView['spec']): void {
  const refuse = (reason: string) => {
    throw new StepFailed(reason, { retryable: false });
  };
  if (tlsDisabled) refuse('k8s_fedora_coreos makes no bays without TLS');
  if (!externalNetworkId) refuse('Required parameter external_network not provided.');
  if (masterLbEnabled && fixedNetwork && !fixedSubnet) refuse('A load balancer for the masters needs fixed_subnet beside fixed_network');
}
