import type { BayView, NodeGroupView } from '@jeroboam/domain';
import { StepFailed } from '@jeroboam/driver-sdk';
import type { Site, Values } from '@jeroboam/heat-driver';

/** Labels that are parameters of the templates of both versions under the same name. */
const LABELS = ['availability_zone', 'nodes_affinity_policy', 'boot_volume_size', 'boot_volume_type', 'fixed_subnet_cidr'] as const;
/** Of the standalone Swarm alone. */
const STANDALONE_LABELS = ['flannel_network_cidr', 'flannel_network_subnetlen', 'flannel_backend', 'swarm_version', 'swarm_strategy'] as const;

/** Values of the templates in `bundles/2.0.0`. Labels of a node group count before those of the bay. */
export function parametersOf({ spec, nodeGroups }: BayView, workers: NodeGroupView, site: Site): Values {
  refuseUnsupported(spec);
  const masters = nodeGroups.find(({ role }) => role === 'master');
  return {
    ...labelled(LABELS, spec, workers),
    cluster_uuid: spec.bayId,
    ssh_key_name: spec.keypair,
    master_image: masters?.imageId ?? spec.imageId,
    master_flavor: masters?.flavorId ?? spec.masterFlavorId,
    worker_image: workers.imageId,
    worker_flavor: workers.flavorId ?? spec.flavorId,
    docker_volume_size: workers.dockerVolumeSize ?? spec.dockerVolumeSize,
    docker_storage_driver: spec.dockerStorageDriver,
    external_network: spec.externalNetworkId,
    fixed_network: spec.fixedNetwork,
    fixed_subnet: spec.fixedSubnet,
    dns_nameserver: spec.dnsNameserver,
    floating_ip_enabled: spec.floatingIpEnabled,
    master_lb_enabled: spec.masterLbEnabled,
    api_url: site.apiUrl,
    bootstrap_token: site.bootstrapToken,
    node_labels: Object.entries(workers.nodeLabels ?? {}).map(([key, value]) => `${key}=${value}`).join(','),
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

/** An empty label is one that was not given. */
function labelled(names: readonly string[], { labels }: BayView['spec'], workers: NodeGroupView): Values {
  const given: Readonly<Record<string, string>> = { ...labels, ...workers.labels };
  return Object.fromEntries(names.map((name) => [name, given[name] === '' ? undefined : given[name]]));
}

function refuseUnsupported({ tlsDisabled, externalNetworkId, masterLbEnabled, fixedNetwork, fixedSubnet }: BayView['spec']): void {
  const refuse = (reason: string) => {
    throw new StepFailed(reason, { retryable: false });
  };
  if (tlsDisabled) refuse('swarm_fedora_atomic makes no bays without TLS');
  if (!externalNetworkId) refuse('Required parameter external_network not provided.');
  if (masterLbEnabled && fixedNetwork && !fixedSubnet) refuse('A load balancer for the managers needs fixed_subnet beside fixed_network');
}
