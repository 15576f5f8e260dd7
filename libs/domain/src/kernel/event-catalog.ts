import type { BayModelEvent } from '../bay-model/bay-model.decider.ts';
import type { BayEvent } from '../bay/bay.events.ts';
import type { CertificateEvent } from '../certificate/certificate.events.ts';
import type { DeprecatedUseEvent } from '../deprecation/deprecated-use.decider.ts';
import type { DriverEvent } from '../driver/driver.decider.ts';
import type { OperationEvent } from '../operation/operation.events.ts';
import type { QuotaEvent } from '../quota/quota.decider.ts';

/** Every event the log may hold. */
export type JeroboamEvent = BayEvent | BayModelEvent | QuotaEvent | OperationEvent | CertificateEvent | DeprecatedUseEvent | DriverEvent;

/**
 * The present schema version of every event type. A type left out does not compile. Each version ever shipped has one
 * sample in a `__fixtures__` folder beside its aggregate, for ever.
 */
export const EVENT_CATALOG: { readonly [T in JeroboamEvent['type']]: Extract<JeroboamEvent, { type: T }>['schemaVersion'] } = {
  AuthorityRotationCompleted: 1,
  AuthorityRotationStarted: 1,
  BayAuthoritiesWithdrawn: 1,
  BayAuthorityEstablished: 1,
  BayCreationAbandoned: 1,
  BayCreationFailed: 1,
  BayCreationRequested: 1,
  BayDeleted: 1,
  BayDeletionFailed: 1,
  BayDeletionRequested: 1,
  BayHealthChanged: 1,
  BayModelCreated: 1,
  BayModelDeleted: 1,
  BayModelRevised: 1,
  BayProvisioned: 1,
  BayResizeFailed: 1,
  BayResizeRefused: 1,
  BayResizeRequested: 1,
  BayResized: 1,
  BaySlotReleased: 1,
  BaySlotReserved: 1,
  BayStackAssigned: 1,
  BayUpgradeFailed: 1,
  BayUpgradeRequested: 1,
  BayUpgraded: 1,
  CaRotationCompleted: 1,
  CaRotationFailed: 1,
  CaRotationRequested: 1,
  CertificateIssued: 1,
  CredentialGone: 1,
  CredentialIntended: 1,
  CredentialMinted: 1,
  CredentialOrphaned: 1,
  CredentialRevoked: 1,
  CredentialRotationCompleted: 1,
  CredentialRotationFailed: 1,
  CredentialRotationRequested: 1,
  DeprecatedUseCounted: 1,
  DriverStateChanged: 1,
  ExtensionCompleted: 1,
  ExtensionFailed: 1,
  ExtensionRequested: 1,
  NodeGroupCreated: 1,
  NodeGroupCreationFailed: 1,
  NodeGroupCreationRequested: 1,
  NodeGroupDeleted: 1,
  NodeGroupDeletionFailed: 1,
  NodeGroupDeletionRequested: 1,
  NodeGroupObserved: 1,
  NodeGroupRevised: 1,
  NodeGroupRevisionFailed: 1,
  NodeGroupRevisionRefused: 1,
  NodeGroupRevisionRequested: 1,
  NodeJoined: 1,
  NodeRemoved: 1,
  OperationFailed: 1,
  OperationPlanned: 1,
  OperationQueued: 1,
  OperationStarted: 1,
  OperationStepDispatched: 1,
  OperationStepFailed: 1,
  OperationStepLeaseExpired: 1,
  OperationStepSucceeded: 1,
  OperationSucceeded: 1,
  OperationSuperseded: 1,
  OperationTimedOut: 1,
  ProjectQuotaRemoved: 1,
  ProjectQuotaSet: 1,
  ResourcesIntended: 1,
  ResourcesRecorded: 1,
  ResourcesReleased: 1,
  TemplatesPublished: 1,
};
