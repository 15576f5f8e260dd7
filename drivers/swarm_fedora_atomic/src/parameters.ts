import type { BayView, NodeGroupView } from '@jeroboam/domain';
import { StepFailed, purposesOf } from '@jeroboam/driver-sdk';
import { labelled, serverValues } from '@jeroboam/heat-driver';
import type { Site, Values } from '@jeroboam/heat-driver';
import { plugins } from './plugins.ts';

/** Labels that are parameters of the templates of both versions under the same name. */
const LABELS = ['availability_zone', 'nodes_affinity_policy', 'boot_volume_size', 'boot_volume_type', 'fixed_subnet_cidr'] as const;
/** Of the standalone Swarm alone. */
const STANDALONE_LABELS = ['flannel_network_cidr', 'flannel_network_subnetlen', 'flannel_backend', 'swarm_version', 'swarm_strategy'] as const;

/** Values of the templates in `bundles/2.0.0`. Labels of a node group count before those of the bay. */
export function parametersOf(bay: BayView, workers: NodeGroupView, site: Site): Values {
  const { spec } = bay;
  refuseUnsupported(spec);
  return {
    ...serverValues(bay, workers, LABELS),
    cluster_uuid: spec.bayId,
    docker_volume_size: workers.dockerVolumeSize ?? spec.dockerVolumeSize,
    docker_storage_driver: spec.dockerStorageDriver,
    dns_nameserver: spec.dnsNameserver,
    master_lb_enabled: spec.masterLbEnabled,
    api_url: site.apiUrl,
    bootstrap_token: site.bootstrapToken,
    node_credentials: purposesOf({ plugins }, spec).join(' '),
  };
}

/** Values of the templates in `bundles/1.0.0`. */
export function standaloneParametersOf(bay: BayView, workers: NodeGroupView, site: Site): Values {
  return {
    ...parametersOf(bay, workers, site),
    ...labelled(STANDALONE_LABELS, bay.spec, workers),
    network_driver: bay.spec.networkDriver,
    discovery_url: bay.spec.discoveryUrl,
  };
}

function refuseUnsupported({ tlsDisabled, externalNetworkId, masterLbEnabled, fixedNetwork, fixedSubnet }: BayView['spec']): void {
  const refuse = (reason: string) => {
    throw new StepFailed(reason, { retryable: false });
  };
  if (tlsDisabled) refuse('swarm_fedora_atomic makes no bays without TLS');
  if (!externalNetworkId) refuse('Required parameter external_network not provided.');
  if (masterLbEnabled && fixedNetwork && !fixedSubnet) refuse('A load balancer for the managers needs fixed_subnet beside fixed_network');
}
