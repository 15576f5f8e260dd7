import type { BayCommand } from './bay.commands.ts';
import { ApiAddressUnavailable, DefaultNodeGroupNotDeletable, InvalidNodeGroup, MasterNodeGroupNotSupported, NodeGroupAlreadyExists, NodeGroupNotFound, StatusForbids } from './bay.errors.ts';
import type { BayEvent } from './bay.events.ts';
import { isKnown } from './bay.state.ts';
import type { LiveBay, NodeGroupState } from './bay.state.ts';
import type { NodeGroupView } from './bay.view.ts';

type Data<T extends BayCommand['type']> = Extract<BayCommand, { type: T }>['data'];

/** @throws {NodeGroupNotFound} */
export function groupOf(ident: string, bay: LiveBay): NodeGroupState {
  const group = bay.nodeGroups.find((candidate) => candidate.name === ident || candidate.nodeGroupId === ident);
  if (!group) throw new NodeGroupNotFound(ident);
  return group;
}

export function createNodeGroup({ operationId, nodeGroup }: Data<'CreateNodeGroup'>, bay: LiveBay): BayEvent[] {
  if (isKnown(operationId, bay) || bay.nodeGroups.some((group) => group.nodeGroupId === nodeGroup.nodeGroupId)) return [];
  if (bay.apiAddress === null) throw new ApiAddressUnavailable();
  requireNotGoing(bay);
  if (bay.nodeGroups.some((group) => group.name === nodeGroup.name)) throw new NodeGroupAlreadyExists(nodeGroup.name, bay.spec.name);
  requireSoundCounts(nodeGroup);
  if (nodeGroup.role === 'master') throw new MasterNodeGroupNotSupported();
  return [{ type: 'NodeGroupCreationRequested', schemaVersion: 1, data: { bayId: bay.spec.bayId, operationId, nodeGroup: { ...nodeGroup, isDefault: false } } }];
}

/** What a node group was made by cannot be changed; a group that is being made or taken away cannot be changed at all. */
const REVISABLE = new Set<NodeGroupState['status']>(['CREATE_COMPLETE', 'UPDATE_COMPLETE', 'UPDATE_IN_PROGRESS', 'UPDATE_FAILED']);

export function reviseNodeGroup({ operationId, nodeGroup, changes }: Data<'ReviseNodeGroup'>, bay: LiveBay): BayEvent[] {
  const group = groupOf(nodeGroup, bay);
  if (isKnown(operationId, bay)) return [];
  const after = { ...group, ...changes };
  requireSoundCounts(after);
  const of = { bayId: bay.spec.bayId, operationId, nodeGroup: group.name };
  if (!REVISABLE.has(group.status) || bay.status === 'DELETE_IN_PROGRESS') {
    // Magnum has answered 202 by now.
    const { code, message } = new StatusForbids('Updating', bay.status === 'DELETE_IN_PROGRESS' ? bay.status : group.status);
    return [{ type: 'NodeGroupRevisionRefused', schemaVersion: 1, data: { ...of, code, reason: message } }];
  }
  const isSame = (Object.keys(changes) as (keyof typeof changes)[]).every((name) => JSON.stringify(group[name] ?? null) === JSON.stringify(changes[name] ?? null));
  return isSame ? [] : [{ type: 'NodeGroupRevisionRequested', schemaVersion: 1, data: { ...of, changes } }];
}

export function deleteNodeGroup({ operationId, nodeGroup }: Data<'DeleteNodeGroup'>, bay: LiveBay): BayEvent[] {
  const group = groupOf(nodeGroup, bay);
  if (group.isDefault) throw new DefaultNodeGroupNotDeletable();
  if (group.status === 'DELETE_IN_PROGRESS' || bay.status === 'DELETE_IN_PROGRESS') return [];
  return [{ type: 'NodeGroupDeletionRequested', schemaVersion: 1, data: { bayId: bay.spec.bayId, operationId, nodeGroup: group.name, fromCount: group.nodeCount } }];
}

function requireNotGoing(bay: LiveBay): void {
  if (bay.status.startsWith('DELETE_')) throw new StatusForbids('Updating', bay.status);
}

/** Magnum's three rules in its order and words; a maximum of 0 is none. */
function requireSoundCounts({ name, nodeCount, minNodeCount, maxNodeCount }: NodeGroupView): void {
  const refuse = (attribute: string, explanation: string) => {
    throw new InvalidNodeGroup(name, attribute, explanation);
  };
  for (const count of [nodeCount, minNodeCount, maxNodeCount ?? 0]) {
    if (!Number.isSafeInteger(count) || count < 0) refuse('node_count', 'node counts are whole numbers from 0');
  }
  if (maxNodeCount) {
    if (minNodeCount > maxNodeCount) refuse('max_node_count', `min_node_count (${minNodeCount}) should be less or equal to max_node_count (${maxNodeCount})`);
    if (nodeCount > maxNodeCount) refuse('max_node_count', `node_count (${nodeCount}) should be less or equal to max_node_count (${maxNodeCount})`);
  }
  if (minNodeCount > nodeCount) refuse('min_node_count', `min_node_count (${minNodeCount}) should be less or equal to node_count (${nodeCount})`);
}
