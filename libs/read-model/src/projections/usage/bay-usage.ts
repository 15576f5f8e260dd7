import { derivedId } from '@jeroboam/domain';
import type { BayEvent, NodeGroupView, NodeView, RecordedEvent } from '@jeroboam/domain';

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
  /** Revision, in the bay's stream, of the event that began it: rises from interval to interval of a group. */
  readonly sequence: number;
}

/** What has to be known of a bay to count on: everything else is in its intervals. Plain JSON. */
export interface BayUsage {
  readonly bayId: string;
  readonly bayName: string;
  readonly projectId: string;
  readonly userId: string;
  /** When the last change of a count happened; no later one happened earlier. */
  readonly at: string;
  readonly groups: readonly { readonly name: string; readonly role: string; readonly flavor: string | null }[];
  /** What is there, in order of joining. */
  readonly nodes: readonly { readonly name: string; readonly nodeGroup: string }[];
  /** One a node group at most. */
  readonly open: readonly UsageInterval[];
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
 * often as they are folded. Nodes count from `NodeJoined` to `NodeRemoved`, or to the end of their group or bay.
 *
 * @param usage what the events before it came to; undefined at the first.
 */
export function foldUsage(usage: BayUsage | undefined, event: UsageEvent): UsageStep {
  if (usage === undefined) return { usage: event.type === 'BayCreationRequested' ? begun(event) : undefined, changes: [] };
  if (event.type === 'NodeGroupCreationRequested') return { usage: withGroup(usage, event.data.nodeGroup), changes: [] };
  const nodes = nodesAfter(usage, event);
  const step = nodes === usage.nodes ? { usage, changes: [] } : recounted({ ...usage, nodes }, event);
  return event.type === 'BayDeleted' ? { ...step, usage: undefined } : step;
}

function begun({ data: { spec, nodeGroups }, occurredAt }: Extract<UsageEvent, { type: 'BayCreationRequested' }>): BayUsage {
  const { bayId, name: bayName, projectId, userId } = spec;
  return { bayId, bayName, projectId, userId, at: occurredAt, groups: nodeGroups.map(groupOf), nodes: [], open: [] };
}

function groupOf({ name, role, flavorId }: NodeGroupView): BayUsage['groups'][number] {
  return { name, role, flavor: flavorId };
}

/** A group keeps its entry when it is gone: a name that is used again may have another flavor, and gets it here. */
function withGroup(usage: BayUsage, nodeGroup: NodeGroupView): BayUsage {
  return { ...usage, groups: [...usage.groups.filter(({ name }) => name !== nodeGroup.name), groupOf(nodeGroup)] };
}

/** Every type is named, so that one which makes or takes nodes cannot be forgotten; the same array where none did. */
function nodesAfter({ nodes }: BayUsage, event: Exclude<UsageEvent, { type: 'NodeGroupCreationRequested' }>): BayUsage['nodes'] {
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

/** A node that joins again, with another address, is the one that was there. */
function joined(nodes: BayUsage['nodes'], { name, nodeGroup }: NodeView): BayUsage['nodes'] {
  const known = nodes.find((node) => node.name === name);
  if (known?.nodeGroup === nodeGroup) return nodes;
  return [...nodes.filter((node) => node !== known), { name, nodeGroup }];
}

function without(nodes: BayUsage['nodes'], gone: (node: BayUsage['nodes'][number]) => boolean): BayUsage['nodes'] {
  const left = nodes.filter((node) => !gone(node));
  return left.length === nodes.length ? nodes : left;
}

/** For a bay whose `nodes` are new already. */
function recounted(usage: BayUsage, { occurredAt, revision }: UsageEvent): UsageStep {
  // Clocks of several hosts may disagree; time must not go back within a bay, or intervals would overlap.
  const at = occurredAt > usage.at ? occurredAt : usage.at;
  const counts = new Map(usage.open.map(({ nodeGroup }) => [nodeGroup, 0]));
  for (const { nodeGroup } of usage.nodes) counts.set(nodeGroup, (counts.get(nodeGroup) ?? 0) + 1);
  const changes = [...counts].flatMap(([nodeGroup, nodeCount]) => {
    const open = usage.open.find((interval) => interval.nodeGroup === nodeGroup);
    if (open?.nodeCount === nodeCount) return [];
    if (open?.from === at) return [nodeCount === 0 ? change('void', open) : change('open', { ...open, nodeCount })];
    const closed = open ? [change('closed', { ...open, to: at })] : [];
    return nodeCount === 0 ? closed : [...closed, change('open', opened(usage, nodeGroup, nodeCount, at, revision))];
  });
  return { usage: { ...usage, at, open: stillOpen(usage.open, changes) }, changes };
}

function change(kind: UsageChange['kind'], interval: UsageInterval): UsageChange {
  return { kind, interval };
}

function opened(usage: BayUsage, nodeGroup: string, nodeCount: number, from: string, sequence: number): UsageInterval {
  const { bayId, bayName, projectId, userId } = usage;
  const { role = null, flavor = null } = usage.groups.find(({ name }) => name === nodeGroup) ?? {};
  const id = derivedId('usage', bayId, nodeGroup, sequence);
  return { id, bayId, bayName, projectId, userId, nodeGroup, role, flavor, nodeCount, from, to: null, sequence };
}

function stillOpen(before: readonly UsageInterval[], changes: readonly UsageChange[]): readonly UsageInterval[] {
  const changed = new Set(changes.map(({ interval }) => interval.id));
  return [...before.filter(({ id }) => !changed.has(id)), ...changes.flatMap(({ kind, interval }) => (kind === 'open' ? [interval] : []))];
}
