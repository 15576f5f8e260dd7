import { cut, moment } from '../message/notification.ts';
import { naiveTime } from '../message/times.ts';
import { sizesOf } from './bay-record.ts';
import type { BayRecord, GroupFacts, NodeGroup } from './bay-record.ts';

/** Version of the flat keys; it rises when one changes its meaning. */
export const SCHEMA_VERSION = 1;

/** The attachment `cluster_data`, key for key as Magnum's; the misspelt key is Magnum's too, the right one ours. */
export function clusterAttachment(record: BayRecord, kind = 'cluster'): Record<string, unknown> {
  const { bay, status, statusReason, createdAt, updatedAt, discoveryUrl } = record;
  const { spec } = bay;
  const { nodeCount, masterCount } = sizesOf(bay);
  const content = {
    status, status_reason: statusReason, project_id: spec.projectId, created_at: naiveTime(createdAt), updated_at: updatedAt && naiveTime(updatedAt),
    cluster_template_id: spec.bayModelId, keypair: spec.keypair, 'docker_volume_size:': spec.dockerVolumeSize, docker_volume_size: spec.dockerVolumeSize,
    labels: spec.labels, master_flavor_id: spec.masterFlavorId, flavor_id: spec.flavorId, stack_id: bay.stackId,
    health_status: bay.health?.status ?? null, create_timeout: spec.createTimeoutMinutes, api_address: bay.apiAddress, discovery_url: discoveryUrl,
    node_addresses: addresses(record, false), master_addresses: addresses(record, true), node_count: nodeCount, master_count: masterCount,
  };
  return { typeURI: `service/magnum/${kind}`, name: 'cluster_data', content };
}

/** Whose the bay is: in every notification about it, whoever acted. */
export function ownerOf({ bay }: BayRecord): { readonly projectId: string; readonly userId: string } {
  return { projectId: bay.spec.projectId, userId: bay.spec.userId };
}

/** The flat keys of everything about a bay. Numbers are absolute, so that a message lost or out of order corrects itself. */
export function bayKeys(record: BayRecord, before: BayRecord | undefined, requestId: string | null): Record<string, unknown> {
  const { bay, status, statusReason } = record;
  const { spec } = bay;
  const { nodeCount, masterCount } = sizesOf(bay);
  return {
    ...ownerKeys(record), resource_id: spec.bayId, cluster_id: spec.bayId, display_name: cut(spec.name),
    state: status, old_state: before?.status ?? record.previousState, state_description: cut(statusReason ?? ''),
    health_status: bay.health?.status ?? null, old_health_status: before?.bay.health?.status ?? null,
    coe: spec.coe, cluster_template_id: spec.bayModelId, flavor_id: spec.flavorId, master_flavor_id: spec.masterFlavorId,
    node_count: nodeCount, master_count: masterCount, docker_volume_size: spec.dockerVolumeSize,
    ...labelKeys(spec.labels),
    created_at: moment(record.createdAt), launched_at: moment(record.launchedAt), deleted_at: moment(record.deletedAt),
    state_entered_at: moment(record.stateEnteredAt), previous_state_seconds: record.previousStateSeconds,
    request_id: requestId, sequence: record.sequence, schema_version: SCHEMA_VERSION,
  };
}

/** The flat keys of everything about a node group; `resource_id` is its own, the bay's is beside it. */
export function groupKeys(record: BayRecord, group: NodeGroup, facts: GroupFacts, deletedAt: string | null, requestId: string | null): Record<string, unknown> {
  const { spec } = record.bay;
  return {
    ...ownerKeys(record), resource_id: group.nodeGroupId, cluster_id: spec.bayId, display_name: cut(group.name), cluster_name: cut(spec.name),
    state: deletedAt === null ? group.status : 'DELETE_COMPLETE', state_description: cut(facts.statusReason ?? ''),
    coe: spec.coe, cluster_template_id: spec.bayModelId, role: cut(group.role), flavor_id: group.flavorId, image_id: cut(group.imageId),
    node_count: group.nodeCount, min_node_count: group.minNodeCount, max_node_count: group.maxNodeCount, docker_volume_size: group.dockerVolumeSize,
    ...labelKeys(group.labels),
    created_at: moment(facts.createdAt), updated_at: moment(facts.updatedAt), launched_at: moment(facts.launchedAt), deleted_at: moment(deletedAt),
    request_id: requestId, sequence: record.sequence, schema_version: SCHEMA_VERSION,
  };
}

/** `tenant_id` for Ceilometer, `project_id` for everybody else: its samples have no project without the former. */
export function ownerKeys(record: BayRecord): Record<string, unknown> {
  const { projectId, userId } = ownerOf(record);
  return { tenant_id: projectId, project_id: projectId, user_id: userId };
}

/** `metadata` holds what Ceilometer's `user_metadata` passes on: labels whose keys begin with `metering.`. */
function labelKeys(labels: Readonly<Record<string, string>>): Record<string, unknown> {
  const metadata = Object.fromEntries(Object.entries(labels).filter(([key]) => key.startsWith('metering.')));
  return { labels, metadata, availability_zone: cut(labels['availability_zone'] ?? '') || null };
}

function addresses({ bay }: BayRecord, masters: boolean): string[] {
  const names = new Set(bay.nodeGroups.filter(({ role }) => (role === 'master') === masters).map(({ name }) => name));
  return bay.nodes.filter(({ nodeGroup }) => names.has(nodeGroup)).map(({ address }) => address);
}
