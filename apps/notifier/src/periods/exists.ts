import { SCHEMA_VERSION, bayKeys, groupKeys } from '../bay/bay-payload.ts';
import type { BayRecord, GroupFacts, NodeGroup, Stretch } from '../bay/bay-record.ts';
import { draft } from '../message/draft.ts';
import type { Draft, Origin } from '../message/draft.ts';
import { auditTime, secondsBetween } from '../message/times.ts';
import { actOf } from '../mapping/bay-transitions.ts';

/** A closed, aligned audit period, in milliseconds since 1970; the end is not part of it. */
export interface Period {
  readonly beginMs: number;
  readonly endMs: number;
}

/** A stretch, cut to the period. */
interface Piece extends Stretch {
  readonly seconds: number;
}

/**
 * That a bay and its node groups existed in an audit period, also if only in a part of it: what repairs lost start and end
 * notifications. Nothing for a bay that was deleted before, or made after.
 */
export function existsDrafts(record: BayRecord, origin: Origin, period: Period): readonly Draft[] {
  if (!overlaps(record.createdMs, record.deletedMs, period)) return [];
  const pieces = piecesOf(record, period);
  const last = pieces.at(-1) ?? record.stretches.at(-1)!;
  const sum = (weight: (piece: Piece) => number) => rounded(pieces.reduce((seconds, piece) => seconds + piece.seconds * weight(piece), 0));
  const keys = {
    ...bayKeys(record, record, null), ...boundsOf(period), node_count: last.nodeCount, master_count: last.masterCount,
    duration: sum(() => 1), node_seconds: sum(({ nodeCount }) => nodeCount), master_seconds: sum(({ masterCount }) => masterCount),
    state_durations: durations(pieces),
  };
  const bay = draft(origin, { kind: 'exists', eventType: 'magnum.cluster.exists', act: actOf(record, 'monitor', 'success'), keys });
  return [bay, ...groupsIn(record, period).map((group) => groupExists(record, origin, group, pieces, period))];
}

interface GroupInPeriod {
  readonly group: NodeGroup;
  readonly facts: GroupFacts;
  readonly deletedAt: string | null;
}

function groupsIn(record: BayRecord, period: Period): GroupInPeriod[] {
  const there = record.bay.nodeGroups.map((group) => ({ group, facts: record.groups[group.nodeGroupId]!, deletedAt: record.deletedAt }));
  return [...there, ...record.gone.filter(({ deletedMs }) => deletedMs >= period.beginMs)];
}

function groupExists(record: BayRecord, origin: Origin, { group, facts, deletedAt }: GroupInPeriod, pieces: readonly Piece[], period: Period): Draft {
  const own = pieces.filter(({ groups }) => group.nodeGroupId in groups);
  const nodes = ({ groups }: Stretch) => groups[group.nodeGroupId] ?? 0;
  const keys = {
    ...groupKeys(record, group, facts, deletedAt, null), ...boundsOf(period), schema_version: SCHEMA_VERSION,
    duration: rounded(own.reduce((seconds, piece) => seconds + piece.seconds, 0)),
    node_seconds: rounded(own.reduce((seconds, piece) => seconds + piece.seconds * nodes(piece), 0)),
  };
  const act = { action: 'monitor', outcome: 'success' as const, kind: 'nodegroup', target: { id: group.nodeGroupId, name: group.name } };
  return draft(origin, { kind: 'exists', eventType: 'magnum.nodegroup.exists', act, keys, of: group.nodeGroupId });
}

function piecesOf({ stretches, deletedMs }: BayRecord, { beginMs, endMs }: Period): Piece[] {
  const goesTo = (index: number) => Math.min(stretches[index + 1]?.fromMs ?? deletedMs ?? endMs, deletedMs ?? endMs, endMs);
  return stretches
    .map((stretch, index) => ({ ...stretch, seconds: secondsBetween(Math.max(stretch.fromMs, beginMs), goesTo(index)) }))
    .filter(({ seconds }) => seconds > 0);
}

function durations(pieces: readonly Piece[]): Record<string, number> {
  const seconds: Record<string, number> = {};
  for (const piece of pieces) seconds[piece.status] = rounded((seconds[piece.status] ?? 0) + piece.seconds);
  return seconds;
}

function overlaps(fromMs: number, toMs: number | null, { beginMs, endMs }: Period): boolean {
  return fromMs < endMs && (toMs === null || toMs >= beginMs);
}

function boundsOf({ beginMs, endMs }: Period): Record<string, string> {
  return { audit_period_beginning: auditTime(beginMs), audit_period_ending: auditTime(endMs) };
}

/** To the millisecond: sums of decimals would differ in their last digits from one order to another. */
const rounded = (seconds: number): number => Math.round(seconds * 1_000) / 1_000;
