import { unreachable } from '../kernel/decider.ts';
import type { BayCommand } from './bay.commands.ts';
import { EvidenceMissing } from './bay.errors.ts';
import type { BayEvent, BayOutputs } from './bay.events.ts';
import type { LiveBay, NodeGroupState, OpenOperation } from './bay.state.ts';
import type { BayStatus } from './bay.view.ts';

type Data<T extends BayCommand['type']> = Extract<BayCommand, { type: T }>['data'];

/**
 * What the success of an operation's steps means for the bay. Silence where the operation is not open: superseded, or
 * this was said before.
 * @throws {EvidenceMissing}
 */
export function completeOperation({ operationId, outputs }: Data<'CompleteOperation'>, bay: LiveBay): BayEvent[] {
  const open = bay.operations.find((candidate) => candidate.operationId === operationId);
  return open ? [completed(open, outputs, bay)] : [];
}

/** What the failure of an operation means for the bay; silence as above. */
export function failOperation({ operationId, reason }: Data<'FailOperation'>, bay: LiveBay): BayEvent[] {
  const open = bay.operations.find((candidate) => candidate.operationId === operationId);
  return open ? [failed(open, reason, bay)] : [];
}

function completed(open: OpenOperation, outputs: BayOutputs, bay: LiveBay): BayEvent {
  const of = { bayId: bay.spec.bayId, operationId: open.operationId };
  const whole = { ...of, bayStatus: bayStatusAfter(open, 'COMPLETE', bay) };
  const schemaVersion = 1;
  switch (open.kind) {
    case 'create': return provisioned(open.operationId, outputs, bay);
    case 'delete':
      if (bay.resources.length > 0) throw new EvidenceMissing(`${bay.resources.length} resources are still in the ledger: ${bay.resources.map((resource) => resource.name).join(', ')}`);
      if (bay.credentials.length > 0) throw new EvidenceMissing(`${bay.credentials.length} credentials are not known to be revoked: ${bay.credentials.map(({ name }) => name).join(', ')}`);
      return { type: 'BayDeleted', schemaVersion, data: of };
    case 'resize': return { type: 'BayResized', schemaVersion, data: { ...ofGroup(open, 'UPDATE_COMPLETE', bay), nodeCount: fullCount(open, bay), outputs } };
    case 'create-node-group': return { type: 'NodeGroupCreated', schemaVersion, data: { ...ofGroup(open, 'CREATE_COMPLETE', bay), nodeCount: fullCount(open, bay), outputs } };
    case 'update-node-group': return { type: 'NodeGroupRevised', schemaVersion, data: { ...ofGroup(open, 'UPDATE_COMPLETE', bay), outputs } };
    case 'delete-node-group':
      fullCount(open, bay);
      return { type: 'NodeGroupDeleted', schemaVersion, data: { ...whole, nodeGroup: open.nodeGroup! } };
    case 'upgrade': return { type: 'BayUpgraded', schemaVersion, data: { ...whole, ...open.upgrade!, outputs } };
    case 'rotate-ca': return { type: 'CaRotationCompleted', schemaVersion, data: { ...whole, outputs } };
    case 'rotate-credential': return { type: 'CredentialRotationCompleted', schemaVersion, data: { ...whole, outputs } };
    case 'extension': return { type: 'ExtensionCompleted', schemaVersion, data: { ...whole, ...open.extension!, outputs } };
    default: return unreachable(open.kind);
  }
}

function failed(open: OpenOperation, reason: string, bay: LiveBay): BayEvent {
  const of = { bayId: bay.spec.bayId, operationId: open.operationId };
  const whole = { ...of, bayStatus: bayStatusAfter(open, 'FAILED', bay), reason };
  const schemaVersion = 1;
  switch (open.kind) {
    case 'create': return { type: 'BayCreationFailed', schemaVersion, data: { ...of, reason } };
    case 'delete': return { type: 'BayDeletionFailed', schemaVersion, data: { ...of, reason } };
    case 'resize': return { type: 'BayResizeFailed', schemaVersion, data: { ...ofGroup(open, 'UPDATE_FAILED', bay), nodeCount: nodesOf(open.nodeGroup!, bay), reason } };
    case 'create-node-group': return { type: 'NodeGroupCreationFailed', schemaVersion, data: { ...ofGroup(open, 'CREATE_FAILED', bay), reason } };
    case 'update-node-group': return { type: 'NodeGroupRevisionFailed', schemaVersion, data: { ...ofGroup(open, 'UPDATE_FAILED', bay), reason } };
    case 'delete-node-group': return { type: 'NodeGroupDeletionFailed', schemaVersion, data: { ...ofGroup(open, 'DELETE_FAILED', bay), reason } };
    case 'upgrade': return { type: 'BayUpgradeFailed', schemaVersion, data: { ...whole, nodeGroups: open.upgrade!.nodeGroups } };
    case 'rotate-ca': return { type: 'CaRotationFailed', schemaVersion, data: whole };
    case 'rotate-credential': return { type: 'CredentialRotationFailed', schemaVersion, data: whole };
    case 'extension': return { type: 'ExtensionFailed', schemaVersion, data: { ...whole, ...open.extension! } };
    default: return unreachable(open.kind);
  }
}

function provisioned(operationId: string, outputs: BayOutputs, bay: LiveBay): BayEvent {
  for (const group of bay.nodeGroups) requireNodes(group, bay);
  const count = (masters: boolean) => bay.nodeGroups.filter((group) => (group.role === 'master') === masters).reduce((sum, group) => sum + group.nodeCount, 0);
  return { type: 'BayProvisioned', schemaVersion: 1, data: { bayId: bay.spec.bayId, operationId, outputs, nodeCount: count(false), masterCount: count(true) } };
}

/** @returns how many nodes the group has, which are as many as it is to have. */
function fullCount({ nodeGroup }: OpenOperation, bay: LiveBay): number {
  const group = bay.nodeGroups.find((candidate) => candidate.name === nodeGroup)!;
  requireNodes(group, bay);
  return group.nodeCount;
}

function requireNodes({ name, nodeCount }: NodeGroupState, bay: LiveBay): void {
  const there = nodesOf(name, bay);
  if (there !== nodeCount) throw new EvidenceMissing(`${name} has ${there} of ${nodeCount} nodes`, { nodeGroup: name, there, wanted: nodeCount });
}

function nodesOf(nodeGroup: string, bay: LiveBay): number {
  return bay.nodes.filter((node) => node.nodeGroup === nodeGroup).length;
}

/** The node group takes `status`, unless something else is still to be done with it. */
function ofGroup(open: OpenOperation, status: BayStatus, bay: LiveBay) {
  const nodeGroup = open.nodeGroup!;
  const isBusy = bay.operations.some((other) => other !== open && other.nodeGroup === nodeGroup);
  const group = bay.nodeGroups.find((candidate) => candidate.name === nodeGroup)!;
  const bayStatus = bayStatusAfter(open, status.endsWith('_FAILED') ? 'FAILED' : 'COMPLETE', bay);
  return { bayId: bay.spec.bayId, operationId: open.operationId, nodeGroup, bayStatus, groupStatus: isBusy ? group.status : status };
}

/** As Magnum sums node groups up: what is in progress goes before what failed, and that before what is complete. */
function bayStatusAfter(open: OpenOperation, outcome: 'COMPLETE' | 'FAILED', bay: LiveBay): BayStatus {
  if (bay.operations.some((other) => other !== open)) return 'UPDATE_IN_PROGRESS';
  const concerned = open.upgrade?.nodeGroups ?? [open.nodeGroup];
  const othersFailed = bay.nodeGroups.some((group) => !concerned.includes(group.name) && group.status.endsWith('_FAILED'));
  return outcome === 'FAILED' || othersFailed ? 'UPDATE_FAILED' : 'UPDATE_COMPLETE';
}
