import type { BayEvent, BayModelEvent, DomainEvent, OperationEvent, QuotaEvent, RecordedEvent } from '@jeroboam/domain';
import { UnknownEvent } from '../errors.ts';

/** One of the events of a union, with the envelope the log keeps it in. */
export type Recorded<E extends DomainEvent> = E extends DomainEvent ? Omit<RecordedEvent, 'type' | 'schemaVersion' | 'data'> & E : never;

/** The same for one type of the union. */
export type RecordedAs<E extends DomainEvent, T extends E['type']> = Extract<Recorded<E>, { readonly type: T }>;

/** The schema version that is read of each type; a type of the union left out does not compile. */
export type ReadableVersions<E extends DomainEvent> = { readonly [T in E['type']]: Extract<E, { readonly type: T }>['schemaVersion'] };

/**
 * An event as one of those a projection knows. Another version of one stops it too: skipping would make documents that
 * are wrong for ever (behaviour R19).
 *
 * @throws {UnknownEvent} a type that is not in `versions`, or another version of it.
 */
export function readAs<E extends DomainEvent>(event: RecordedEvent, versions: ReadableVersions<E>, projection: string): Recorded<E> {
  if ((versions as Readonly<Record<string, number>>)[event.type] !== event.schemaVersion) throw new UnknownEvent(projection, event);
  return event as Recorded<E>;
}

export const BAY_EVENTS: ReadableVersions<BayEvent> = {
  BayCreationRequested: 1, BayCreationAbandoned: 1, BayProvisioned: 1, BayCreationFailed: 1,
  ResourcesIntended: 1, ResourcesRecorded: 1, ResourcesReleased: 1,
  NodeJoined: 1, NodeRemoved: 1, MachinesMetered: 1, BayStackAssigned: 1,
  BayResizeRequested: 1, BayResized: 1, BayResizeFailed: 1, BayResizeRefused: 1,
  NodeGroupCreationRequested: 1, NodeGroupCreated: 1, NodeGroupCreationFailed: 1,
  NodeGroupRevisionRequested: 1, NodeGroupRevised: 1, NodeGroupRevisionFailed: 1, NodeGroupRevisionRefused: 1,
  NodeGroupDeletionRequested: 1, NodeGroupDeleted: 1, NodeGroupDeletionFailed: 1,
  BayUpgradeRequested: 1, BayUpgraded: 1, BayUpgradeFailed: 1,
  CaRotationRequested: 1, CaRotationCompleted: 1, CaRotationFailed: 1,
  CredentialIntended: 1, CredentialMinted: 1, CredentialExpiring: 1, CredentialRevoked: 1, CredentialGone: 1, CredentialOrphaned: 1,
  CredentialRotationRequested: 1, CredentialRotationCompleted: 1, CredentialRotationFailed: 1,
  ExtensionRequested: 1, ExtensionCompleted: 1, ExtensionFailed: 1,
  BayHealthChanged: 1, NodeGroupObserved: 1,
  BayDeletionRequested: 1, BayDeleted: 1, BayDeletionFailed: 1,
};

export const BAY_MODEL_EVENTS: ReadableVersions<BayModelEvent> = { BayModelCreated: 1, BayModelRevised: 1, BayModelDeleted: 1 };

export const OPERATION_EVENTS: ReadableVersions<OperationEvent> = {
  OperationQueued: 1, OperationStarted: 1, OperationStepDispatched: 1, OperationPlanned: 1, OperationStepSucceeded: 1,
  OperationStepFailed: 1, OperationStepLeaseExpired: 1,
  OperationSucceeded: 1, OperationFailed: 1, OperationTimedOut: 1, OperationSuperseded: 1,
};

export const QUOTA_EVENTS: ReadableVersions<QuotaEvent> = { BaySlotReserved: 1, BaySlotReleased: 1, ProjectQuotaSet: 1, ProjectQuotaRemoved: 1 };
