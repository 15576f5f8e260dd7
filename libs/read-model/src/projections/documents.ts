import type { BayModelSpec, BaySpec, BayStatus, CredentialPurpose, HealthStatus, NodeGroupView, OperationKind } from '@jeroboam/domain';
import type { CollectionSpec, ReadDocument } from '../read-model.port.ts';

// The documents of the read side: what projections write and the API reads. Times are RFC 3339 UTC with milliseconds,
// taken from `occurredAt` of the event they follow from.

/** Collection `bay_models`; `id` is the bay model's id. A deleted bay model is removed. */
export interface BayModelDocument extends ReadDocument, BayModelSpec {
  /**
   * The one project that sees it, or `*` for all: a public model that is not hidden. So a project's list is
   * `visibleTo: [projectId, '*']`, one query with one order, instead of a union of two.
   */
  readonly visibleTo: string;
  readonly createdAt: string;
  readonly updatedAt: string | null;
}

/** `visibleTo` of what everybody sees. */
export const EVERYBODY = '*';

export function visibleTo(spec: Pick<BayModelSpec, 'public' | 'hidden' | 'projectId'>): string {
  return spec.public && !spec.hidden ? EVERYBODY : spec.projectId;
}

export interface NodeGroupDocument extends NodeGroupView {
  readonly status: BayStatus;
  readonly statusReason: string | null;
  /** Of the nodes that are there, in order of joining. */
  readonly nodeAddresses: readonly string[];
  readonly stackId: string | null;
  readonly createdAt: string;
  readonly updatedAt: string | null;
}

/** Collection `bays`; `id` is the bay's id. A deleted bay is removed. */
export interface BayDocument extends ReadDocument {
  readonly spec: BaySpec;
  // Repeated from `spec`, for filters and orders.
  readonly projectId: string;
  readonly userId: string;
  readonly name: string;
  readonly bayModelId: string;
  readonly status: BayStatus;
  readonly statusReason: string | null;
  readonly healthStatus: HealthStatus | null;
  readonly healthStatusReason: Readonly<Record<string, string>>;
  /** In order of creation: `default-master` and `default-worker` come first. */
  readonly nodeGroups: readonly NodeGroupDocument[];
  /** Wanted workers, over all node groups. */
  readonly nodeCount: number;
  /** Wanted masters, over all node groups. */
  readonly masterCount: number;
  readonly nodeAddresses: readonly string[];
  readonly masterAddresses: readonly string[];
  readonly stackId: string | null;
  readonly apiAddress: string | null;
  readonly coeVersion: string | null;
  readonly containerVersion: string | null;
  readonly discoveryUrl: string | null;
  readonly createdAt: string;
  readonly updatedAt: string | null;
  /** The operation that was accepted last. */
  readonly operationId: string | null;
  /** What went wrong, by node group name; empty unless `status` ends in `_FAILED`. */
  readonly faults: Readonly<Record<string, string>>;
  /** What it acts with and a member should have replaced before. @default none */
  readonly expiringCredentials?: readonly { readonly name: string; readonly purpose: CredentialPurpose; readonly expiresAt: string }[];
}

export type OperationState =
  | 'ACCEPTED' | 'QUEUED' | 'RUNNING' | 'WAITING'
  | 'SUCCEEDED' | 'FAILED' | 'CANCELLED' | 'SUPERSEDED' | 'TIMED_OUT';

export interface OperationStepDocument {
  readonly name: string;
  readonly state: 'PENDING' | 'RUNNING' | 'WAITING' | 'SUCCEEDED' | 'FAILED';
  readonly attempts: number;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  /** Why its last try failed; null after a success. */
  readonly error: string | null;
  readonly blockedBy: readonly string[];
}

/**
 * Collection `operations`; `id` is the operation's id. It is there from the event that accepted the operation
 * (`BayCreationRequested` and its like, state `ACCEPTED`), also when it was refused right away (`BayResizeRefused`,
 * state `FAILED`), so that the `Location` of a 202 can be read at once. It stays when its bay is deleted.
 */
export interface OperationDocument extends ReadDocument {
  readonly bayId: string;
  readonly projectId: string;
  readonly kind: OperationKind;
  /** Null: it is about the whole bay. */
  readonly nodeGroup: string | null;
  readonly state: OperationState;
  /** User id of the actor whose request it was. */
  readonly requestedBy: string;
  readonly requestId: string;
  readonly correlationId: string;
  /** When it ends at the latest; null until it is queued. */
  readonly deadline: string | null;
  /** Tries of the step it stands at. */
  readonly attempt: number;
  readonly steps: readonly OperationStepDocument[];
  /** How it ended: `{}` or its outputs after a success, `{reason}` otherwise; null while it goes on. */
  readonly result: Readonly<Record<string, unknown>> | null;
  readonly createdAt: string;
  readonly finishedAt: string | null;
}

/** Whose checkpoint tells how far the collection of the same name has got. */
export const PROJECTIONS = { bayModels: 'bay-models', bays: 'bays', operations: 'operations' } as const;

export const BAY_MODELS: CollectionSpec = {
  name: 'bay_models',
  indexes: [
    'id', 'name', 'projectId', 'userId', 'visibleTo', 'public', 'hidden', 'createdAt', 'updatedAt', 'coe', 'imageId', 'clusterDistro',
    'keypairId',
    'externalNetworkId', 'fixedNetwork', 'fixedSubnet', 'networkDriver', 'volumeDriver', 'dockerStorageDriver', 'dockerVolumeSize',
    'flavorId',
    'masterFlavorId', 'dnsNameserver', 'apiserverPort', 'serverType', 'registryEnabled', 'tlsDisabled', 'masterLbEnabled',
    'floatingIpEnabled', 'driver',
  ],
};

export const BAYS: CollectionSpec = {
  name: 'bays',
  indexes: [
    'id', 'projectId', 'userId', 'name', 'bayModelId', 'status', 'healthStatus', 'nodeCount', 'masterCount', 'stackId', 'apiAddress',
    'coeVersion', 'createdAt', 'updatedAt',
  ],
};

export const OPERATIONS: CollectionSpec = { name: 'operations', indexes: ['bayId', 'projectId', 'state', 'createdAt'] };
