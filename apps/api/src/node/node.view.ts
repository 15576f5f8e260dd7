import type { LiveBay, NodeView } from '@jeroboam/domain';
import { timestamp } from '../wire/timestamp.ts';
import type { BayNodes } from './bay-nodes.ts';

/** Where Magnum keeps the availability zone of a node group. */
const ZONE = 'availability_zone';

/** A node as clients see it. It is an addition of ours: `bay-ops` 1.0. */
export function nodeView(node: NodeView, { bay, joinedBy }: BayNodes): Record<string, unknown> {
  const group = bay.nodeGroups.find(({ name }) => name === node.nodeGroup);
  const joined = joinedBy.get(node.name);
  return {
    name: node.name,
    server_id: node.externalId ?? null,
    nodegroup: node.nodeGroup,
    role: group?.role ?? null,
    az: group?.labels[ZONE] ?? bay.spec.labels[ZONE] ?? null,
    flavor: group?.flavorId ?? null,
    image: group?.imageId ?? null,
    state: stateOf(node, bay),
    address: node.address,
    created_at: timestamp(joined?.occurredAt ?? null),
    created_by_event: joined?.eventId ?? null,
  };
}

/** `LEAVING` with its group or bay; `NOT_READY` where the COE said so last; `READY` otherwise: it has joined. */
function stateOf({ name, nodeGroup }: NodeView, { status, nodeGroups, health }: LiveBay): 'READY' | 'NOT_READY' | 'LEAVING' {
  const group = nodeGroups.find((candidate) => candidate.name === nodeGroup);
  if (status === 'DELETE_IN_PROGRESS' || group?.status === 'DELETE_IN_PROGRESS') return 'LEAVING';
  // The key is Magnum's.
  const ready = health?.reason[`${name}.Ready`];
  return ready === undefined || ready === 'True' ? 'READY' : 'NOT_READY';
}
