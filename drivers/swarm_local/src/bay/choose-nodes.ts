import { scopeOf } from '@jeroboam/domain';
import type { BayView, NodeGroupView, OperationView } from '@jeroboam/domain';
import { StepFailed } from '@jeroboam/driver-sdk';
import { nodeAddress, parseCidr } from './address-range.ts';
import { addNodes, isCalled } from './bay-record.ts';
import type { BayRecord, NodeRecord } from './bay-record.ts';
import { hostNameOf } from './names.ts';

/**
 * Decides which nodes an operation makes and which it removes, and says so in the record. Pure; choosing again for the
 * same operation changes nothing.
 * @throws {StepFailed} not retryable: a node that is to be removed is not there, or it is a master.
 */
export function chooseNodes(record: BayRecord, bay: BayView, operation: OperationView): BayRecord {
  if (record.chosenFor === operation.operationId) return record;
  if (record.deleting) throw new StepFailed('the bay is being deleted', { retryable: false });
  const named = operation.resize ? namedNodes(record, bay, operation.resize) : [];
  let chosen: BayRecord = { ...record, chosenFor: operation.operationId };
  for (const group of groupsOf(bay, operation)) chosen = fit(chosen, group, named);
  return chosen;
}

function groupsOf(bay: BayView, operation: OperationView): readonly NodeGroupView[] {
  const { nodeGroup } = scopeOf(operation);
  if (nodeGroup === null) return bay.nodeGroups;
  const group = bay.nodeGroups.find((candidate) => candidate.name === nodeGroup);
  if (!group) throw new StepFailed(`there is no node group ${nodeGroup}`, { retryable: false });
  if (group.role === 'master') throw new StepFailed('the number of masters of a bay cannot change', { retryable: false });
  return [{ ...group, nodeCount: operation.resize?.nodeCount ?? group.nodeCount }];
}

function namedNodes(
  record: BayRecord,
  bay: BayView,
  { nodeGroup, nodesToRemove }: NonNullable<OperationView['resize']>,
): readonly string[] {
  const members = record.nodes.filter((node) => node.nodeGroup === nodeGroup);
  const strangers = nodesToRemove.filter((name) => !members.some((node) => isCalled(node, name)));
  if (strangers.length > 0) {
    const there = bay.nodes.filter((node) => node.nodeGroup === nodeGroup).map((node) => node.name);
    throw new StepFailed(`${strangers.join(', ')}: no such node in ${nodeGroup}, which has ${there.join(', ') || 'none'}`, {
      retryable: false,
      blockedBy: strangers,
    });
  }
  return members.filter((node) => nodesToRemove.some((name) => isCalled(node, name))).map((node) => node.name);
}

/** Makes a group as large as it is wanted: the named go first, then what never joined, then the newest. */
function fit(record: BayRecord, group: NodeGroupView, named: readonly string[]): BayRecord {
  const members = record.nodes.filter((node) => node.nodeGroup === group.name && node.phase !== 'leaving');
  const staying = members
    .filter((node) => !named.includes(node.name))
    .sort(byWorth)
    .slice(0, group.nodeCount)
    .map((node) => node.name);
  const nodes = record.nodes.map((node) =>
    members.includes(node) && !staying.includes(node.name) ? { ...node, phase: 'leaving' as const } : node,
  );
  const block = parseCidr(record.block)!;
  return addNodes({ ...record, nodes }, group, group.nodeCount - staying.length, (name, slot) => ({
    address: nodeAddress(block, slot),
    hostName: hostNameOf(name, slot),
  }));
}

/** Those that joined before those that did not, the older before the newer. */
function byWorth(one: NodeRecord, other: NodeRecord): number {
  return Number(other.phase === 'joined') - Number(one.phase === 'joined') || numberOf(one) - numberOf(other);
}

function numberOf({ name }: NodeRecord): number {
  return Number(name.slice(name.lastIndexOf('-') + 1));
}
