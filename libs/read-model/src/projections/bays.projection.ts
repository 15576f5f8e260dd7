import { categoryOf } from '@jeroboam/domain';
import type { BayEvent, BayOutputs, BayStatus, NodeView, OperationEvent } from '@jeroboam/domain';
import type { DocumentChange, DocumentReader, Projection } from '../read-model.port.ts';
import { BAYS, PROJECTIONS } from './documents.ts';
import type { BayDocument, NodeGroupDocument } from './documents.ts';
import { BAY_EVENTS, OPERATION_EVENTS, readAs } from './readable-event.ts';
import type { Recorded, RecordedAs } from './readable-event.ts';

/** As it is stored: with the nodes, since a node that goes is named and not addressed. */
export interface StoredBay extends BayDocument {
  /** In order of joining. */
  readonly nodes: readonly NodeView[];
}

/** Bays as Magnum shows them; statuses as in section 5 of the wire contract. */
export const baysProjection: Projection = {
  name: PROJECTIONS.bays,
  collections: [BAYS],
  // The second one for the reasons of steps that are being tried again (behaviour P4).
  categories: ['bay', 'operations'],
  async project(event, documents) {
    if (categoryOf(event.stream) === 'bay') return ofBay(readAs<BayEvent>(event, BAY_EVENTS, PROJECTIONS.bays), documents);
    return ofOperation(readAs<OperationEvent>(event, OPERATION_EVENTS, PROJECTIONS.bays), documents);
  },
};

async function ofBay(event: Recorded<BayEvent>, documents: DocumentReader): Promise<readonly DocumentChange[]> {
  const { position, occurredAt } = event;
  if (event.type === 'BayCreationRequested') return [upsert(created(event), position)];
  const bay = await documents.get<StoredBay>(BAYS.name, event.data.bayId);
  // Never there (a creation that was abandoned) or gone: what comes late changes nothing.
  if (!bay) return [];
  if (event.type === 'BayDeleted') return [{ kind: 'delete', collection: BAYS.name, id: bay.id, position }];
  const next = changed(bay, event);
  return next === bay ? [] : [upsert({ ...next, updatedAt: occurredAt }, position)];
}

/** While a step is being tried again, the bay says why; the next success takes it back. */
async function ofOperation(event: Recorded<OperationEvent>, documents: DocumentReader): Promise<readonly DocumentChange[]> {
  if (event.type !== 'OperationStepFailed' && event.type !== 'OperationStepSucceeded' && event.type !== 'OperationPlanned') return [];
  const bay = await documents.get<StoredBay>(BAYS.name, event.data.bayId);
  if (!bay || bay.operationId !== event.data.operationId || !bay.status.endsWith('_IN_PROGRESS')) return [];
  const statusReason = event.type === 'OperationStepFailed' ? retryReason(event.data) : null;
  return statusReason === bay.statusReason ? [] : [upsert({ ...bay, statusReason, updatedAt: event.occurredAt }, event.position)];
}

function retryReason({ step, attempt, reason, blockedBy, retryAt }: RecordedAs<OperationEvent, 'OperationStepFailed'>['data']): string {
  const blockers = blockedBy.length === 0 ? '' : ` (blocked by ${blockedBy.join(', ')})`;
  const next = retryAt === null ? '' : `; attempt ${attempt + 1} follows at ${retryAt}`;
  return `Step ${step} failed: ${reason}${blockers}${next}`;
}

function upsert(document: StoredBay, position: string): DocumentChange {
  return { kind: 'upsert', collection: BAYS.name, document, position };
}

function created({ data, occurredAt }: RecordedAs<BayEvent, 'BayCreationRequested'>): StoredBay {
  const { spec, nodeGroups, operationId } = data;
  const groups = nodeGroups.map((group): NodeGroupDocument => ({
    ...group, status: 'CREATE_IN_PROGRESS', statusReason: null, nodeAddresses: [], stackId: null, createdAt: occurredAt, updatedAt: null,
  }));
  return {
    id: spec.bayId, spec, projectId: spec.projectId, userId: spec.userId, name: spec.name, bayModelId: spec.bayModelId,
    status: 'CREATE_IN_PROGRESS', statusReason: null, healthStatus: null, healthStatusReason: {},
    nodeGroups: groups, ...wanted(groups), nodes: [], nodeAddresses: [], masterAddresses: [],
    stackId: null, apiAddress: null, coeVersion: null, containerVersion: null, discoveryUrl: spec.discoveryUrl,
    createdAt: occurredAt, updatedAt: null, operationId, faults: {},
  };
}

type LaterEvent = Exclude<Recorded<BayEvent>, { type: 'BayCreationRequested' | 'BayDeleted' }>;

function changed(bay: StoredBay, event: LaterEvent): StoredBay {
  switch (event.type) {
    case 'BayCreationAbandoned':
    case 'ResourcesIntended':
    case 'ResourcesRecorded':
    case 'ResourcesReleased':
    // Nothing of the bay has changed; its operation shows the refusal.
    case 'BayResizeRefused': return bay;
    case 'NodeJoined': return withNodes(bay, [...without(bay, event.data.node.name), event.data.node], event.occurredAt);
    case 'NodeRemoved': return withNodes(bay, without(bay, event.data.name), event.occurredAt);
    case 'BayStackAssigned': return withOutputs(bay, event.data, event.occurredAt);
    case 'BayProvisioned': return withOutputs(withStatus(bay, 'CREATE_COMPLETE', event.occurredAt), event.data.outputs, event.occurredAt);
    case 'BayCreationFailed': return failed(bay, 'CREATE_FAILED', event.data.reason, event.occurredAt);
    case 'BayResizeRequested': return resizing(bay, event);
    case 'BayResized': {
      const { nodeGroup, nodeCount, outputs } = event.data;
      const resized = withStatus(withCount(bay, nodeGroup, nodeCount), 'UPDATE_COMPLETE', event.occurredAt, nodeGroup);
      return withOutputs(resized, outputs, event.occurredAt);
    }
    case 'BayResizeFailed': {
      const { nodeGroup, nodeCount, reason } = event.data;
      return failed(withCount(bay, nodeGroup, nodeCount), 'UPDATE_FAILED', reason, event.occurredAt, nodeGroup);
    }
    case 'BayDeletionRequested': return { ...withStatus(bay, 'DELETE_IN_PROGRESS', event.occurredAt), operationId: event.data.operationId };
    case 'BayDeletionFailed': return failed(bay, 'DELETE_FAILED', event.data.reason, event.occurredAt);
  }
}

function resizing(bay: StoredBay, { data, occurredAt }: RecordedAs<BayEvent, 'BayResizeRequested'>): StoredBay {
  const resized = withStatus(withCount(bay, data.nodeGroup, data.nodeCount), 'UPDATE_IN_PROGRESS', occurredAt, data.nodeGroup);
  return { ...resized, operationId: data.operationId };
}

/** A status takes old reasons and faults with it. Without `nodeGroup` it is the status of all node groups. */
function withStatus(bay: StoredBay, status: BayStatus, at: string, nodeGroup?: string, statusReason: string | null = null): StoredBay {
  const nodeGroups = bay.nodeGroups.map((group) =>
    nodeGroup === undefined || group.name === nodeGroup ? { ...group, status, statusReason, updatedAt: at } : group);
  return { ...bay, status, statusReason, nodeGroups, faults: {} };
}

function failed(bay: StoredBay, status: BayStatus, reason: string, at: string, nodeGroup?: string): StoredBay {
  const names = nodeGroup === undefined ? bay.nodeGroups.map(({ name }) => name) : [nodeGroup];
  return { ...withStatus(bay, status, at, nodeGroup, reason), faults: Object.fromEntries(names.map((name) => [name, reason])) };
}

function withCount(bay: StoredBay, nodeGroup: string, nodeCount: number): StoredBay {
  const nodeGroups = bay.nodeGroups.map((group) => (group.name === nodeGroup ? { ...group, nodeCount } : group));
  return { ...bay, nodeGroups, ...wanted(nodeGroups) };
}

function wanted(groups: readonly NodeGroupDocument[]): Pick<BayDocument, 'nodeCount' | 'masterCount'> {
  const count = (masters: boolean) =>
    groups.filter(({ role }) => (role === 'master') === masters).reduce((sum, { nodeCount }) => sum + nodeCount, 0);
  return { nodeCount: count(false), masterCount: count(true) };
}

function without(bay: StoredBay, nodeName: string): NodeView[] {
  return bay.nodes.filter(({ name }) => name !== nodeName);
}

function withNodes(bay: StoredBay, nodes: readonly NodeView[], at: string): StoredBay {
  const addresses = (groups: readonly NodeGroupDocument[]) => {
    const names = new Set(groups.map(({ name }) => name));
    return nodes.filter(({ nodeGroup }) => names.has(nodeGroup)).map(({ address }) => address);
  };
  const nodeGroups = bay.nodeGroups.map((group) => {
    const nodeAddresses = addresses([group]);
    return nodeAddresses.join() === group.nodeAddresses.join() ? group : { ...group, nodeAddresses, updatedAt: at };
  });
  return {
    ...bay, nodes, nodeGroups,
    nodeAddresses: addresses(nodeGroups.filter(({ role }) => role !== 'master')),
    masterAddresses: addresses(nodeGroups.filter(({ role }) => role === 'master')),
  };
}

/** What is absent was not reported and stays as it was. Node groups share the stack of their bay. */
function withOutputs(bay: StoredBay, outputs: BayOutputs, at: string): StoredBay {
  const stackId = outputs.stackId ?? bay.stackId;
  return {
    ...bay,
    stackId,
    nodeGroups: stackId === bay.stackId ? bay.nodeGroups : bay.nodeGroups.map((group) => ({ ...group, stackId, updatedAt: at })),
    apiAddress: outputs.apiAddress ?? bay.apiAddress,
    coeVersion: outputs.coeVersion ?? bay.coeVersion,
    containerVersion: outputs.containerVersion ?? bay.containerVersion,
    discoveryUrl: outputs.discoveryUrl ?? bay.discoveryUrl,
  };
}
