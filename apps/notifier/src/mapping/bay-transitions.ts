import { bayKeys, clusterAttachment, groupKeys, ownerOf } from '../bay/bay-payload.ts';
import { sizesOf } from '../bay/bay-record.ts';
import type { BayRecord, GroupFacts, NodeGroup } from '../bay/bay-record.ts';
import type { RecordedBayEvent } from '../bay/recorded.ts';
import type { CadfAct, Outcome } from '../message/cadf.ts';
import { draft, originOf } from '../message/draft.ts';
import type { Draft, DraftOptions, Origin } from '../message/draft.ts';
import { cut } from '../message/notification.ts';
import { NothingToTell } from './happening.ts';
import type { Happening } from './happening.ts';

export type Phase = 'start' | 'end' | 'error';
const OUTCOMES: Readonly<Record<Phase, Outcome>> = { start: 'pending', end: 'success', error: 'failure' };

/** Magnum's three actions: everything that is neither a beginning nor an end is an update. */
export type Action = 'create' | 'update' | 'delete';

export interface Transition {
  readonly phase: Phase;
  /** The CADF notification, `magnum.cluster.<action>`; null where Magnum sends none. */
  readonly cadf: Action | null;
  /** Type without the phase: `magnum.cluster.resize`. */
  readonly types: readonly string[];
  /** What happens to which node groups (by name), `magnum.nodegroup.<action>`. */
  readonly groups?: { readonly action: Action; readonly names: readonly string[] | 'all' };
  /** Why it failed. @default what the event says */
  readonly reason?: string;
  /** Tells it from another of the same kind that follows from the same event. */
  readonly of?: string;
}

/** The notifications of one step in the life of a bay. */
export function transition({ event, before, after }: Happening, { phase, cadf, types, groups, of, reason = reasonIn(event) }: Transition): readonly Draft[] {
  const record = after ?? before;
  if (!record) throw new NothingToTell(event, 'a bay');
  const origin = originOf(event, ownerOf(record));
  const keys = { ...bayKeys(record, before, event.requestId), ...changeKeys(event as RecordedBayEvent, before), ...failureKeys(phase, reason) };
  const act = actOf(record, cadf ?? 'update', OUTCOMES[phase], event);
  return [
    ...(cadf ? cadfDrafts(origin, cadf, record, act, keys) : []),
    ...types.map((type) => draft(origin, { kind: 'lifecycle', eventType: `${type}.${phase}`, act, keys, ...(of === undefined ? {} : { of }) })),
    ...(groups ? groupsOf(record, before, groups.names).map((found) => groupDraft(origin, found, record, { action: groups.action, phase, requestId: event.requestId, failure: failureKeys(phase, reason), code: act.reason, of })) : []),
  ];
}

/** As Magnum today, and as Magnum in Newton, when a cluster was a bay. */
function cadfDrafts(origin: Origin, action: Action, record: BayRecord, act: CadfAct, keys: DraftOptions['keys']): Draft[] {
  const newton = { ...act, kind: 'bay', target: { ...act.target, attachments: [clusterAttachment(record, 'bay')] } };
  return [
    draft(origin, { kind: 'cadf', eventType: `magnum.cluster.${action}`, act, keys }),
    draft(origin, { kind: 'bayNames', eventType: `magnum.bay.${action}`, act: newton, keys }),
  ];
}

/** What was done to a bay; its record is the attachment. */
export function actOf(record: BayRecord, action: string, outcome: Outcome, event?: { readonly data: object }): CadfAct {
  const { bayId, name } = record.bay.spec;
  const code = event && 'code' in event.data && typeof event.data.code === 'string' ? event.data.code : undefined;
  return {
    action, outcome, kind: 'cluster', target: { id: bayId, name, attachments: [clusterAttachment(record)] },
    ...(code ? { reason: { reasonType: 'jeroboam', reasonCode: code } } : {}),
  };
}

function changeKeys({ type, data }: RecordedBayEvent, before: BayRecord | undefined): Record<string, unknown> {
  return {
    ...(before ? { old_node_count: sizesOf(before.bay).nodeCount } : {}),
    ...(type.startsWith('BayResize') && 'nodeGroup' in data && typeof data.nodeGroup === 'string' ? { nodegroup: cut(data.nodeGroup) } : {}),
  };
}

/** A refusal leaves the bay as it is, so that its own reason is another one or none. */
function failureKeys(phase: Phase, reason: string): Record<string, unknown> {
  return phase === 'error' ? { exception: cut(reason), state_description: cut(reason) } : {};
}

function reasonIn({ data }: Happening['event']): string {
  return 'reason' in data && typeof data.reason === 'string' ? data.reason : '';
}

interface FoundGroup {
  readonly group: NodeGroup;
  readonly facts: GroupFacts;
  readonly deletedAt: string | null;
}

function groupsOf(record: BayRecord, before: BayRecord | undefined, names: readonly string[] | 'all'): FoundGroup[] {
  const isMeant = ({ name }: NodeGroup) => names === 'all' || names.includes(name);
  const present = record.bay.nodeGroups.filter(isMeant).map((group) => ({ group, facts: record.groups[group.nodeGroupId]!, deletedAt: record.deletedAt }));
  if (present.length > 0 || !before) return present;
  return record.gone.filter(({ group }) => isMeant(group)).slice(-1);
}

interface GroupStep {
  readonly action: Action;
  readonly phase: Phase;
  readonly requestId: string;
  readonly failure: Readonly<Record<string, unknown>>;
  readonly code: CadfAct['reason'];
  readonly of: string | undefined;
}

function groupDraft(origin: Origin, { group, facts, deletedAt }: FoundGroup, record: BayRecord, { action, phase, requestId, failure, code, of }: GroupStep): Draft {
  return draft(origin, {
    kind: 'lifecycle', eventType: `magnum.nodegroup.${action}.${phase}`, of: of === undefined ? group.nodeGroupId : `${group.nodeGroupId} ${of}`,
    act: { action, outcome: OUTCOMES[phase], kind: 'nodegroup', target: { id: group.nodeGroupId, name: group.name }, ...(code ? { reason: code } : {}) },
    keys: { ...groupKeys(record, group, facts, deletedAt, requestId), ...failure },
  });
}
