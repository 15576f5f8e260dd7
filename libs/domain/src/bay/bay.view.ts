import type { CredentialView } from './bay.credentials.ts';

/** Magnum's status words; `contract` section 5.1. */
export type BayStatus =
  | 'CREATE_IN_PROGRESS' | 'CREATE_COMPLETE' | 'CREATE_FAILED'
  | 'UPDATE_IN_PROGRESS' | 'UPDATE_COMPLETE' | 'UPDATE_FAILED'
  | 'DELETE_IN_PROGRESS' | 'DELETE_COMPLETE' | 'DELETE_FAILED';

/** `master`, `worker`, or any other word for what kind of worker it is. */
export type NodeRole = string;

/** A Kubernetes taint; other COEs have none. */
export interface NodeTaint {
  readonly key: string;
  readonly value?: string;
  readonly effect: string;
}

/** One node group as it was asked for. Bays are born with `default-master` and `default-worker`. */
export interface NodeGroupView {
  readonly nodeGroupId: string;
  readonly name: string;
  readonly role: NodeRole;
  /** How many nodes are wanted. */
  readonly nodeCount: number;
  readonly minNodeCount: number;
  readonly maxNodeCount: number | null;
  readonly flavorId: string | null;
  readonly imageId: string;
  readonly dockerVolumeSize: number | null;
  readonly labels: Readonly<Record<string, string>>;
  readonly isDefault: boolean;
  /** What the COE's nodes are labelled with; absent: nothing. */
  readonly nodeLabels?: Readonly<Record<string, string>>;
  readonly nodeTaints?: readonly NodeTaint[];
}

/** What can be changed of a node group that is there. */
export type NodeGroupChanges = Partial<Pick<NodeGroupView, 'minNodeCount' | 'maxNodeCount' | 'nodeLabels' | 'nodeTaints'>>;

export type HealthStatus = 'HEALTHY' | 'UNHEALTHY' | 'UNKNOWN';

/** How a bay was found, by whom. */
export interface HealthReport {
  readonly status: HealthStatus | null;
  /** As Magnum's `health_status_reason`: texts by name. */
  readonly reason: Readonly<Record<string, string>>;
  /** `user`: an auto-healer or a person, through the API. */
  readonly source: 'telemetry' | 'user';
}

/** One node as its COE reports it. */
export interface NodeView {
  /** Unique in the bay and never used again, e.g. `default-worker-0`. */
  readonly name: string;
  readonly nodeGroup: string;
  readonly address: string;
  /** The COE's or the cloud's own id of it. */
  readonly externalId?: string;
  /** What it is called on itself and shows the API as its name. @default `name` */
  readonly hostName?: string;
}

/** An entry of the resource ledger: `intended` before it is made, `recorded` after. */
export interface ResourceView {
  readonly resourceId: string;
  readonly type: string;
  readonly name: string;
  readonly state: 'intended' | 'recorded';
  readonly externalId?: string;
}

export interface DriverReference {
  readonly name: string;
  readonly version: string;
  readonly templateVersion: string;
  /** Hex SHA-256 of the template bundle; absent where the driver has none, and before digests were recorded. */
  readonly templateDigest?: string;
  /** Hex SHA-256 of the driver's manifest; absent before digests were recorded. */
  readonly driverDigest?: string;
  /** Which of the four steps of the resolution decided. */
  readonly resolvedBy: 'request' | 'image' | 'configuration' | 'only-match';
}

/** What was asked for when the bay was created; changes only by upgrades. Plain JSON, no secret. */
export interface BaySpec {
  readonly bayId: string;
  readonly name: string;
  readonly projectId: string;
  readonly userId: string;
  readonly bayModelId: string;
  readonly coe: string;
  readonly serverType: 'vm' | 'bm';
  readonly os: string;
  readonly driver: DriverReference;
  readonly keypair: string | null;
  readonly labels: Readonly<Record<string, string>>;
  readonly flavorId: string | null;
  readonly masterFlavorId: string | null;
  readonly imageId: string;
  readonly dockerVolumeSize: number | null;
  readonly dockerStorageDriver: string | null;
  readonly volumeDriver: string | null;
  readonly networkDriver: string | null;
  readonly externalNetworkId: string | null;
  readonly fixedNetwork: string | null;
  readonly fixedSubnet: string | null;
  readonly dnsNameserver: string | null;
  readonly floatingIpEnabled: boolean;
  readonly masterLbEnabled: boolean;
  readonly tlsDisabled: boolean;
  readonly discoveryUrl: string | null;
  /** Minutes; null or 0: the service's default. */
  readonly createTimeoutMinutes: number | null;
  /** Roles that the requester held when asking for the bay, or whoever owns it by now when rebinding its credentials: it gets no others. Absent: asked for before they were recorded. */
  readonly requesterRoles?: readonly string[];
}

/** A bay as drivers see it: what is wanted, what is there, what was made for it. */
export interface BayView {
  readonly spec: BaySpec;
  readonly nodeGroups: readonly NodeGroupView[];
  /** In order of joining. */
  readonly nodes: readonly NodeView[];
  /** From when on a report of its machines has to name what was there; absent: from the beginning. */
  readonly machinesSince?: string;
  readonly resources: readonly ResourceView[];
  /** Whether it held any, now or before. Absent: whether it holds any. */
  readonly hadResources?: boolean;
  /** What it has in Keystone. @default nothing */
  readonly credentials?: readonly CredentialView[];
  readonly stackId: string | null;
  readonly apiAddress: string | null;
}
