import { unreachable } from '../kernel/decider.ts';
import type { Decider } from '../kernel/decider.ts';
import type { BayCommand } from './bay.commands.ts';
import { closeCredential, intendCredential, newOrphans, noteExpiring, recordCredential, requireRotatable } from './bay.credentials.ts';
import { BayAlreadyExists, BayNotFound, InvalidBay, MasterResizeNotSupported, NodeCountOutOfBounds, NodesNotInGroup, StatusForbids } from './bay.errors.ts';
import type { BayEvent } from './bay.events.ts';
import { completeOperation, failOperation } from './bay.outcomes.ts';
import { newsOf } from './bay.machines.ts';
import { createNodeGroup, deleteNodeGroup, groupOf, reviseNodeGroup } from './bay.node-groups.ts';
import { evolveBay, isKnown } from './bay.state.ts';
import type { BayState, LiveBay } from './bay.state.ts';
import type { BaySpec, NodeGroupView } from './bay.view.ts';

type Data<T extends BayCommand['type']> = Extract<BayCommand, { type: T }>['data'];

/** Nothing is under way. Magnum leaves out the failure, after which there is no way on but a delete. */
const SETTLED = new Set<LiveBay['status']>(['CREATE_COMPLETE', 'UPDATE_COMPLETE', 'UPDATE_FAILED']);
/** The states from which a resize is taken up, as in Magnum: the newest of several requests counts. */
const RESIZABLE = new Set<LiveBay['status']>(['CREATE_COMPLETE', 'UPDATE_COMPLETE', 'UPDATE_FAILED', 'UPDATE_IN_PROGRESS']);

export const bayDecider: Decider<BayState, BayCommand, BayEvent> = {
  initialState: () => ({ phase: 'absent' }),
  evolve: evolveBay,
  decide(command, state) {
    switch (command.type) {
      case 'CreateBay': return create(command.data, state);
      case 'AbandonBayCreation': return state.phase === 'absent' ? [{ type: 'BayCreationAbandoned', schemaVersion: 1, data: command.data }] : [];
      case 'ResizeBay': return resize(command.data, live(state));
      case 'CreateNodeGroup': return createNodeGroup(command.data, live(state));
      case 'ReviseNodeGroup': return reviseNodeGroup(command.data, live(state));
      case 'DeleteNodeGroup': return deleteNodeGroup(command.data, live(state));
      case 'UpgradeBay': return upgrade(command.data, live(state));
      case 'RotateCa': return rotateCa(command.data, live(state));
      case 'RotateCredential': return rotateCredential(command.data, live(state));
      case 'RunExtension': return runExtension(command.data, live(state));
      case 'ReportBayHealth': return reportHealth(command.data, live(state));
      case 'DeleteBay': return remove(command.data, live(state));
      case 'IntendResources': return intendResources(command.data, live(state));
      case 'RecordResources': return recordResources(command.data, live(state));
      case 'ReleaseResources': return releaseResources(command.data, live(state));
      case 'IntendCredential': return intendCredential(command.data, holder(live(state)));
      case 'RecordCredential': return recordCredential(command.data, holder(live(state)));
      case 'NoteExpiringCredential': return noteExpiring(command.data, holder(live(state)));
      case 'CloseCredential': return closeCredential(command.data, holder(live(state)));
      case 'ObserveBay': return state.phase === 'live' ? observe(command.data, state) : [];
      case 'CompleteOperation': return state.phase === 'live' ? completeOperation(command.data, state) : [];
      case 'FailOperation': return state.phase === 'live' ? failOperation(command.data, state) : [];
      default: return unreachable(command);
    }
  },
};

function live(state: BayState): LiveBay {
  if (state.phase !== 'live') throw new BayNotFound('of this command');
  return state;
}

function holder({ spec: { bayId }, credentials }: LiveBay): { bayId: string; credentials: LiveBay['credentials'] } {
  return { bayId, credentials };
}

function create({ spec, nodeGroups, operationId }: Data<'CreateBay'>, state: BayState): BayEvent[] {
  if (state.phase === 'live' && state.operations.some((open) => open.kind === 'create' && open.operationId === operationId)) return [];
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
  const group = groupOf(data.nodeGroup, bay);
  if (isKnown(data.operationId, bay)) return [];
  // A node that is leaving already would count twice.
  if (typeof data.nodeCount !== 'number' && !SETTLED.has(bay.status)) throw new StatusForbids('Resizing', bay.status);
  const nodeCount = typeof data.nodeCount === 'number' ? data.nodeCount : group.nodeCount + data.nodeCount.change;
  requireAllowedCount(group, nodeCount);
  requireMembers(group, data.nodesToRemove, bay);
  const target = { bayId: bay.spec.bayId, operationId: data.operationId, nodeGroup: group.name, nodeCount };
  if (!RESIZABLE.has(bay.status) || group.status === 'DELETE_IN_PROGRESS') {
    // Magnum has answered 202 by now: the refusal is a fact, so that the operation has an end that can be seen.
    const { code, message } = new StatusForbids('Resizing', RESIZABLE.has(bay.status) ? group.status : bay.status);
    return [{ type: 'BayResizeRefused', schemaVersion: 1, data: { ...target, code, reason: message } }];
  }
  // After a failure the same target is a fresh try; otherwise the present size is nothing to do.
  if (nodeCount === group.nodeCount && data.nodesToRemove.length === 0 && bay.status !== 'UPDATE_FAILED') return [];
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

function upgrade({ operationId, nodeGroup, to, maxBatchSize }: Data<'UpgradeBay'>, bay: LiveBay): BayEvent[] {
  const groups = nodeGroup === null ? bay.nodeGroups.filter((group) => group.isDefault) : [groupOf(nodeGroup, bay)];
  if (isKnown(operationId, bay)) return [];
  if (!SETTLED.has(bay.status)) throw new StatusForbids('Upgrading', bay.status);
  return [{ type: 'BayUpgradeRequested', schemaVersion: 1, data: { bayId: bay.spec.bayId, operationId, nodeGroups: groups.map((group) => group.name), to, maxBatchSize } }];
}

function rotateCa({ operationId }: Data<'RotateCa'>, bay: LiveBay): BayEvent[] {
  if (isKnown(operationId, bay)) return [];
  if (!SETTLED.has(bay.status)) throw new StatusForbids('Updating', bay.status);
  return [{ type: 'CaRotationRequested', schemaVersion: 1, data: { bayId: bay.spec.bayId, operationId } }];
}

function rotateCredential({ operationId, ...rotation }: Data<'RotateCredential'>, bay: LiveBay): BayEvent[] {
  if (isKnown(operationId, bay)) return [];
  if (!RESIZABLE.has(bay.status)) throw new StatusForbids('Updating', bay.status);
  requireRotatable(rotation, holder(bay));
  return [{ type: 'CredentialRotationRequested', schemaVersion: 1, data: { bayId: bay.spec.bayId, operationId, ...rotation } }];
}

function runExtension({ operationId, call }: Data<'RunExtension'>, bay: LiveBay): BayEvent[] {
  if (isKnown(operationId, bay)) return [];
  if (!SETTLED.has(bay.status)) throw new StatusForbids('Updating', bay.status);
  return [{ type: 'ExtensionRequested', schemaVersion: 1, data: { bayId: bay.spec.bayId, operationId, call } }];
}

function reportHealth({ status, reason, source, observedNodes = {} }: Data<'ReportBayHealth'>, bay: LiveBay): BayEvent[] {
  const { bayId } = bay.spec;
  const counts = bay.nodeGroups.flatMap(({ name, nodeCount }): BayEvent[] => {
    const observed = observedNodes[name];
    // Before anybody looked, what is wanted is what is thought to be there.
    if (observed === undefined || observed === (bay.observedNodes[name] ?? nodeCount)) return [];
    return [{ type: 'NodeGroupObserved', schemaVersion: 1, data: { bayId, nodeGroup: name, nodeCount: observed, source } }];
  });
  const orphans = newOrphans(reason, holder(bay));
  if (bay.health?.status === status && isSameText(bay.health.reason, reason)) return [...orphans, ...counts];
  return [...orphans, { type: 'BayHealthChanged', schemaVersion: 1, data: { bayId, status, reason, source } }, ...counts];
}

function isSameText(one: Readonly<Record<string, string>>, other: Readonly<Record<string, string>>): boolean {
  const names = Object.keys(one);
  return names.length === Object.keys(other).length && names.every((name) => one[name] === other[name]);
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

function observe({ operationId, token, joined, removed, machines = [], stackId }: Data<'ObserveBay'>, bay: LiveBay): BayEvent[] {
  // Told again after a crash, or while the log is read from its beginning: a later step has seen more since.
  if (token !== undefined && token <= bay.observedToken) return [];
  const of = { bayId: bay.spec.bayId, operationId, ...(token === undefined ? {} : { token }) };
  const events: BayEvent[] = [];
  if (stackId !== undefined && stackId !== bay.stackId) events.push({ type: 'BayStackAssigned', schemaVersion: 1, data: { ...of, stackId } });
  // Before the nodes on them, so that whoever counts takes the infrastructure's times.
  const news = newsOf(machines, bay);
  if (news.length > 0) events.push({ type: 'MachinesMetered', schemaVersion: 1, data: { ...of, machines: news } });
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
