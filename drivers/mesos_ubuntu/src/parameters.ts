import type { BayView, NodeGroupView } from '@jeroboam/domain';
import { StepFailed } from '@jeroboam/driver-sdk';

/** Labels that are parameters of the template under the same name. */
const LABELS = [
  'availability_zone', 'nodes_affinity_policy', 'boot_volume_size', 'boot_volume_type', 'fixed_subnet_cidr', 'mesos_slave_work_dir',
  'mesos_slave_isolation', 'mesos_slave_image_providers', 'mesos_slave_executor_env_variables',
] as const;

/** Values of the templates in `bundles/1.0.0`. Labels of a node group count before those of the bay. */
export function parametersOf({ spec, nodeGroups }: BayView, workers: NodeGroupView): Readonly<Record<string, unknown>> {
  refuseUnsupported(spec);
  const labels = { ...spec.labels, ...workers.labels };
  const masters = nodeGroups.find(({ role }) => role === 'master');
  return {
    ...Object.fromEntries(LABELS.map((label) => [label, labels[label]])),
    ssh_key_name: spec.keypair,
    master_image: masters?.imageId ?? spec.imageId,
    master_flavor: masters?.flavorId ?? spec.masterFlavorId,
    worker_image: workers.imageId,
    worker_flavor: workers.flavorId ?? spec.flavorId,
    docker_volume_size: workers.dockerVolumeSize ?? spec.dockerVolumeSize,
    external_network: spec.externalNetworkId,
    fixed_network: spec.fixedNetwork,
    fixed_subnet: spec.fixedSubnet,
    dns_nameserver: spec.dnsNameserver,
    floating_ip_enabled: spec.floatingIpEnabled,
    master_lb_enabled: spec.masterLbEnabled,
    node_labels: Object.entries(workers.nodeLabels ?? {}).map(([key, value]) => `${key}=${value}`).join(','),
  };
}

function refuseUnsupported({ externalNetworkId, masterLbEnabled, fixedNetwork, fixedSubnet }: BayView['spec']): void {
  const refuse = (reason: string) => {
    throw new StepFailed(reason, { retryable: false });
  };
  if (!externalNetworkId) refuse('Required parameter external_network not provided.');
  if (masterLbEnabled && fixedNetwork && !fixedSubnet) refuse('A load balancer for the masters needs fixed_subnet beside fixed_network');
}
