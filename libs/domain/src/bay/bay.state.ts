import { supersedes } from '../operation/operation.view.ts';
import type { ExtensionCall, OperationScope } from '../operation/operation.view.ts';
import { evolveCredentials } from './bay.credentials.ts';
import type { CredentialRotation, CredentialView } from './bay.credentials.ts';
import { metered } from './bay.machines.ts';
import type { Metered } from './bay.machines.ts';
import type { BayEvent } from './bay.events.ts';
import type { BaySpec, BayStatus, HealthReport, NodeGroupView, NodeView, ResourceView } from './bay.view.ts';

/** An operation that was asked for and whose outcome is not known yet. */
export interface OpenOperation extends OperationScope {
  readonly operationId: string;
  /** Only for `upgrade`, which may be about several. */
  readonly upgrade?: Pick<Extract<BayEvent, { type: 'BayUpgradeRequested' }>['data'], 'nodeGroups' | 'to'>;
  /** Only for `rotate-credential`: who owns the bay once it has succeeded. */
  readonly rebindOwner?: CredentialRotation['rebindOwner'];
  /** Only for `extension`. */
  readonly extension?: Pick<ExtensionCall, 'alias' | 'command'>;
}

/** A node group and how it is doing by itself. */
export interface NodeGroupState extends NodeGroupView {
  readonly status: BayStatus;
}

/** A bay between its first and its last event. */
export interface LiveBay extends Metered {
  readonly phase: 'live';
  readonly spec: BaySpec;
  readonly status: BayStatus;
  /** In the order in which they were asked for. */
  readonly operations: readonly OpenOperation[];
  /** The last operation that ended, so that a repeated request is silence. */
  readonly lastOperationId: string | null;
  readonly nodeGroups: readonly NodeGroupState[];
  readonly nodes: readonly NodeView[];
  /** Highest fencing token of a step whose sight changed the bay; 0 before the first. */
  readonly observedToken: number;
  readonly resources: readonly ResourceView[];
  /** Whether it held any, now or before. */
  readonly hadResources: boolean;
  /** What was made for the bay in Keystone and not taken away yet. */
  readonly credentials: readonly CredentialView[];
  readonly stackId: string | null;
  readonly apiAddress: string | null;
  /** Null before anybody looked. */
  readonly health: Omit<HealthReport, 'source'> | null;
  /** Nodes by node group as the COE showed them last. */
  readonly observedNodes: Readonly<Record<string, number>>;
}

export type BayState = { readonly phase: 'absent' } | { readonly phase: 'abandoned' } | LiveBay | { readonly phase: 'deleted' };

/** Whether this was asked before: silence then. */
export function isKnown(operationId: string, bay: LiveBay): boolean {
  return operationId === bay.lastOperationId || bay.operations.some((open) => open.operationId === operationId);
}

export function evolveBay(state: BayState, event: BayEvent): BayState {
  if (event.type === 'BayCreationRequested') return created(event.data);
  if (event.type === 'BayCreationAbandoned') return { phase: 'abandoned' };
  return state.phase === 'live' ? evolveLive(state, event) : state;
}

type AfterCreation = Exclude<BayEvent, { type: 'BayCreationRequested' | 'BayCreationAbandoned' }>;

function evolveLive(bay: LiveBay, event: AfterCreation): BayState {
  switch (event.type) {
    case 'ResourcesIntended': return { ...bay, hadResources: true, resources: intend(bay.resources, event.data.resources) };
    case 'ResourcesRecorded': return { ...bay, resources: record(bay.resources, event.data.resources) };
    case 'ResourcesReleased': return { ...bay, resources: release(bay.resources, event.data.resourceIds) };
    case 'CredentialIntended':
    case 'CredentialMinted':
    case 'CredentialExpiring':
    case 'CredentialOrphaned':
    case 'CredentialRevoked':
    case 'CredentialGone': return { ...bay, credentials: evolveCredentials(bay.credentials, event) };
    case 'NodeJoined': return { ...seen(bay, event.data), nodes: [...bay.nodes.filter((node) => node.name !== event.data.node.name), event.data.node] };
    case 'NodeRemoved': return { ...seen(bay, event.data), nodes: bay.nodes.filter((node) => node.name !== event.data.name) };
    case 'MachinesMetered': return { ...seen(bay, event.data), ...metered(bay, event.data.machines) };
    case 'BayStackAssigned': return { ...seen(bay, event.data), stackId: event.data.stackId };
    case 'BayHealthChanged': return { ...bay, health: { status: event.data.status, reason: event.data.reason } };
    case 'NodeGroupObserved': return { ...bay, observedNodes: { ...bay.observedNodes, [event.data.nodeGroup]: event.data.nodeCount } };
    case 'BayResizeRefused':
    case 'NodeGroupRevisionRefused': return { ...bay, lastOperationId: event.data.operationId };
    case 'BayDeletionRequested':
      return { ...bay, status: 'DELETE_IN_PROGRESS', operations: [{ operationId: event.data.operationId, kind: 'delete', nodeGroup: null }] };
    case 'BayDeleted': return { phase: 'deleted' };
    case 'BayProvisioned': {
      const { operationId, outputs } = event.data;
      return { ...settled(bay, operationId, 'CREATE_COMPLETE'), apiAddress: outputs.apiAddress ?? null, stackId: outputs.stackId ?? bay.stackId };
    }
    case 'BayCreationFailed': return settled(bay, event.data.operationId, 'CREATE_FAILED');
    case 'BayDeletionFailed': return settled(bay, event.data.operationId, 'DELETE_FAILED');
    default: return evolveUpdate(bay, event);
  }
}

type UpdateEvent = Extract<AfterCreation, { type: `BayResize${string}` | 'BayResized' | `NodeGroup${string}` | `BayUpgrade${string}` | `Extension${string}` | `${'Ca' | 'Credential'}Rotation${string}` }>;
type Update = Exclude<UpdateEvent, { type: 'BayResizeRefused' | 'NodeGroupRevisionRefused' | 'NodeGroupObserved' }>;

/** What takes a bay to UPDATE_IN_PROGRESS and back. */
function evolveUpdate(bay: LiveBay, event: Update): LiveBay {
  const { operationId } = event.data;
  switch (event.type) {
    case 'BayResizeRequested': {
      const { nodeGroup, nodeCount } = event.data;
      return withGroup(opened(bay, { operationId, kind: 'resize', nodeGroup }), nodeGroup, { nodeCount, status: 'UPDATE_IN_PROGRESS' });
    }
    case 'BayResized': return groupEnded(bay, event.data, 'UPDATE_COMPLETE');
    case 'BayResizeFailed': {
      const { nodeGroup, nodeCount } = event.data;
      return withGroup(groupEnded(bay, event.data, 'UPDATE_FAILED'), nodeGroup, { nodeCount });
    }
    case 'NodeGroupCreationRequested': {
      const { nodeGroup } = event.data;
      const grown = { ...bay, nodeGroups: [...bay.nodeGroups, { ...nodeGroup, status: 'CREATE_IN_PROGRESS' as const }] };
      return opened(grown, { operationId, kind: 'create-node-group', nodeGroup: nodeGroup.name });
    }
    case 'NodeGroupCreated': return groupEnded(bay, event.data, 'CREATE_COMPLETE');
    case 'NodeGroupCreationFailed': return groupEnded(bay, event.data, 'CREATE_FAILED');
    case 'NodeGroupRevisionRequested': {
      const { nodeGroup, changes } = event.data;
      return withGroup(opened(bay, { operationId, kind: 'update-node-group', nodeGroup }), nodeGroup, { ...changes, status: 'UPDATE_IN_PROGRESS' });
    }
    case 'NodeGroupRevised': return groupEnded(bay, event.data, 'UPDATE_COMPLETE');
    case 'NodeGroupRevisionFailed': return groupEnded(bay, event.data, 'UPDATE_FAILED');
    case 'NodeGroupDeletionRequested': {
      const { nodeGroup } = event.data;
      return withGroup(opened(bay, { operationId, kind: 'delete-node-group', nodeGroup }), nodeGroup, { nodeCount: 0, status: 'DELETE_IN_PROGRESS' });
    }
    case 'NodeGroupDeleted': {
      const left = closed(bay, event.data, 'UPDATE_COMPLETE');
      return { ...left, nodeGroups: left.nodeGroups.filter((group) => group.name !== event.data.nodeGroup) };
    }
    case 'NodeGroupDeletionFailed': return groupEnded(bay, event.data, 'DELETE_FAILED');
    case 'BayUpgradeRequested': {
      const { nodeGroups, to } = event.data;
      return withGroups(opened(bay, { operationId, kind: 'upgrade', nodeGroup: null, upgrade: { nodeGroups, to } }), nodeGroups, { status: 'UPDATE_IN_PROGRESS' });
    }
    case 'BayUpgraded': return upgraded(closed(bay, event.data, 'UPDATE_COMPLETE'), event.data);
    case 'BayUpgradeFailed': return withGroups(closed(bay, event.data, 'UPDATE_FAILED'), event.data.nodeGroups, { status: 'UPDATE_FAILED' });
    case 'CaRotationRequested': return opened(bay, { operationId, kind: 'rotate-ca', nodeGroup: null });
    case 'CredentialRotationRequested': {
      const { rebindOwner } = event.data;
      return opened(bay, { operationId, kind: 'rotate-credential', nodeGroup: null, ...(rebindOwner && { rebindOwner }) });
    }
    case 'ExtensionRequested': {
      const { alias, command } = event.data.call;
      return opened(bay, { operationId, kind: 'extension', nodeGroup: null, extension: { alias, command } });
    }
    case 'ExtensionCompleted':
    case 'CaRotationCompleted': return closed(bay, event.data, 'UPDATE_COMPLETE');
    case 'CredentialRotationCompleted': return closed(rebound(bay, operationId), event.data, 'UPDATE_COMPLETE');
    case 'ExtensionFailed':
    case 'CaRotationFailed':
    case 'CredentialRotationFailed': return closed(bay, event.data, 'UPDATE_FAILED');
  }
}

function created(data: Extract<BayEvent, { type: 'BayCreationRequested' }>['data']): LiveBay {
  return {
    phase: 'live',
    spec: data.spec,
    status: 'CREATE_IN_PROGRESS',
    operations: [{ operationId: data.operationId, kind: 'create', nodeGroup: null }],
    lastOperationId: null,
    nodeGroups: data.nodeGroups.map((group) => ({ ...group, status: 'CREATE_IN_PROGRESS' })),
    nodes: [],
    machines: [],
    meteredAt: null,
    observedToken: 0,
    resources: [],
    hadResources: false,
    credentials: [],
    stackId: null,
    apiAddress: null,
    health: null,
    observedNodes: {},
  };
}

function seen(bay: LiveBay, { token = 0 }: { readonly token?: number }): LiveBay {
  return token > bay.observedToken ? { ...bay, observedToken: token } : bay;
}

function opened(bay: LiveBay, operation: OpenOperation): LiveBay {
  return { ...bay, status: 'UPDATE_IN_PROGRESS', operations: [...bay.operations.filter((older) => !supersedes(operation, older)), operation] };
}

function closed(bay: LiveBay, { operationId, bayStatus }: { readonly operationId: string; readonly bayStatus?: BayStatus }, otherwise: BayStatus): LiveBay {
  const operations = bay.operations.filter((operation) => operation.operationId !== operationId);
  return { ...bay, status: bayStatus ?? otherwise, operations, lastOperationId: operationId };
}

function rebound(bay: LiveBay, operationId: string): LiveBay {
  const { rebindOwner } = bay.operations.find((open) => open.operationId === operationId) ?? {};
  return rebindOwner ? { ...bay, spec: { ...bay.spec, requesterRoles: rebindOwner.roles } } : bay;
}

type GroupEnd = { readonly operationId: string; readonly nodeGroup: string; readonly bayStatus?: BayStatus; readonly groupStatus?: BayStatus };

function groupEnded(bay: LiveBay, data: GroupEnd, status: BayStatus): LiveBay {
  const left = closed(bay, data, status.endsWith('_FAILED') ? 'UPDATE_FAILED' : 'UPDATE_COMPLETE');
  return withGroup(left, data.nodeGroup, { status: data.groupStatus ?? status });
}

/** The end of something that every node group was part of. */
function settled(bay: LiveBay, operationId: string, status: BayStatus): LiveBay {
  return { ...closed(bay, { operationId }, status), nodeGroups: bay.nodeGroups.map((group) => ({ ...group, status })) };
}

function upgraded(bay: LiveBay, { nodeGroups, to }: Extract<BayEvent, { type: 'BayUpgraded' }>['data']): LiveBay {
  const { bayModelId, imageId, driver } = to;
  const isWhole = bay.nodeGroups.every((group) => !group.isDefault || nodeGroups.includes(group.name));
  const spec = isWhole ? { ...bay.spec, bayModelId, imageId, driver, labels: { ...bay.spec.labels, ...to.labels } } : bay.spec;
  const groups = bay.nodeGroups.map((group) =>
    nodeGroups.includes(group.name) ? { ...group, imageId, labels: { ...group.labels, ...to.labels }, status: 'UPDATE_COMPLETE' as const } : group);
  return { ...bay, spec, nodeGroups: groups };
}

function withGroup(bay: LiveBay, name: string, changes: Partial<NodeGroupState>): LiveBay {
  return withGroups(bay, [name], changes);
}

function withGroups(bay: LiveBay, names: readonly string[], changes: Partial<NodeGroupState>): LiveBay {
  return { ...bay, nodeGroups: bay.nodeGroups.map((group) => (names.includes(group.name) ? { ...group, ...changes } : group)) };
}

function intend(resources: readonly ResourceView[], added: readonly { resourceId: string; type: string; name: string }[]): readonly ResourceView[] {
  const known = new Set(resources.map((resource) => resource.resourceId));
  return [...resources, ...added.filter((resource) => !known.has(resource.resourceId)).map((resource) => ({ ...resource, state: 'intended' as const }))];
}

function record(resources: readonly ResourceView[], made: readonly { resourceId: string; externalId?: string }[]): readonly ResourceView[] {
  const facts = new Map(made.map((resource) => [resource.resourceId, resource]));
  return resources.map((resource) => (facts.has(resource.resourceId) ? { ...resource, ...facts.get(resource.resourceId), state: 'recorded' as const } : resource));
}

function release(resources: readonly ResourceView[], gone: readonly string[]): readonly ResourceView[] {
  return resources.filter((resource) => !gone.includes(resource.resourceId));
}
