import type {
  BayModelChanges, BayModelSpec, BaySpec, BayView, CredentialMode, CredentialPurpose, ExtensionCall, HealthReport, MachineView, MintedFacts, NodeGroupChanges, NodeGroupView, OperationView, Position, RotatablePurpose, StepLease, StepOutcome, StepView, UpgradeTarget, WantedCount,
} from '@jeroboam/domain';
import { defineMessage } from '../message.ts';

/** What a command left behind. */
export interface Accepted {
  /** Everything up to here must be readable before the client is answered; null: nothing was written. */
  readonly position: Position | null;
  /** The operation that will end in success or failure; null where it was so already. */
  readonly operationId: string | null;
}

export interface BayCommandBase {
  readonly bayId: string;
}

export const createBayModel = defineMessage<{ spec: BayModelSpec }, Accepted>('scheduler.create-bay-model');
/** Takes only what is different from here on. @throws BAY_MODEL_NOT_FOUND */
export const reviseBayModel = defineMessage<{ bayModelId: string; changes: BayModelChanges }, Accepted>('scheduler.revise-bay-model');
export const deleteBayModel = defineMessage<{ bayModelId: string }, Accepted>('scheduler.delete-bay-model');

export interface ProjectQuota {
  readonly projectId: string;
  /** Bays the project may have. */
  readonly hardLimit: number;
}

/** @throws QUOTA_ALREADY_EXISTS, INVALID_QUOTA */
export const createProjectQuota = defineMessage<ProjectQuota, Accepted>('scheduler.create-project-quota');
/** @throws QUOTA_NOT_FOUND, INVALID_QUOTA */
export const setProjectQuota = defineMessage<ProjectQuota, Accepted>('scheduler.set-project-quota');
/** @throws QUOTA_NOT_FOUND */
export const removeProjectQuota = defineMessage<{ projectId: string }, Accepted>('scheduler.remove-project-quota');

/** One scheduler, as it is now: asked for, never logged. */
export interface SchedulerStatus {
  readonly host: string;
  /** RFC 3339. */
  readonly startedAt: string;
  /** Whole minutes it has been up, counting the one that is running. */
  readonly reportCount: number;
  /** When it last counted up, RFC 3339. */
  readonly reportedAt: string;
}
/** Answered by one of the schedulers, without looking at anything. */
export const schedulerStatus = defineMessage<Record<string, never>, SchedulerStatus>('scheduler.status');

/** Takes a quota slot and accepts the bay. @throws RESOURCE_LIMIT_EXCEEDED, BAY_ALREADY_EXISTS, INVALID_BAY */
export const createBay = defineMessage<{ spec: BaySpec; nodeGroups: readonly NodeGroupView[] }, Accepted>('scheduler.create-bay');
/** `nodeGroup` is a name or an id. @throws BAY_NOT_FOUND, NODE_GROUP_NOT_FOUND, NODE_COUNT_OUT_OF_BOUNDS, NODES_NOT_IN_GROUP, MASTER_RESIZE_NOT_SUPPORTED */
export const resizeBay = defineMessage<BayCommandBase & { nodeGroup: string; nodeCount: WantedCount; nodesToRemove: readonly string[] }, Accepted>('scheduler.resize-bay');
/** @throws BAY_NOT_FOUND, API_ADDRESS_UNAVAILABLE, STATUS_FORBIDS, NODE_GROUP_ALREADY_EXISTS, INVALID_NODE_GROUP, MASTER_NODE_GROUP_NOT_SUPPORTED */
export const createNodeGroup = defineMessage<BayCommandBase & { nodeGroup: NodeGroupView }, Accepted>('scheduler.create-node-group');
/** `nodeGroup` is a name or an id, here and below. @throws BAY_NOT_FOUND, NODE_GROUP_NOT_FOUND, INVALID_NODE_GROUP */
export const reviseNodeGroup = defineMessage<BayCommandBase & { nodeGroup: string; changes: NodeGroupChanges }, Accepted>('scheduler.revise-node-group');
/** @throws BAY_NOT_FOUND, NODE_GROUP_NOT_FOUND, DEFAULT_NODE_GROUP_NOT_DELETABLE */
export const deleteNodeGroup = defineMessage<BayCommandBase & { nodeGroup: string }, Accepted>('scheduler.delete-node-group');
/** `nodeGroup` null: the bay's default groups. @throws BAY_NOT_FOUND, NODE_GROUP_NOT_FOUND, STATUS_FORBIDS */
export const upgradeBay = defineMessage<BayCommandBase & { nodeGroup: string | null; to: UpgradeTarget; maxBatchSize: number }, Accepted>('scheduler.upgrade-bay');
/** @throws BAY_NOT_FOUND, STATUS_FORBIDS */
export const rotateCa = defineMessage<BayCommandBase, Accepted>('scheduler.rotate-ca');
/**
 * Absent `purposes`: all. With `rebindOwner` whoever asks owns the bay as far as its credentials go.
 * @throws BAY_NOT_FOUND, STATUS_FORBIDS, NO_CREDENTIAL_FOR_PURPOSE, INVALID_BAY
 */
export const rotateCredential = defineMessage<BayCommandBase & { purposes?: readonly RotatablePurpose[]; rebindOwner?: boolean }, Accepted>('scheduler.rotate-credential');
/** Has the bay's driver do what only it knows to. @throws BAY_NOT_FOUND, STATUS_FORBIDS */
export const runExtension = defineMessage<BayCommandBase & { call: ExtensionCall }, Accepted>('scheduler.run-extension');
/** How a bay was found; writes nothing where that is known. `observedNodes` counts by node group. @throws BAY_NOT_FOUND */
export const reportBayHealth = defineMessage<BayCommandBase & HealthReport & { observedNodes?: Readonly<Record<string, number>> }, Accepted>('scheduler.report-bay-health');
/** @throws BAY_NOT_FOUND */
export const deleteBay = defineMessage<BayCommandBase, Accepted>('scheduler.delete-bay');

/** One step handed to one executor. */
export interface StepAssignment {
  readonly lease: StepLease;
  readonly bay: BayView;
  readonly operation: OperationView;
  readonly step: StepView;
  /** RFC 3339 UTC: when the operation is given up. Absent: it does not say. */
  readonly deadlineAt?: string;
}

/**
 * An executor asks for work it can do; the answer comes when there is some, or null after `waitMs`.
 * `drivers` are `name@version`.
 */
export const claimStep = defineMessage<{ executorId: string; drivers: readonly string[]; waitMs: number }, StepAssignment | null>('scheduler.claim-step');

export interface HeldLease {
  readonly bayId: string;
  readonly token: number;
}

/** A lease that is worked on. */
export interface LiveLease extends HeldLease {
  /** Its step waits for something outside and takes nobody's place meanwhile. @default false */
  readonly resting?: boolean;
}

/** Keeps the leases that are named alive; `revoked` are those whose work is no longer wanted: stop at the next safe point and report. */
export const heartbeat = defineMessage<{ executorId: string; leases: readonly LiveLease[] }, { revoked: readonly HeldLease[] }>('scheduler.heartbeat');

/** Reports under a lease. @throws STALE_LEASE when somebody else holds it by now: stop at once. */
export const reportPlan = defineMessage<HeldLease & { steps: readonly StepView[] }, Record<string, never>>('scheduler.report-plan');
export const reportStepSucceeded = defineMessage<HeldLease & { outcome: StepOutcome }, Record<string, never>>('scheduler.report-step-succeeded');
export const reportStepFailed = defineMessage<
  HeldLease & { reason: string; retryable: boolean; maxAttempts: number | null; blockedBy: readonly string[]; machines?: readonly MachineView[] },
  Record<string, never>
>('scheduler.report-step-failed');

/** The resource ledger, under a lease: durable when answered. @throws STALE_LEASE */
export const intendResources = defineMessage<HeldLease & { resources: readonly { resourceId: string; type: string; name: string }[] }, Record<string, never>>('scheduler.intend-resources');
export const recordResources = defineMessage<HeldLease & { resources: readonly { resourceId: string; externalId?: string }[] }, Record<string, never>>('scheduler.record-resources');
export const releaseResources = defineMessage<HeldLease & { resourceIds: readonly string[] }, Record<string, never>>('scheduler.release-resources');

/** The ledger of credentials, as the one of resources: durable when answered. @throws STALE_LEASE */
export const intendCredential = defineMessage<HeldLease & { name: string; purpose: CredentialPurpose; mode: CredentialMode; ownerId?: string }, Record<string, never>>('scheduler.intend-credential');
export const recordCredential = defineMessage<HeldLease & MintedFacts, Record<string, never>>('scheduler.record-credential');
/** `gone`: it was not there any more. */
/** `leaves`: nodes that are without one by that. */
export const closeCredential = defineMessage<HeldLease & { name: string; outcome: 'revoked' | 'gone'; leaves?: readonly string[] }, Record<string, never>>('scheduler.close-credential');
