import { derivedId } from '@jeroboam/domain';
import type { BayEvent, MachineView, NodeGroupView, NodeView, RecordedEvent } from '@jeroboam/domain';

/**
 * So many nodes of one group of one bay were there from `from` until just before `to`. Of one group intervals never
 * overlap, and there is one whenever a node is there. The rules are in `infra/docs/usage.md`.
 */
export interface UsageInterval {
  /** UUIDv5 of bay, node group and sequence: the same in every rebuild. */
  readonly id: string;
  readonly bayId: string;
  readonly bayName: string;
  readonly projectId: string;
  readonly userId: string;
  /** Its name. */
  readonly nodeGroup: string;
  /** `master`, `worker` or what else the group is; null for a group that nobody asked for. */
  readonly role: string | null;
  /** As it was asked for, name or id; null where nothing was. */
  readonly flavor: string | null;
  /** From 1. */
  readonly nodeCount: number;
  /** RFC 3339 UTC with milliseconds, like `to`. */
  readonly from: string;
  /** Later than `from`; null while it goes on. */
  readonly to: string | null;
  /** Rises from interval to interval of a group: the revision, in the bay's stream, of the event that began it, or a little more. */
  readonly sequence: number;
}

/** What has to be known of a bay to count on: everything else is in its intervals. Plain JSON. */
export interface BayUsage {
  readonly bayId: string;
  readonly bayName: string;
  readonly projectId: string;
  readonly userId: string;
  /** Where the intervals of each node group have got to; what has ended stays as it is. Absent: nowhere yet. */
  readonly reached?: readonly Reached[];
  readonly groups: readonly { readonly name: string; readonly role: string; readonly flavor: string | null }[];
  /** What is there, in order of joining. */
  readonly nodes: readonly CountedNode[];
  /** One a node group at most. */
  readonly open: readonly UsageInterval[];
}

interface CountedNode {
  readonly name: string;
  readonly nodeGroup: string;
  /** Id of its machine, where the infrastructure tells of machines: from when to when that was there is what counts. */
  readonly machine?: string;
}

interface Reached {
  readonly nodeGroup: string;
  /** When its last interval began or ended. */
  readonly at: string;
  /** Of its last interval. */
  readonly sequence: number;
}

export interface UsageChange {
  /** `open`: it began, or has another count since it began. `closed`: it ended, for good. `void`: it had no length. */
  readonly kind: 'open' | 'closed' | 'void';
  readonly interval: UsageInterval;
}

export interface UsageStep {
  /** Undefined before the bay and after it. */
  readonly usage: BayUsage | undefined;
  readonly changes: readonly UsageChange[];
}

/** An event of a bay's stream: what is read of its envelope. */
export type UsageEvent = BayEvent & Pick<RecordedEvent, 'occurredAt' | 'revision'>;

/**
 * What one event of a bay's stream does to its usage. Pure: the same events give the same intervals, wherever and as
 * often as they are folded. A node counts while its machine was there, by the infrastructure's own times; where those
 * are not told, from `NodeJoined` to `NodeRemoved`, or to the end of its group or bay.
 *
 * @param usage what the events before it came to; undefined at the first.
 */
export function foldUsage(usage: BayUsage | undefined, event: UsageEvent): UsageStep {
  if (usage === undefined) return { usage: event.type === 'BayCreationRequested' ? begun(event) : undefined, changes: [] };
  if (event.type === 'NodeGroupCreationRequested') return { usage: withGroup(usage, event.data.nodeGroup), changes: [] };
  const step = event.type === 'MachinesMetered' ? metered(usage, event) : observed(usage, event);
  return event.type === 'BayDeleted' ? { ...step, usage: undefined } : step;
}

function observed(usage: BayUsage, event: Exclude<UsageEvent, { type: 'NodeGroupCreationRequested' | 'MachinesMetered' }>): UsageStep {
  const nodes = nodesAfter(usage, event);
  return nodes === usage.nodes ? { usage, changes: [] } : recounted({ ...usage, nodes }, event.occurredAt, event.revision);
}

/** One report may tell of many times: each of them in turn. Of an interval that several of them change, the last change counts. */
function metered(usage: BayUsage, { data: { machines }, revision }: Extract<UsageEvent, { type: 'MachinesMetered' }>): UsageStep {
  const moments = new Map<string, ((nodes: BayUsage['nodes']) => BayUsage['nodes'])[]>();
  const then = (at: string, move: (nodes: BayUsage['nodes']) => BayUsage['nodes']) => moments.set(at, [...(moments.get(at) ?? []), move]);
  for (const machine of machines) {
    then(machine.from, (nodes) => withMachine(nodes, machine));
    if (machine.to !== null) then(machine.to, (nodes) => without(nodes, (node) => node.machine === machine.machineId));
  }
  const changes = new Map<string, UsageChange>();
  let after = usage;
  for (const [at, moves] of [...moments].toSorted(([one], [other]) => (one < other ? -1 : 1))) {
    const nodes = moves.reduce((there, move) => move(there), after.nodes);
    const step = recounted({ ...after, nodes }, at, revision);
    after = step.usage;
    for (const each of step.changes) changes.set(each.interval.id, each);
  }
  const before = new Set(usage.open.map(({ id }) => id));
  return { usage: after, changes: [...changes.values()].filter(({ kind, interval }) => kind !== 'void' || before.has(interval.id)) };
}

/** Whoever was counted by the COE's word already is counted on, now as that machine. */
function withMachine(nodes: BayUsage['nodes'], { machineId: machine, node: name, nodeGroup }: MachineView): BayUsage['nodes'] {
  if (nodes.some((node) => node.machine === machine)) return nodes;
  const counted = nodes.find((node) => node.name === name && node.nodeGroup === nodeGroup && node.machine === undefined);
  if (counted) return nodes.map((node) => (node === counted ? { ...node, machine } : node));
  return [...nodes, { name, nodeGroup, machine }];
}

function begun({ data: { spec, nodeGroups } }: Extract<UsageEvent, { type: 'BayCreationRequested' }>): BayUsage {
  const { bayId, name: bayName, projectId, userId } = spec;
  return { bayId, bayName, projectId, userId, groups: nodeGroups.map(groupOf), nodes: [], open: [] };
}

function groupOf({ name, role, flavorId }: NodeGroupView): BayUsage['groups'][number] {
  return { name, role, flavor: flavorId };
}

/** A group keeps its entry when it is gone: a name that is used again may have another flavor, and gets it here. */
function withGroup(usage: BayUsage, nodeGroup: NodeGroupView): BayUsage {
  return { ...usage, groups: [...usage.groups.filter(({ name }) => name !== nodeGroup.name), groupOf(nodeGroup)] };
}

/** Every type is named, so that one which makes or takes nodes cannot be forgotten; the same array where none did. */
function nodesAfter({ nodes }: BayUsage, event: Parameters<typeof observed>[1]): BayUsage['nodes'] {
  switch (event.type) {
    case 'NodeJoined': return joined(nodes, event.data.node);
    case 'NodeRemoved': return without(nodes, ({ name }) => name === event.data.name);
    case 'NodeGroupDeleted': return without(nodes, ({ nodeGroup }) => nodeGroup === event.data.nodeGroup);
    case 'BayDeleted': return without(nodes, () => true);
    // What is wanted and what is being done is not what is there.
    case 'BayCreationRequested':
    case 'BayCreationAbandoned':
    case 'BayProvisioned':
    case 'BayCreationFailed':
    case 'BayStackAssigned':
    case 'BayResizeRequested':
    case 'BayResized':
    case 'BayResizeFailed':
    case 'BayResizeRefused':
    case 'NodeGroupCreated':
    case 'NodeGroupCreationFailed':
    case 'NodeGroupRevisionRequested':
    case 'NodeGroupRevised':
    case 'NodeGroupRevisionFailed':
    case 'NodeGroupRevisionRefused':
    case 'NodeGroupDeletionRequested':
    case 'NodeGroupDeletionFailed':
    // An upgrade changes image and labels, never the flavor; nodes it replaces leave and join.
    case 'BayUpgradeRequested':
    case 'BayUpgraded':
    case 'BayUpgradeFailed':
    case 'CaRotationRequested':
    case 'CaRotationCompleted':
    case 'CaRotationFailed':
    case 'CredentialIntended':
    case 'CredentialMinted':
    case 'CredentialRevoked':
    case 'CredentialGone':
    case 'CredentialExpiring':
    case 'CredentialOrphaned':
    case 'CredentialRotationRequested':
    case 'CredentialRotationCompleted':
    case 'CredentialRotationFailed':
    // What an extension makes or takes, it reports as joined or removed.
    case 'ExtensionRequested':
    case 'ExtensionCompleted':
    case 'ExtensionFailed':
    // A node that its COE lost for a while costs as much as before.
    case 'BayHealthChanged':
    case 'NodeGroupObserved':
    case 'BayDeletionRequested':
    case 'BayDeletionFailed':
    case 'ResourcesIntended':
    case 'ResourcesRecorded':
    case 'ResourcesReleased': return nodes;
  }
}

/** A node that joins again, with another address, is the one that was there; so is one whose machine is counted. */
function joined(nodes: BayUsage['nodes'], { name, nodeGroup }: NodeView): BayUsage['nodes'] {
  const known = nodes.filter((node) => node.name === name);
  if (known.some((node) => node.nodeGroup === nodeGroup)) return nodes;
  return [...nodes.filter((node) => !known.includes(node)), { name, nodeGroup }];
}

function without(nodes: BayUsage['nodes'], gone: (node: BayUsage['nodes'][number]) => boolean): BayUsage['nodes'] {
  const left = nodes.filter((node) => !gone(node));
  return left.length === nodes.length ? nodes : left;
}

/** For a bay whose `nodes` are new already, since `time`. */
function recounted(usage: BayUsage, time: string, revision: number): UsageStep & { readonly usage: BayUsage } {
  const counts = new Map(usage.open.map(({ nodeGroup }) => [nodeGroup, 0]));
  for (const { nodeGroup } of usage.nodes) counts.set(nodeGroup, (counts.get(nodeGroup) ?? 0) + 1);
  const reached = new Map((usage.reached ?? []).map((each) => [each.nodeGroup, each]));
  const changes = [...counts].flatMap(([nodeGroup, nodeCount]) => {
    const open = usage.open.find((interval) => interval.nodeGroup === nodeGroup);
    if (open?.nodeCount === nodeCount) return [];
    const last = reached.get(nodeGroup);
    // Clocks may disagree; time must not go back within a node group, or intervals would overlap.
    const at = last && last.at > time ? last.at : time;
    if (open?.from === at) return [nodeCount === 0 ? change('void', open) : change('open', { ...open, nodeCount })];
    const sequence = Math.max(revision, (last?.sequence ?? -1) + 1);
    reached.set(nodeGroup, { nodeGroup, at, sequence: nodeCount === 0 ? last!.sequence : sequence });
    const closed = open ? [change('closed', { ...open, to: at })] : [];
    return nodeCount === 0 ? closed : [...closed, change('open', opened(usage, { nodeGroup, nodeCount, from: at, sequence }))];
  });
  return { usage: { ...usage, reached: [...reached.values()], open: stillOpen(usage.open, changes) }, changes };
}

function change(kind: UsageChange['kind'], interval: UsageInterval): UsageChange {
  return { kind, interval };
}

function opened(usage: BayUsage, began: Pick<UsageInterval, 'nodeGroup' | 'nodeCount' | 'from' | 'sequence'>): UsageInterval {
  const { bayId, bayName, projectId, userId } = usage;
  const { nodeGroup, nodeCount, from, sequence } = began;
  const { role = null, flavor = null } = usage.groups.find(({ name }) => name === nodeGroup) ?? {};
  const id = derivedId('usage', bayId, nodeGroup, sequence);
  return { id, bayId, bayName, projectId, userId, nodeGroup, role, flavor, nodeCount, from, to: null, sequence };
}

function stillOpen(before: readonly UsageInterval[], changes: readonly UsageChange[]): readonly UsageInterval[] {
  const changed = new Set(changes.map(({ interval }) => interval.id));
  return [...before.filter(({ id }) => !changed.has(id)), ...changes.flatMap(({ kind, interval }) => (kind === 'open' ? [interval] : []))];
}
