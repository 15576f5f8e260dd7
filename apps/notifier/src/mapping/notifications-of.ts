import type { JeroboamEvent } from '@jeroboam/domain';
import { usageNotifications } from '@jeroboam/read-model';
import { ownerOf } from '../bay/bay-payload.ts';
import type { BayRecord } from '../bay/bay-record.ts';
import type { Recorded, RecordedAs } from '../bay/recorded.ts';
import { cadf } from '../message/cadf.ts';
import { originOf } from '../message/draft.ts';
import type { Draft, Origin } from '../message/draft.ts';
import { measuresChanged, sampleDrafts } from '../periods/samples.ts';
import { certificateSigned, clusterTemplate, healthUpdate, quotaUpdate } from './audits.ts';
import { transition } from './bay-transitions.ts';
import type { Action, Phase, Transition } from './bay-transitions.ts';
import type { Happening } from './happening.ts';
import { supersededBy } from './superseded.ts';

type Told<E extends Recorded = Recorded> = (happening: Happening<E>) => readonly Draft[];
type GroupEvent = Extract<JeroboamEvent, { type: 'BayResizeRequested' | 'BayResized' | 'BayResizeFailed' | `NodeGroup${'Created' | 'CreationFailed' | 'RevisionRequested' | 'Revised' | 'RevisionFailed' | 'RevisionRefused' | 'DeletionRequested' | 'Deleted' | 'DeletionFailed'}` }>['type'];

const silence = new Set<unknown>();

/** Deliberately told to nobody, for the reason that stands beside it. */
function silent(_why: string): Told {
  const nothing: Told = () => [];
  silence.add(nothing);
  return nothing;
}

const bay = (action: 'create' | 'delete', phase: Phase): Told => (happening) =>
  transition(happening, { phase, cadf: action, types: [`magnum.cluster.${action}`], groups: { action, names: 'all' } });

const resize = (phase: Phase, names?: 'none'): Told<RecordedAs<GroupEvent | 'BayResizeRefused'>> => (happening) =>
  transition(happening, { phase, cadf: 'update', types: ['magnum.cluster.resize'], ...(names ? {} : { groups: { action: 'update', names: [happening.event.data.nodeGroup] } }) });

/** Magnum tells of node groups only by an update of their cluster. */
const nodeGroup = (action: Action, phase: Phase): Told<RecordedAs<GroupEvent>> => (happening) =>
  transition(happening, { phase, cadf: 'update', types: ['magnum.cluster.update'], groups: { action, names: [happening.event.data.nodeGroup] } });

const upgrade = (phase: Phase): Told<RecordedAs<'BayUpgradeRequested' | 'BayUpgraded' | 'BayUpgradeFailed'>> => (happening) =>
  transition(happening, { phase, cadf: 'update', types: ['magnum.cluster.upgrade'], groups: { action: 'update', names: happening.event.data.nodeGroups } });

const update = (type: string, phase: Phase, cadf: Transition['cadf'] = 'update'): Told => (happening) => transition(happening, { phase, cadf, types: [type] });

/**
 * What is told of each event. Every event of the catalogue has an entry, or this does not compile: that nobody hears of
 * something is a decision, never an oversight.
 */
const TABLE: { readonly [T in JeroboamEvent['type']]: Told<RecordedAs<T>> } = {
  BayCreationRequested: bay('create', 'start'),
  BayProvisioned: bay('create', 'end'),
  BayCreationFailed: bay('create', 'error'),
  BayDeletionRequested: bay('delete', 'start'),
  BayDeleted: bay('delete', 'end'),
  BayDeletionFailed: bay('delete', 'error'),
  BayResizeRequested: resize('start'),
  BayResized: resize('end'),
  BayResizeFailed: resize('error'),
  BayResizeRefused: resize('error', 'none'),
  NodeGroupCreationRequested: (happening) =>
    transition(happening, { phase: 'start', cadf: 'update', types: ['magnum.cluster.update'], groups: { action: 'create', names: [happening.event.data.nodeGroup.name] } }),
  NodeGroupCreated: nodeGroup('create', 'end'),
  NodeGroupCreationFailed: nodeGroup('create', 'error'),
  NodeGroupRevisionRequested: nodeGroup('update', 'start'),
  NodeGroupRevised: nodeGroup('update', 'end'),
  NodeGroupRevisionFailed: nodeGroup('update', 'error'),
  NodeGroupRevisionRefused: nodeGroup('update', 'error'),
  NodeGroupDeletionRequested: nodeGroup('delete', 'start'),
  NodeGroupDeleted: nodeGroup('delete', 'end'),
  NodeGroupDeletionFailed: nodeGroup('delete', 'error'),
  BayUpgradeRequested: upgrade('start'),
  BayUpgraded: upgrade('end'),
  BayUpgradeFailed: upgrade('error'),
  // Magnum tells of the beginning of a CA rotation to nobody.
  CaRotationRequested: update('magnum.certificate.rotate', 'start', null),
  CaRotationCompleted: update('magnum.certificate.rotate', 'end'),
  CaRotationFailed: update('magnum.certificate.rotate', 'error'),
  CredentialRotationRequested: update('magnum.credential.rotate', 'start'),
  CredentialRotationCompleted: update('magnum.credential.rotate', 'end'),
  CredentialRotationFailed: update('magnum.credential.rotate', 'error'),
  // To Magnum's listeners whatever a driver does to its bay is an update.
  ExtensionRequested: update('magnum.cluster.update', 'start'),
  ExtensionCompleted: update('magnum.cluster.update', 'end'),
  ExtensionFailed: update('magnum.cluster.update', 'error'),
  BayHealthChanged: healthUpdate,
  CertificateIssued: certificateSigned,
  ProjectQuotaSet: quotaUpdate,
  ProjectQuotaRemoved: quotaUpdate,
  BayModelCreated: clusterTemplate('create'),
  BayModelRevised: clusterTemplate('update'),
  BayModelDeleted: clusterTemplate('delete'),

  BayCreationAbandoned: silent('there never was a bay'),
  ResourcesIntended: silent('the ledger of what is made outside is the service’s own'),
  ResourcesRecorded: silent('as ResourcesIntended'),
  ResourcesReleased: silent('as ResourcesIntended'),
  CredentialIntended: silent('as ResourcesIntended'),
  CredentialMinted: silent('as ResourcesIntended'),
  CredentialRevoked: silent('as ResourcesIntended'),
  CredentialGone: silent('as ResourcesIntended'),
  CredentialExpiring: silent('BayHealthChanged tells of it'),
  CredentialOrphaned: silent('BayHealthChanged tells of it'),
  NodeJoined: silent('what is billed and shown is what is wanted; its operation’s end tells of it'),
  NodeRemoved: silent('as NodeJoined'),
  MachinesMetered: silent('as NodeJoined; what is billed is told when it has ended'),
  NodeGroupObserved: silent('what a COE shows is telemetry’s; wanted counts are told'),
  BayStackAssigned: silent('the stack’s id is in whatever is told next'),
  BayAuthorityEstablished: silent('a part of making a bay'),
  BayAuthoritiesWithdrawn: silent('a part of deleting a bay'),
  BootstrapTokenMinted: silent('a part of making nodes'),
  BootstrapTokensClosed: silent('a part of making nodes'),
  NodeCredentialHandedOut: silent('a part of making nodes'),
  NodeCredentialInUse: silent('a part of the rotation'),
  AuthorityRotationStarted: silent('CaRotationRequested tells of it'),
  AuthorityRotationCompleted: silent('CaRotationCompleted tells of it'),
  DeprecatedUseCounted: silent('about a driver or a template, for its operator; no project’s bay changes'),
  DriverStateChanged: silent('as DeprecatedUseCounted'),
  TemplatesPublished: silent('as DeprecatedUseCounted'),
  IdempotencyKeyTaken: silent('what was asked for is told of'),
  AnswerKept: silent('as IdempotencyKeyTaken'),
  BaySlotReserved: silent('the bay itself is told of'),
  BaySlotReleased: silent('as BaySlotReserved'),
  OperationQueued: silent('the bay’s events say what was asked for and what came of it; how it was worked on is in the log'),
  OperationStarted: silent('as OperationQueued'),
  OperationPlanned: silent('as OperationQueued'),
  OperationStepDispatched: silent('as OperationQueued'),
  OperationStepSucceeded: silent('as OperationQueued'),
  OperationStepFailed: silent('as OperationQueued'),
  OperationStepLeaseExpired: silent('as OperationQueued'),
  OperationSucceeded: silent('as OperationQueued'),
  OperationFailed: silent('as OperationQueued'),
  OperationTimedOut: silent('as OperationQueued'),
  OperationSuperseded: silent('as OperationQueued'),
};

/**
 * Everything that is told of an event: what the table says, what of usage ended with it, and samples at once where a bay
 * measures something else now.
 *
 * @throws {NothingToTell} the log says nothing of what the event is about.
 */
export function notificationsOf(happening: Happening): readonly Draft[] {
  const { event, before, after } = happening;
  const told = [...supersededBy(happening), ...(TABLE[event.type] as Told)(happening)];
  // A bay that was not there, or not any more, has nothing to add.
  if (!after || event.stream !== `bay-${after.bay.spec.bayId}` || after.sequence !== event.revision) return told;
  const origin = originOf(event, ownerOf(after));
  return [...told, ...usageDrafts(after, origin), ...(measuresChanged(before, after) ? sampleDrafts(after, origin) : [])];
}

/** Intervals of usage that ended: what each came to, for a bill. */
function usageDrafts({ ended, bay }: BayRecord, { context, initiator }: Origin): Draft[] {
  const act = { action: 'monitor', outcome: 'success' as const, kind: 'cluster', target: { id: bay.spec.bayId, name: bay.spec.name } };
  return ended.flatMap(usageNotifications).map(({ id, eventType, priority, timestamp, payload }) =>
    ({ kind: 'usage', messageId: id, eventType, priority, at: timestamp, payload: { ...cadf(id, timestamp, initiator, act), ...payload }, context }));
}

/** Whether anybody is told of events of this type. */
export function isTold(type: JeroboamEvent['type']): boolean {
  return !silence.has(TABLE[type]);
}
