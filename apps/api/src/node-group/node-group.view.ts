import type { NodeGroupView } from '@jeroboam/domain';
import type { BayDocument, NodeGroupDocument } from '@jeroboam/read-model';
import { comparedLabels } from '../bay/cluster.view.ts';
import { links, type BaseUrl } from '../wire/links.ts';
import { timestamp } from '../wire/timestamp.ts';
import { numberOf } from './find-node-group.ts';

/** A node group in a list. */
export function nodeGroupSummary(group: NodeGroupDocument): Record<string, unknown> {
  return {
    uuid: group.nodeGroupId,
    name: group.name,
    flavor_id: group.flavorId,
    image_id: group.imageId,
    node_count: group.nodeCount,
    role: group.role,
    min_node_count: group.minNodeCount,
    max_node_count: group.maxNodeCount,
    is_default: group.isDefault,
    stack_id: group.stackId,
    status: group.status,
    // It belongs to requests only; Magnum shows it all the same, and always so.
    merge_labels: false,
  };
}

export function nodeGroupDetail(bay: BayDocument, group: NodeGroupDocument, base: BaseUrl): Record<string, unknown> {
  return {
    id: numberOf(group),
    uuid: group.nodeGroupId,
    name: group.name,
    cluster_id: bay.id,
    project_id: bay.projectId,
    docker_volume_size: group.dockerVolumeSize,
    labels: group.labels,
    links: links(base, `clusters/${bay.id}/nodegroups/${group.nodeGroupId}`),
    flavor_id: group.flavorId,
    image_id: group.imageId,
    node_addresses: group.nodeAddresses,
    node_count: group.nodeCount,
    role: group.role,
    min_node_count: group.minNodeCount,
    max_node_count: group.maxNodeCount,
    is_default: group.isDefault,
    stack_id: group.stackId,
    status: group.status,
    status_reason: group.statusReason,
    version: null,
    merge_labels: false,
    ...comparedLabels(group.labels, bay.spec.labels),
    node_labels: group.nodeLabels ?? {},
    node_taints: group.nodeTaints ?? [],
    created_at: timestamp(group.createdAt),
    updated_at: timestamp(group.updatedAt),
  };
}

/** What Magnum knows of a node group before its conductor has taken it up, and what is null then is not there. */
const KNOWN_AT_ONCE = new Set([
  'uuid', 'name', 'cluster_id', 'project_id', 'docker_volume_size', 'labels', 'links', 'flavor_id', 'image_id', 'node_count', 'role',
  'min_node_count', 'max_node_count', 'merge_labels', 'labels_overridden', 'labels_added', 'labels_skipped', 'node_labels', 'node_taints',
]);

/** Stands where nothing of it is shown yet. */
const UNKNOWN_AT_FIRST = { status: 'CREATE_IN_PROGRESS', statusReason: null, nodeAddresses: [], stackId: null, createdAt: '', updatedAt: null } as const;

/** The answer to the request that made it. */
export function newNodeGroup(bay: BayDocument, group: NodeGroupView, base: BaseUrl): Record<string, unknown> {
  const isUnset = (name: string, value: unknown) => name === 'docker_volume_size' ? value === null
    : (name === 'node_labels' && !group.nodeLabels) || (name === 'node_taints' && !group.nodeTaints);
  const shown = nodeGroupDetail(bay, { ...group, ...UNKNOWN_AT_FIRST }, base);
  const known = Object.entries(shown).filter(([name, value]) => KNOWN_AT_ONCE.has(name) && !isUnset(name, value));
  return Object.fromEntries(known);
}
