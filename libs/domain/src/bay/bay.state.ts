import type { OperationKind } from '../operation/operation.view.ts';
import type { BayEvent } from './bay.events.ts';
import type { BaySpec, BayStatus, NodeGroupView, NodeView, ResourceView } from './bay.view.ts';

/** A bay between its first and its last event. */
export interface LiveBay {
  readonly phase: 'live';
  readonly spec: BaySpec;
  readonly status: BayStatus;
  /** The operation whose outcome decides the status; null once it ended. */
  readonly operation: { readonly operationId: string; readonly kind: OperationKind; readonly nodeGroup?: string } | null;
  /** The last operation that ended, so that a repeated report is silence. */
  readonly lastOperationId: string | null;
  readonly nodeGroups: readonly NodeGroupView[];
  readonly nodes: readonly NodeView[];
  /** Highest fencing token of a step whose sight changed the bay; 0 before the first. */
  readonly observedToken: number;
  readonly resources: readonly ResourceView[];
  readonly stackId: string | null;
  readonly apiAddress: string | null;
}

export type BayState = { readonly phase: 'absent' } | { readonly phase: 'abandoned' } | LiveBay | { readonly phase: 'deleted' };

export function evolveBay(state: BayState, event: BayEvent): BayState {
  if (event.type === 'BayCreationRequested') return created(event.data);
  if (event.type === 'BayCreationAbandoned') return { phase: 'abandoned' };
  return state.phase === 'live' ? evolveLive(state, event) : state;
}

type AfterCreation = Exclude<BayEvent, { type: 'BayCreationRequested' | 'BayCreationAbandoned' }>;

function evolveLive(bay: LiveBay, event: AfterCreation): BayState {
  const { data } = event;
  switch (event.type) {
    case 'ResourcesIntended': return { ...bay, resources: intend(bay.resources, event.data.resources) };
    case 'ResourcesRecorded': return { ...bay, resources: record(bay.resources, event.data.resources) };
    case 'ResourcesReleased': return { ...bay, resources: release(bay.resources, event.data.resourceIds) };
    case 'NodeJoined': return { ...seen(bay, event.data), nodes: [...bay.nodes.filter((node) => node.name !== event.data.node.name), event.data.node] };
    case 'NodeRemoved': return { ...seen(bay, event.data), nodes: bay.nodes.filter((node) => node.name !== event.data.name) };
    case 'BayStackAssigned': return { ...seen(bay, event.data), stackId: event.data.stackId };
    case 'BayProvisioned':
      return { ...ended(bay, data.operationId, 'CREATE_COMPLETE'), apiAddress: event.data.outputs.apiAddress ?? null, stackId: event.data.outputs.stackId ?? bay.stackId };
    case 'BayCreationFailed': return ended(bay, data.operationId, 'CREATE_FAILED');
    case 'BayResizeRequested':
      return {
        ...bay,
        status: 'UPDATE_IN_PROGRESS',
        operation: { operationId: data.operationId, kind: 'resize', nodeGroup: event.data.nodeGroup },
        nodeGroups: withCount(bay.nodeGroups, event.data.nodeGroup, event.data.nodeCount),
      };
    case 'BayResized': return ended(bay, data.operationId, 'UPDATE_COMPLETE');
    case 'BayResizeFailed':
      return { ...ended(bay, data.operationId, 'UPDATE_FAILED'), nodeGroups: withCount(bay.nodeGroups, event.data.nodeGroup, event.data.nodeCount) };
    case 'BayResizeRefused': return { ...bay, lastOperationId: data.operationId };
    case 'BayDeletionRequested': return { ...bay, status: 'DELETE_IN_PROGRESS', operation: { operationId: data.operationId, kind: 'delete' } };
    case 'BayDeletionFailed': return ended(bay, data.operationId, 'DELETE_FAILED');
    case 'BayDeleted': return { phase: 'deleted' };
  }
}

function created(data: Extract<BayEvent, { type: 'BayCreationRequested' }>['data']): LiveBay {
  return {
    phase: 'live',
    spec: data.spec,
    status: 'CREATE_IN_PROGRESS',
    operation: { operationId: data.operationId, kind: 'create' },
    lastOperationId: null,
    nodeGroups: data.nodeGroups,
    nodes: [],
    observedToken: 0,
    resources: [],
    stackId: null,
    apiAddress: null,
  };
}

function seen(bay: LiveBay, { token = 0 }: { readonly token?: number }): LiveBay {
  return token > bay.observedToken ? { ...bay, observedToken: token } : bay;
}

function ended(bay: LiveBay, operationId: string, status: BayStatus): LiveBay {
  return { ...bay, status, operation: null, lastOperationId: operationId };
}

function withCount(groups: readonly NodeGroupView[], name: string, nodeCount: number): readonly NodeGroupView[] {
  return groups.map((group) => (group.name === name ? { ...group, nodeCount } : group));
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
