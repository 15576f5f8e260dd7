export { DomainError, isDomainError } from './kernel/error.ts';
export type { ErrorDetails, ErrorKind, ErrorShape } from './kernel/error.ts';
export { SYSTEM_ACTOR, categoryOf } from './kernel/event.ts';
export type { Actor, DomainEvent, EventContext, NewEvent, Position, RecordedEvent } from './kernel/event.ts';
export { fold, unreachable } from './kernel/decider.ts';
export type { Command, CommandMetadata, Decider } from './kernel/decider.ts';
export { derivedId } from './kernel/id.ts';
export type { BaySpec, BayStatus, BayView, DriverReference, HealthReport, HealthStatus, NodeGroupChanges, NodeGroupView, NodeRole, NodeTaint, NodeView, ResourceView } from './bay/bay.view.ts';
export { driverOf, operationIdOf, scopeOf, supersedes } from './operation/operation.view.ts';
export type { ExtensionCall, OperationKind, OperationScope, OperationView, UpgradeTarget } from './operation/operation.view.ts';
export { bayDecider } from './bay/bay.decider.ts';
export type { BayCommand, WantedCount } from './bay/bay.commands.ts';
export { ROTATABLE_PURPOSES, expiringReason, orphanReason } from './bay/bay.credentials.ts';
export type { AccessRuleFinding, CredentialMode, CredentialPurpose, CredentialRotation, CredentialView, MintedFacts, RotatablePurpose } from './bay/bay.credentials.ts';
export { machinesSince, newsOf } from './bay/bay.machines.ts';
export type { MachineView } from './bay/bay.machines.ts';
export type { BayEvent, BayOutputs } from './bay/bay.events.ts';
export type { BayState, LiveBay, NodeGroupState, OpenOperation } from './bay/bay.state.ts';
export {
  ApiAddressUnavailable, BayAlreadyExists, BayNotFound, DefaultNodeGroupNotDeletable, EvidenceMissing, InvalidBay, InvalidNodeGroup, MasterNodeGroupNotSupported,
  MasterResizeNotSupported, NodeCountOutOfBounds, NodeGroupAlreadyExists, NodeGroupNotFound, NoCredentialForPurpose, NodesNotInGroup, StatusForbids,
} from './bay/bay.errors.ts';
export { BayModelAlreadyExists, BayModelNotFound, bayModelDecider } from './bay-model/bay-model.decider.ts';
export type { BayModelChanges, BayModelCommand, BayModelEvent, BayModelSpec, BayModelState } from './bay-model/bay-model.decider.ts';
export { InvalidQuota, QuotaAlreadyExists, QuotaNotFound, ResourceLimitExceeded, quotaDecider } from './quota/quota.decider.ts';
export type { QuotaCommand, QuotaEvent, QuotaState } from './quota/quota.decider.ts';
export { StaleLease, operationsDecider, stepName } from './operation/operation.process.ts';
export type { OperationCommand } from './operation/operation.process.ts';
export { PLAN_STEP } from './operation/operation.events.ts';
export type { OperationEvent, StepLease, StepOutcome, StepView } from './operation/operation.events.ts';
export type { CurrentOperation, OperationsState, QueuedOperation } from './operation/operation.state.ts';

export { deprecatedUseDecider } from './deprecation/deprecated-use.decider.ts';
export type { DeprecatedUse, DeprecatedUseCommand, DeprecatedUseEvent } from './deprecation/deprecated-use.decider.ts';
export { IdempotencyKeyReused, idempotencyDecider } from './idempotency/idempotency.decider.ts';
export type { IdempotencyCommand, IdempotencyEvent, IdempotencyState, KeptAnswer } from './idempotency/idempotency.decider.ts';
export { TemplateChanged, driverDecider } from './driver/driver.decider.ts';
export type { DriverCommand, DriverEvent, DriverLifeState, DriverState, PublishedTemplate } from './driver/driver.decider.ts';

// Certificates.
export { AUTHORITIES, authorityOf, certificatesStream, validityFrom, validityUntil } from './certificate/authority.ts';
export type { Authority, Validity } from './certificate/authority.ts';
export { credentialsFor, isNodeToken, readNodeToken, requireOpen } from './certificate/bootstrap-token.ts';
export type { BootstrapRole, BootstrapToken, NodeToken } from './certificate/bootstrap-token.ts';
export { candidateAuthority, certificateDecider, establishedAuthority } from './certificate/certificate.decider.ts';
export type { ActiveCertificates, CertificateCommand, CertificateState } from './certificate/certificate.decider.ts';
export { AuthoritiesWithdrawn, AuthorityNotEstablished, AuthorityReplaced, AuthorityRotationNotStarted, BootstrapTokenRefused, ExtensionNotAllowed, InvalidCertificateRequest, InvalidCsr, NodeCredentialNotFound, NodeKeyRefused } from './certificate/certificate.errors.ts';
export type { BootstrapUse, CandidateAuthority, CertificateEvent, CompletedRotation, EstablishedAuthority, HandedOutCredential, IssuedCertificate, IssuedFor, MintedToken } from './certificate/certificate.events.ts';
export { holdersOf, holdingOf, isNodeKey, isShownByNode, nodeWith, readNodeKey, signedText, stranger } from './certificate/node-key.ts';
export type { KnownNode, KnownNodes, NodeKeyProof, NodeRequest } from './certificate/node-key.ts';
export { KEY_USAGES, admitExtensions } from './certificate/extension-policy.ts';
export type { KeyUsage, RequestedExtension } from './certificate/extension-policy.ts';
export { EVENT_CATALOG } from './kernel/event-catalog.ts';
export type { JeroboamEvent } from './kernel/event-catalog.ts';
