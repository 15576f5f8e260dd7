import type { BayView, NodeGroupView } from '@jeroboam/domain';
import type { Values } from './blueprint.ts';

/** Labels by their names; those of a node group count before those of the bay, and an empty one is none. */
export function labelled(names: readonly string[], { labels }: BayView['spec'], workers: NodeGroupView): Values {
  const given: Readonly<Record<string, string>> = { ...labels, ...workers.labels };
  return Object.fromEntries(names.map((name) => [name, given[name] || undefined]));
}

/**
 * Values that the templates of every driver here take, whatever runs on their servers.
 *
 * @param asTheyAre labels that are parameters of the template under the same name.
 */
export function serverValues({ spec, nodeGroups }: BayView, workers: NodeGroupView, asTheyAre: readonly string[]): Values {
  const masters = nodeGroups.find(({ role }) => role === 'master');
  return {
    ...labelled(asTheyAre, spec, workers),
    ssh_key_name: spec.keypair,
    master_image: masters?.imageId ?? spec.imageId,
    master_flavor: masters?.flavorId ?? spec.masterFlavorId,
    worker_image: workers.imageId,
    worker_flavor: workers.flavorId ?? spec.flavorId,
    external_network: spec.externalNetworkId,
    fixed_network: spec.fixedNetwork,
    fixed_subnet: spec.fixedSubnet,
    floating_ip_enabled: spec.floatingIpEnabled,
    node_labels: Object.entries(workers.nodeLabels ?? {}).map(([key, value]) => `${key}=${value}`).join(','),
  };
}
