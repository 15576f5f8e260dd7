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
    // Of these no client is told; what is wrong with one is in the bay's health.
    case 'CredentialIntended':
    case 'CredentialMinted':
    case 'CredentialOrphaned':
    // Machines are billed, nodes are shown.
    case 'MachinesMetered':
    // What is shown of a group is what is wanted of it; what is observed is telemetry's to tell.
    case 'NodeGroupObserved':
    // Nothing of the bay has changed; its operation shows the refusal.
    case 'NodeGroupRevisionRefused':
    case 'BayResizeRefused': return bay;
    case 'CredentialExpiring': return expiring(bay, event.data.name, [event.data]);
    case 'CredentialRevoked':
    case 'CredentialGone': return expiring(bay, event.data.name, []);
    case 'NodeJoined': return withNodes(bay, [...without(bay, event.data.node.name), event.data.node], event.occurredAt);
    case 'NodeRemoved': return withNodes(bay, without(bay, event.data.name), event.occurredAt);
    case 'BayStackAssigned': return withOutputs(bay, event.data, event.occurredAt);
    case 'BayProvisioned': return withOutputs(withStatus(bay, 'CREATE_COMPLETE', event.occurredAt), event.data.outputs, event.occurredAt);
    case 'BayCreationFailed': return failed(bay, 'CREATE_FAILED', event.data.reason, event.occurredAt);
    case 'BayResizeRequested': return resizing(bay, event);
    case 'BayDeletionRequested': return { ...withStatus(bay, 'DELETE_IN_PROGRESS', event.occurredAt), operationId: event.data.operationId };
    case 'BayDeletionFailed': return failed(bay, 'DELETE_FAILED', event.data.reason, event.occurredAt);
    case 'BayHealthChanged': return { ...bay, healthStatus: event.data.status, healthStatusReason: event.data.reason };
    default: return updated(bay, event);
  }
}

type Expiring = NonNullable<BayDocument['expiringCredentials']>;

/** With `now` in place of what was said of the one of that name. */
function expiring(bay: StoredBay, name: string, now: Expiring): StoredBay {
  const before = bay.expiringCredentials ?? [];
  const others = before.filter((credential) => credential.name !== name);
  if (others.length === before.length && now.length === 0) return bay;
  return { ...bay, expiringCredentials: [...others, ...now.map(({ purpose, expiresAt }) => ({ name, purpose, expiresAt }))] };
}

type Requests = `${'NodeGroupCreation' | 'NodeGroupRevision' | 'NodeGroupDeletion' | 'BayUpgrade' | 'CaRotation' | 'CredentialRotation' | 'Extension'}Requested`;
type Ends =
  | 'NodeGroupCreated' | 'NodeGroupCreationFailed' | 'NodeGroupRevised' | 'NodeGroupRevisionFailed' | 'NodeGroupDeleted' | 'NodeGroupDeletionFailed'
  | 'BayResized' | 'BayResizeFailed' | 'BayUpgraded' | 'BayUpgradeFailed'
  | 'CaRotationCompleted' | 'CaRotationFailed' | 'CredentialRotationCompleted' | 'CredentialRotationFailed'
  | 'ExtensionCompleted' | 'ExtensionFailed';

/** What takes a bay to UPDATE_IN_PROGRESS and back. */
function updated(bay: StoredBay, event: RecordedAs<BayEvent, Requests | Ends>): StoredBay {
  const { occurredAt } = event;
  switch (event.type) {
    case 'NodeGroupCreationRequested': {
      const group: NodeGroupDocument = { ...event.data.nodeGroup, status: 'CREATE_IN_PROGRESS', statusReason: null, nodeAddresses: [], stackId: bay.stackId, createdAt: occurredAt, updatedAt: null };
      const nodeGroups = [...bay.nodeGroups, group];
      return asked({ ...bay, nodeGroups, ...wanted(nodeGroups) }, event, []);
    }
    case 'NodeGroupRevisionRequested': return asked(withGroups(bay, [event.data.nodeGroup], event.data.changes), event, [event.data.nodeGroup]);
    case 'NodeGroupDeletionRequested': return asked(withGroups(bay, [event.data.nodeGroup], { nodeCount: 0 }), event, [event.data.nodeGroup], 'DELETE_IN_PROGRESS');
    case 'BayUpgradeRequested': return asked(bay, event, event.data.nodeGroups);
    case 'CaRotationRequested':
    case 'ExtensionRequested':
    case 'CredentialRotationRequested': return asked(bay, event, []);
    case 'BayResized': return groupEnded(withGroups(bay, [event.data.nodeGroup], { nodeCount: event.data.nodeCount }), event, 'UPDATE_COMPLETE');
    case 'BayResizeFailed': return groupEnded(withGroups(bay, [event.data.nodeGroup], { nodeCount: event.data.nodeCount }), event, 'UPDATE_FAILED');
    case 'NodeGroupCreated': return groupEnded(bay, event, 'CREATE_COMPLETE');
    case 'NodeGroupCreationFailed': return groupEnded(bay, event, 'CREATE_FAILED');
    case 'NodeGroupRevised': return groupEnded(bay, event, 'UPDATE_COMPLETE');
    case 'NodeGroupRevisionFailed': return groupEnded(bay, event, 'UPDATE_FAILED');
    case 'NodeGroupDeleted': {
      const nodeGroups = bay.nodeGroups.filter(({ name }) => name !== event.data.nodeGroup);
      return ended({ ...bay, nodeGroups, ...wanted(nodeGroups) }, event, 'UPDATE_COMPLETE');
    }
    case 'NodeGroupDeletionFailed': return groupEnded(bay, event, 'DELETE_FAILED');
    case 'BayUpgraded': return ended(upgraded(bay, event), event, 'UPDATE_COMPLETE');
    case 'BayUpgradeFailed': {
      const { nodeGroups, reason } = event.data;
      return ended(withGroups(bay, nodeGroups, { status: 'UPDATE_FAILED', statusReason: reason, updatedAt: occurredAt }), event, 'UPDATE_FAILED');
    }
    case 'ExtensionCompleted':
    case 'CaRotationCompleted':
    case 'CredentialRotationCompleted': return ended(bay, event, 'UPDATE_COMPLETE');
    case 'ExtensionFailed':
    case 'CaRotationFailed':
    case 'CredentialRotationFailed': return ended(bay, event, 'UPDATE_FAILED');
  }
}

/** A request takes old reasons and faults with it, of the bay and of the node groups it is about. */
function asked(
  bay: StoredBay,
  { data, occurredAt }: { readonly data: { readonly operationId: string }; readonly occurredAt: string },
  nodeGroups: readonly string[],
  groupStatus: BayStatus = 'UPDATE_IN_PROGRESS',
): StoredBay {
  const changed = withGroups(bay, nodeGroups, { status: groupStatus, statusReason: null, updatedAt: occurredAt });
  return { ...changed, status: 'UPDATE_IN_PROGRESS', statusReason: null, faults: {}, operationId: data.operationId };
}

interface End {
  readonly data: { readonly bayStatus?: BayStatus; readonly reason?: string; readonly outputs?: BayOutputs };
  readonly occurredAt: string;
}

function groupEnded(bay: StoredBay, event: End & { readonly data: { readonly nodeGroup: string; readonly groupStatus?: BayStatus } }, status: BayStatus): StoredBay {
  const { nodeGroup, groupStatus = status, reason = null } = event.data;
  const group = withGroups(bay, [nodeGroup], { status: groupStatus, statusReason: reason, updatedAt: event.occurredAt });
  return ended(group, event, status.endsWith('_FAILED') ? 'UPDATE_FAILED' : 'UPDATE_COMPLETE');
}

/** `otherwise`: events of before node groups say no status. */
function ended(bay: StoredBay, { data, occurredAt }: End, otherwise: BayStatus): StoredBay {
  const status = data.bayStatus ?? otherwise;
  const faulty = bay.nodeGroups.filter((group) => group.status.endsWith('_FAILED'));
  const faults = status.endsWith('_FAILED') ? Object.fromEntries(faulty.map((group) => [group.name, group.statusReason ?? ''])) : {};
  const others = status.endsWith('_FAILED') ? faulty.map((group) => `${group.name} failed`).join(', ') : '';
  return withOutputs({ ...bay, status, statusReason: data.reason ?? (others || null), faults }, data.outputs ?? {}, occurredAt);
}

function upgraded(bay: StoredBay, { data: { nodeGroups, to }, occurredAt }: RecordedAs<BayEvent, 'BayUpgraded'>): StoredBay {
  const { bayModelId, imageId, driver } = to;
  const isWhole = bay.nodeGroups.every((group) => !group.isDefault || nodeGroups.includes(group.name));
  const groups = bay.nodeGroups.map((group): NodeGroupDocument =>
    nodeGroups.includes(group.name)
      ? { ...group, imageId, labels: { ...group.labels, ...to.labels }, status: 'UPDATE_COMPLETE', statusReason: null, updatedAt: occurredAt }
      : group);
  if (!isWhole) return { ...bay, nodeGroups: groups };
  return { ...bay, nodeGroups: groups, bayModelId, spec: { ...bay.spec, bayModelId, imageId, driver, labels: { ...bay.spec.labels, ...to.labels } } };
}

function resizing(bay: StoredBay, event: RecordedAs<BayEvent, 'BayResizeRequested'>): StoredBay {
  const { nodeGroup, nodeCount } = event.data;
  return asked(withGroups(bay, [nodeGroup], { nodeCount }), event, [nodeGroup]);
}

/** Of the bay and all its node groups; takes old reasons and faults with it. */
function withStatus(bay: StoredBay, status: BayStatus, at: string, statusReason: string | null = null): StoredBay {
  return { ...bay, status, statusReason, nodeGroups: bay.nodeGroups.map((group) => ({ ...group, status, statusReason, updatedAt: at })), faults: {} };
}

function failed(bay: StoredBay, status: BayStatus, reason: string, at: string): StoredBay {
  return { ...withStatus(bay, status, at, reason), faults: Object.fromEntries(bay.nodeGroups.map(({ name }) => [name, reason])) };
}

function withGroups(bay: StoredBay, names: readonly string[], changes: Partial<NodeGroupDocument>): StoredBay {
  const nodeGroups = bay.nodeGroups.map((group) => (names.includes(group.name) ? { ...group, ...changes } : group));
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
