import type { BayView, NodeGroupView } from '@jeroboam/domain';
import { StepFailed } from '@jeroboam/driver-sdk';
import { serverValues } from '@jeroboam/heat-driver';
import type { Values } from '@jeroboam/heat-driver';

/** Labels that are parameters of the template under the same name. */
const LABELS = [
  'availability_zone', 'nodes_affinity_policy', 'boot_volume_size', 'boot_volume_type', 'fixed_subnet_cidr', 'mesos_slave_work_dir',
  'mesos_slave_isolation', 'mesos_slave_image_providers', 'mesos_slave_executor_env_variables',
] as const;

/** Values of the templates in `bundles/1.0.0`. Labels of a node group count before those of the bay. */
export function parametersOf(bay: BayView, workers: NodeGroupView): Values {
  const { spec } = bay;
  refuseUnsupported(spec);
  return {
    ...serverValues(bay, workers, LABELS),
    docker_volume_size: workers.dockerVolumeSize ?? spec.dockerVolumeSize,
    dns_nameserver: spec.dnsNameserver,
    master_lb_enabled: spec.masterLbEnabled,
  };
}

function refuseUnsupported({ externalNetworkId, masterLbEnabled, fixedNetwork, fixedSubnet }: BayView['spec']): void {
  const refuse = (reason: string) => {
    throw new StepFailed(reason, { retryable: false });
  };
  if (!externalNetworkId) refuse('Required parameter external_network not provided.');
  if (masterLbEnabled && fixedNetwork && !fixedSubnet) refuse('A load balancer for the masters needs fixed_subnet beside fixed_network');
}
