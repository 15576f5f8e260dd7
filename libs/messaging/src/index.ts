export { MAX_MESSAGE_BYTES } from './envelope.ts';
export {
  HandlerFailed, HandlerUnavailable, MessageMalformed, MessageTimeout, MessageTooLarge, MessagingUnavailable, NoHandler, RemoteRefusal,
} from './errors.ts';
export { Handles } from './handles.ts';
export { InProcessBus } from './in-process-wire.ts';
export { inProcessTransport, natsTransport, openMessaging } from './messaging.ts';
export type { InProcessOptions, Messaging, MessagingCommonOptions, MessagingOptions, NatsOptions } from './messaging.ts';
export { defineMessage } from './message.ts';
export type { Message, MessageClient, MessageContext, MessageContract, SendOptions } from './message.ts';
export {
  claimStep, closeCredential, createBay, createBayModel, createNodeGroup, createProjectQuota, deleteBay, deleteBayModel, deleteNodeGroup, heartbeat,
  intendCredential, intendResources, recordCredential, recordResources, releaseResources, removeProjectQuota, reportBayHealth, reportPlan, reportStepFailed,
  reportStepSucceeded, resizeBay, reviseBayModel, reviseNodeGroup, rotateCa, rotateCredential, runExtension, schedulerStatus, setProjectQuota, upgradeBay,
} from './contracts/scheduler.messages.ts';
export type { Accepted, HeldLease, LiveLease, ProjectQuota, SchedulerStatus, StepAssignment } from './contracts/scheduler.messages.ts';
export { listDrivers, readExtension } from './contracts/driver-executor.messages.ts';
export type { DriverOnHost, ExtensionAnswer } from './contracts/driver-executor.messages.ts';
export {
  closeBootstrapTokens, completeAuthorityRotation, getCaCertificate, getCaCertificateForNode, getCredentialForNode, getCredentialHolders, getTrustedAuthorities, mintBootstrapToken, signClientCsr,
  signCsrForNode, signNodeCsr, startAuthorityRotation, withdrawAuthorities,
} from './contracts/certificate-authority.messages.ts';
export type { AnsweredCredential, NodeCredential, RotatingAuthority } from './contracts/certificate-authority.messages.ts';
