import { bayDecider } from '@jeroboam/domain';
import type { BayStatus, LiveBay } from '@jeroboam/domain';
import { foldUsage } from '@jeroboam/read-model';
import type { BayUsage, UsageInterval } from '@jeroboam/read-model';
import type { RecordedBayEvent } from './recorded.ts';

/** Node groups as the domain folds them. */
export type NodeGroup = LiveBay['nodeGroups'][number];

/** What notifications say of a node group beside what is wanted of it. Moments are RFC 3339 UTC. */
export interface GroupFacts {
  readonly createdAt: string;
  readonly updatedAt: string | null;
  readonly launchedAt: string | null;
  readonly statusReason: string | null;
}

/** A node group that is no more, until the audit period it went in has been told of. */
export interface GoneGroup {
  readonly group: NodeGroup;
  readonly facts: GroupFacts;
  readonly deletedAt: string;
  readonly deletedMs: number;
}

/** A stretch of time in which neither the status nor a size of a bay changed; it ends where the next begins. */
export interface Stretch {
  readonly fromMs: number;
  readonly status: BayStatus;
  readonly nodeCount: number;
  readonly masterCount: number;
  /** Wanted nodes by id of the node group. */
  readonly groups: Readonly<Record<string, number>>;
}

/**
 * Everything that notifications say of a bay: a fold of the bay's own stream and of nothing else, so that any notifier,
 * at any time, folds the same prefix to the same record. What is said to have happened at a moment uses `occurredAt`; the
 * stretches, which audit periods are counted from, use `recordedAt`: an event cannot come into a period that is closed.
 */
export interface BayRecord {
  /** As it was last; after the deletion, as it was before. Without the ledger of resources, which nobody is told of. */
  readonly bay: LiveBay;
  readonly status: BayStatus | 'DELETE_COMPLETE';
  readonly statusReason: string | null;
  /** Revision of the last event. */
  readonly sequence: number;
  readonly createdAt: string;
  readonly updatedAt: string | null;
  readonly launchedAt: string | null;
  readonly deletedAt: string | null;
  readonly stateEnteredAt: string;
  readonly previousState: string | null;
  readonly previousStateSeconds: number | null;
  readonly discoveryUrl: string | null;
  readonly groups: Readonly<Record<string, GroupFacts>>;
  readonly gone: readonly GoneGroup[];
  /** Those that reach into the audit period of the last event, or later. */
  readonly stretches: readonly Stretch[];
  readonly createdMs: number;
  readonly deletedMs: number | null;
  /** What is billed, counted on; undefined after the deletion. */
  readonly usage: BayUsage | undefined;
  /** Intervals of usage that ended with the last event. */
  readonly ended: readonly UsageInterval[];
}

/**
 * @param auditPeriodMs length of an audit period; what ended before the one in which the event falls is forgotten.
 * @returns undefined while there is no bay.
 */
export function evolveRecord(record: BayRecord | undefined, event: RecordedBayEvent, auditPeriodMs: number): BayRecord | undefined {
  const next = evolved(record, event, auditPeriodMs);
  if (!next || next === record) return next;
  const { usage, changes } = foldUsage(record?.usage, event);
  return { ...next, usage, ended: changes.filter(({ kind }) => kind === 'closed').map(({ interval }) => interval) };
}

function evolved(record: BayRecord | undefined, event: RecordedBayEvent, auditPeriodMs: number): BayRecord | undefined {
  if (event.type === 'BayCreationRequested') return created(event);
  if (!record || record.deletedMs !== null) return record;
  if (isOfALedger(event)) return { ...record, sequence: event.revision };
  if (event.type === 'BayDeleted') return deleted(record, event);
  const bay = bayDecider.evolve(record.bay, event);
  return bay.phase === 'live' ? pruned(changed(record, bay, event), event, auditPeriodMs) : record;
}

type LedgerEvent = Extract<RecordedBayEvent, { type: `Resources${string}` | `Credential${'Intended' | 'Minted' | 'Revoked' | 'Gone' | 'Expiring' | 'Orphaned'}` }>;

/** What is kept of these is of use to the service alone. */
function isOfALedger(event: RecordedBayEvent): event is LedgerEvent {
  return event.type.startsWith('Resources') || (event.type.startsWith('Credential') && !event.type.startsWith('CredentialRotation'));
}

function created(event: Extract<RecordedBayEvent, { type: 'BayCreationRequested' }>): BayRecord | undefined {
  const bay = bayDecider.evolve(bayDecider.initialState(), event);
  if (bay.phase !== 'live') return undefined;
  const { occurredAt: at, revision } = event;
  const facts: GroupFacts = { createdAt: at, updatedAt: null, launchedAt: null, statusReason: null };
  const fromMs = Date.parse(event.recordedAt);
  return {
    bay, status: bay.status, statusReason: null, sequence: revision,
    createdAt: at, updatedAt: null, launchedAt: null, deletedAt: null, stateEnteredAt: at, previousState: null, previousStateSeconds: null,
    discoveryUrl: bay.spec.discoveryUrl,
    groups: Object.fromEntries(bay.nodeGroups.map(({ nodeGroupId }) => [nodeGroupId, facts])), gone: [],
    stretches: [stretch(bay, fromMs)], createdMs: fromMs, deletedMs: null, usage: undefined, ended: [],
  };
}

function changed(record: BayRecord, bay: LiveBay, event: RecordedBayEvent): BayRecord {
  const at = event.occurredAt;
  const reason = reasonOf(event);
  const isOther = bay.status !== record.status;
  const outputs = 'outputs' in event.data ? event.data.outputs : {};
  return {
    ...record, bay, status: bay.status, sequence: event.revision, updatedAt: at,
    statusReason: bay.status.endsWith('_FAILED') ? (reason ?? (isOther ? null : record.statusReason)) : null,
    launchedAt: event.type === 'BayProvisioned' ? at : record.launchedAt,
    ...(isOther ? { stateEnteredAt: at, previousState: record.status, previousStateSeconds: secondsOf(record.stateEnteredAt, at) } : {}),
    discoveryUrl: outputs.discoveryUrl ?? record.discoveryUrl,
    groups: groupFacts(record, bay, event, reason),
    gone: [...record.gone, ...wentNow(record, bay, event)],
    stretches: stretchesWith(record.stretches, stretch(bay, Date.parse(event.recordedAt))),
  };
}

function deleted(record: BayRecord, event: RecordedBayEvent): BayRecord {
  const at = event.occurredAt;
  return {
    ...record, status: 'DELETE_COMPLETE', statusReason: null, sequence: event.revision, updatedAt: at, deletedAt: at,
    stateEnteredAt: at, previousState: record.status, previousStateSeconds: secondsOf(record.stateEnteredAt, at),
    deletedMs: Date.parse(event.recordedAt),
  };
}

function groupFacts(record: BayRecord, bay: LiveBay, event: RecordedBayEvent, reason: string | null): BayRecord['groups'] {
  const before = new Map(record.bay.nodeGroups.map((group) => [group.nodeGroupId, group]));
  return Object.fromEntries(bay.nodeGroups.map((group) => {
    const facts = record.groups[group.nodeGroupId] ?? { createdAt: event.occurredAt, updatedAt: null, launchedAt: null, statusReason: null };
    const last = before.get(group.nodeGroupId);
    if (!last || last === group) return [group.nodeGroupId, facts];
    const isUp = last.status === 'CREATE_IN_PROGRESS' && group.status === 'CREATE_COMPLETE';
    return [group.nodeGroupId, {
      ...facts, updatedAt: event.occurredAt, launchedAt: isUp ? event.occurredAt : facts.launchedAt,
      statusReason: group.status.endsWith('_FAILED') ? (reason ?? facts.statusReason) : null,
    }];
  }));
}

function wentNow(record: BayRecord, bay: LiveBay, event: RecordedBayEvent): GoneGroup[] {
  const left = new Set(bay.nodeGroups.map(({ nodeGroupId }) => nodeGroupId));
  return record.bay.nodeGroups.filter(({ nodeGroupId }) => !left.has(nodeGroupId)).map((group) => ({
    group, facts: record.groups[group.nodeGroupId]!, deletedAt: event.occurredAt, deletedMs: Date.parse(event.recordedAt),
  }));
}

function stretch(bay: LiveBay, fromMs: number): Stretch {
  const groups = Object.fromEntries(bay.nodeGroups.map(({ nodeGroupId, nodeCount }) => [nodeGroupId, nodeCount]));
  return { fromMs, status: bay.status, ...sizesOf(bay), groups };
}

/** Time never goes back in it, whatever a clock did. */
function stretchesWith(stretches: readonly Stretch[], next: Stretch): readonly Stretch[] {
  const last = stretches.at(-1)!;
  const isSame = last.status === next.status && JSON.stringify(last.groups) === JSON.stringify(next.groups);
  if (isSame) return stretches;
  return [...stretches, { ...next, fromMs: Math.max(last.fromMs, next.fromMs) }];
}

function pruned(record: BayRecord, event: RecordedBayEvent, auditPeriodMs: number): BayRecord {
  const at = Date.parse(event.recordedAt);
  const beginMs = at - (at % auditPeriodMs);
  const { stretches, gone } = record;
  const first = stretches.findLastIndex(({ fromMs }) => fromMs <= beginMs);
  const isKept = gone.every(({ deletedMs }) => deletedMs >= beginMs);
  if (first <= 0 && isKept) return record;
  return { ...record, stretches: stretches.slice(Math.max(0, first)), gone: gone.filter(({ deletedMs }) => deletedMs >= beginMs) };
}

/** Wanted workers and masters, over all node groups. */
export function sizesOf(bay: LiveBay): { readonly nodeCount: number; readonly masterCount: number } {
  const count = (isMaster: boolean) => bay.nodeGroups.filter(({ role }) => (role === 'master') === isMaster).reduce((sum, { nodeCount }) => sum + nodeCount, 0);
  return { nodeCount: count(false), masterCount: count(true) };
}

function reasonOf({ data }: RecordedBayEvent): string | null {
  return 'reason' in data && typeof data.reason === 'string' ? data.reason : null;
}

function secondsOf(from: string, to: string): number {
  return (Date.parse(to) - Date.parse(from)) / 1_000;
}
