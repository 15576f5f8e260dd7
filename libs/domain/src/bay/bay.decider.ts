import { unreachable } from '../kernel/decider.ts';
import type { Decider } from '../kernel/decider.ts';
import type { BayCommand } from './bay.commands.ts';
import { BayAlreadyExists, BayNotFound, EvidenceMissing, InvalidBay, MasterResizeNotSupported, NodeCountOutOfBounds, NodeGroupNotFound, NodesNotInGroup } from './bay.errors.ts';
import type { BayEvent, BayOutputs } from './bay.events.ts';
import { evolveBay } from './bay.state.ts';
import type { BayState, LiveBay } from './bay.state.ts';
import type { BaySpec, NodeGroupView } from './bay.view.ts';

type Data<T extends BayCommand['type']> = Extract<BayCommand, { type: T }>['data'];

/** The states from which a resize is taken up; Magnum's own list and the *_FAILED ones, so that no failure is a dead end. */
const RESIZABLE = new Set<LiveBay['status']>(['CREATE_COMPLETE', 'UPDATE_COMPLETE', 'UPDATE_FAILED', 'UPDATE_IN_PROGRESS']);

export const bayDecider: Decider<BayState, BayCommand, BayEvent> = {
  initialState: () => ({ phase: 'absent' }),
  evolve: evolveBay,
  decide(command, state) {
    switch (command.type) {
      case 'CreateBay': return create(command.data, state);
      case 'AbandonBayCreation': return state.phase === 'absent' ? [{ type: 'BayCreationAbandoned', schemaVersion: 1, data: command.data }] : [];
      case 'ResizeBay': return resize(command.data, live(state));
      case 'DeleteBay': return remove(command.data, live(state));
      case 'IntendResources': return intendResources(command.data, live(state));
      case 'RecordResources': return recordResources(command.data, live(state));
      case 'ReleaseResources': return releaseResources(command.data, live(state));
      case 'ObserveBay': return state.phase === 'live' ? observe(command.data, state) : [];
      case 'CompleteOperation': return state.phase === 'live' ? complete(command.data, state) : [];
      case 'FailOperation': return state.phase === 'live' ? fail(command.data, state) : [];
      default: return unreachable(command);
    }
  },
};

function live(state: BayState): LiveBay {
  if (state.phase !== 'live') throw new BayNotFound('of this command');
  return state;
}

function create({ spec, nodeGroups, operationId }: Data<'CreateBay'>, state: BayState): BayEvent[] {
  if (state.phase === 'live' && state.lastOperationId === null && state.operation?.operationId === operationId) return [];
  if (state.phase !== 'absent') throw new BayAlreadyExists(spec.bayId);
  requireSoundBay(spec, nodeGroups);
  return [{ type: 'BayCreationRequested', schemaVersion: 1, data: { bayId: spec.bayId, operationId, spec, nodeGroups } }];
}

function requireSoundBay(spec: BaySpec, nodeGroups: readonly NodeGroupView[]): void {
  const count = (role: string) => nodeGroups.filter((group) => group.role === role).reduce((sum, group) => sum + group.nodeCount, 0);
  if (spec.name === '') throw new InvalidBay('A bay needs a name.');
  if (count('master') < 1) throw new InvalidBay('A bay needs at least one master.');
  if (nodeGroups.some((group) => !Number.isSafeInteger(group.nodeCount) || group.nodeCount < 0)) throw new InvalidBay('Node counts are whole numbers from 0.');
  if (new Set(nodeGroups.map((group) => group.name)).size !== nodeGroups.length) throw new InvalidBay('Node group names are unique in a bay.');
}

function resize(data: Data<'ResizeBay'>, bay: LiveBay): BayEvent[] {
  const group = bay.nodeGroups.find((candidate) => candidate.name === data.nodeGroup || candidate.nodeGroupId === data.nodeGroup);
  if (!group) throw new NodeGroupNotFound(data.nodeGroup);
  if (data.operationId === bay.operation?.operationId || data.operationId === bay.lastOperationId) return [];
  requireAllowedCount(group, data.nodeCount);
  requireMembers(group, data.nodesToRemove, bay);
  const target = { bayId: bay.spec.bayId, operationId: data.operationId, nodeGroup: group.name, nodeCount: data.nodeCount };
  if (!RESIZABLE.has(bay.status)) {
    // Magnum has answered 202 by now: the refusal is a fact, so that the operation has an end that can be seen.
    return [{ type: 'BayResizeRefused', schemaVersion: 1, data: { ...target, code: 'STATUS_FORBIDS', reason: `Resizing a cluster when status is "${bay.status}" is not supported.` } }];
  }
  // After a failure the same target is a fresh try; otherwise the present size is nothing to do.
  if (data.nodeCount === group.nodeCount && data.nodesToRemove.length === 0 && bay.status !== 'UPDATE_FAILED') return [];
  return [{ type: 'BayResizeRequested', schemaVersion: 1, data: { ...target, fromCount: group.nodeCount, nodesToRemove: data.nodesToRemove } }];
}

function requireAllowedCount(group: NodeGroupView, nodeCount: number): void {
  if (group.role === 'master') throw new MasterResizeNotSupported();
  if (!Number.isSafeInteger(nodeCount) || nodeCount < group.minNodeCount || (group.maxNodeCount !== null && group.maxNodeCount > 0 && nodeCount > group.maxNodeCount)) {
    throw new NodeCountOutOfBounds(group.name, group.minNodeCount, group.maxNodeCount);
  }
}

function requireMembers(group: NodeGroupView, nodes: readonly string[], bay: LiveBay): void {
  const members = bay.nodes.filter((node) => node.nodeGroup === group.name).flatMap((node) => [node.name, node.address, node.externalId]);
  const strangers = nodes.filter((node) => !members.includes(node));
  if (strangers.length > 0) throw new NodesNotInGroup(group.name, strangers);
}

function remove({ operationId }: Data<'DeleteBay'>, bay: LiveBay): BayEvent[] {
  if (bay.status === 'DELETE_IN_PROGRESS') return [];
  return [{ type: 'BayDeletionRequested', schemaVersion: 1, data: { bayId: bay.spec.bayId, operationId } }];
}

function intendResources({ operationId, resources }: Data<'IntendResources'>, bay: LiveBay): BayEvent[] {
  const known = new Set(bay.resources.map((resource) => resource.resourceId));
  const fresh = resources.filter((resource) => !known.has(resource.resourceId)).map(({ resourceId, type, name }) => ({ resourceId, type, name }));
  return fresh.length === 0 ? [] : [{ type: 'ResourcesIntended', schemaVersion: 1, data: { bayId: bay.spec.bayId, operationId, resources: fresh } }];
}

function recordResources({ operationId, resources }: Data<'RecordResources'>, bay: LiveBay): BayEvent[] {
  const intended = new Map(bay.resources.map((resource) => [resource.resourceId, resource]));
  const stranger = resources.find((resource) => !intended.has(resource.resourceId));
  if (stranger) throw new InvalidBay(`Resource ${stranger.resourceId} was recorded without being intended first.`, { resourceId: stranger.resourceId });
  const news = resources.filter((resource) => {
    const before = intended.get(resource.resourceId);
    return before?.state !== 'recorded' || (resource.externalId !== undefined && before.externalId !== resource.externalId);
  });
  const data = news.map(({ resourceId, externalId }) => ({ resourceId, ...(externalId === undefined ? {} : { externalId }) }));
  return data.length === 0 ? [] : [{ type: 'ResourcesRecorded', schemaVersion: 1, data: { bayId: bay.spec.bayId, operationId, resources: data } }];
}

function releaseResources({ operationId, resourceIds }: Data<'ReleaseResources'>, bay: LiveBay): BayEvent[] {
  const present = resourceIds.filter((resourceId) => bay.resources.some((resource) => resource.resourceId === resourceId));
  return present.length === 0 ? [] : [{ type: 'ResourcesReleased', schemaVersion: 1, data: { bayId: bay.spec.bayId, operationId, resourceIds: present } }];
}

function observe({ operationId, token, joined, removed, stackId }: Data<'ObserveBay'>, bay: LiveBay): BayEvent[] {
  // Told again after a crash, or while the log is read from its beginning: a later step has seen more since.
  if (token !== undefined && token <= bay.observedToken) return [];
  const of = { bayId: bay.spec.bayId, operationId, ...(token === undefined ? {} : { token }) };
  const events: BayEvent[] = [];
  if (stackId !== undefined && stackId !== bay.stackId) events.push({ type: 'BayStackAssigned', schemaVersion: 1, data: { ...of, stackId } });
  for (const name of removed) {
    const node = bay.nodes.find((candidate) => candidate.name === name);
    if (node) events.push({ type: 'NodeRemoved', schemaVersion: 1, data: { ...of, name, nodeGroup: node.nodeGroup } });
  }
  for (const node of joined) {
    const before = bay.nodes.find((candidate) => candidate.name === node.name);
    if (before?.address !== node.address || before.externalId !== node.externalId) events.push({ type: 'NodeJoined', schemaVersion: 1, data: { ...of, node } });
  }
  return events;
}

function complete({ operationId, outputs }: Data<'CompleteOperation'>, bay: LiveBay): BayEvent[] {
  const { operation, spec: { bayId } } = bay;
  // Not the operation that decides now: superseded, or this was said before.
  if (operation?.operationId !== operationId) return [];
  switch (operation.kind) {
    case 'create': return [provisioned(operationId, outputs, bay)];
    case 'resize': return [resized(operationId, operation.nodeGroup!, outputs, bay)];
    case 'delete':
      if (bay.resources.length > 0) throw new EvidenceMissing(`${bay.resources.length} resources are still in the ledger: ${bay.resources.map((resource) => resource.name).join(', ')}`);
      return [{ type: 'BayDeleted', schemaVersion: 1, data: { bayId, operationId } }];
    default: return unreachable(operation.kind);
  }
}

function provisioned(operationId: string, outputs: BayOutputs, bay: LiveBay): BayEvent {
  for (const group of bay.nodeGroups) requireNodes(group, bay);
  const count = (role: string) => bay.nodeGroups.filter((group) => group.role === role).reduce((sum, group) => sum + group.nodeCount, 0);
  return { type: 'BayProvisioned', schemaVersion: 1, data: { bayId: bay.spec.bayId, operationId, outputs, nodeCount: count('worker'), masterCount: count('master') } };
}

function resized(operationId: string, nodeGroup: string, outputs: BayOutputs, bay: LiveBay): BayEvent {
  const group = bay.nodeGroups.find((candidate) => candidate.name === nodeGroup)!;
  requireNodes(group, bay);
  return { type: 'BayResized', schemaVersion: 1, data: { bayId: bay.spec.bayId, operationId, nodeGroup, nodeCount: group.nodeCount, outputs } };
}

function requireNodes(group: NodeGroupView, bay: LiveBay): void {
  const there = bay.nodes.filter((node) => node.nodeGroup === group.name).length;
  if (there !== group.nodeCount) throw new EvidenceMissing(`${group.name} has ${there} of ${group.nodeCount} nodes`, { nodeGroup: group.name, there, wanted: group.nodeCount });
}

function fail({ operationId, reason }: Data<'FailOperation'>, bay: LiveBay): BayEvent[] {
  const { operation, spec: { bayId } } = bay;
  if (operation?.operationId !== operationId) return [];
  switch (operation.kind) {
    case 'create': return [{ type: 'BayCreationFailed', schemaVersion: 1, data: { bayId, operationId, reason } }];
    case 'delete': return [{ type: 'BayDeletionFailed', schemaVersion: 1, data: { bayId, operationId, reason } }];
    case 'resize': {
      const nodeGroup = operation.nodeGroup!;
      const nodeCount = bay.nodes.filter((node) => node.nodeGroup === nodeGroup).length;
      return [{ type: 'BayResizeFailed', schemaVersion: 1, data: { bayId, operationId, nodeGroup, nodeCount, reason } }];
    }
    default: return unreachable(operation.kind);
  }
}
