import { PLAN_STEP, categoryOf, scopeOf } from '@jeroboam/domain';
import type { BayEvent, EventContext, OperationEvent, OperationKind } from '@jeroboam/domain';
import type { CollectionSpec, DocumentChange, DocumentReader, Projection, ReadDocument } from '../read-model.port.ts';
import { OPERATIONS, PROJECTIONS } from './documents.ts';
import type { OperationDocument, OperationState, OperationStepDocument } from './documents.ts';
import { BAY_EVENTS, OPERATION_EVENTS, readAs } from './readable-event.ts';
import type { Recorded, RecordedAs } from './readable-event.ts';

/** Collection `operation_bays`, for nobody else: a request names its bay, whose project is said only at its creation. */
interface OperationBayDocument extends ReadDocument {
  readonly projectId: string;
}

const OPERATION_BAYS: CollectionSpec = { name: 'operation_bays', indexes: [] };

/** Operations as `GET /v1/operations/{id}` shows them, from the event that accepted them to long after their bay's end. */
export const operationsProjection: Projection = {
  name: PROJECTIONS.operations,
  collections: [OPERATIONS, OPERATION_BAYS],
  categories: ['bay', 'operations'],
  async project(event, documents) {
    if (categoryOf(event.stream) === 'bay') return ofBay(readAs<BayEvent>(event, BAY_EVENTS, PROJECTIONS.operations), documents);
    return ofOperation(readAs<OperationEvent>(event, OPERATION_EVENTS, PROJECTIONS.operations), documents);
  },
};

async function ofBay(event: Recorded<BayEvent>, documents: DocumentReader): Promise<readonly DocumentChange[]> {
  if (event.type === 'BayCreationRequested') return ofCreation(event);
  if (isFailure(event)) return ofFailure(event, documents);
  if (!isRequest(event)) return [];
  const operation = accepted(event, await requested(event, REQUESTS[event.type], documents));
  if (event.type !== 'BayResizeRefused' && event.type !== 'NodeGroupRevisionRefused') return [upsert(operation, event)];
  const { reason, code } = event.data;
  return [upsert(finished(operation, 'FAILED', { reason, code }, event.occurredAt), event)];
}

/** What begins an operation on a bay that is there, or refuses one that was answered 202. */
const REQUESTS = {
  BayResizeRequested: 'resize', BayResizeRefused: 'resize', BayDeletionRequested: 'delete',
  NodeGroupCreationRequested: 'create-node-group', NodeGroupRevisionRequested: 'update-node-group', NodeGroupRevisionRefused: 'update-node-group',
  NodeGroupDeletionRequested: 'delete-node-group',
  BayUpgradeRequested: 'upgrade', CaRotationRequested: 'rotate-ca', CredentialRotationRequested: 'rotate-credential',
  ExtensionRequested: 'extension',
} as const satisfies { readonly [T in BayEvent['type']]?: OperationKind };

function isRequest(event: Recorded<BayEvent>): event is LaterRequest {
  return event.type in REQUESTS;
}

type Failure = Extract<Recorded<BayEvent>, { type: `Bay${string}Failed` | `NodeGroup${string}Failed` | `${string}RotationFailed` | 'ExtensionFailed' }>;

function isFailure(event: Recorded<BayEvent>): event is Failure {
  return event.type.endsWith('Failed');
}

/** Every step succeeded and the bay does not show it: the bay's word counts. */
async function ofFailure(event: Failure, documents: DocumentReader): Promise<readonly DocumentChange[]> {
  const operation = await documents.get<OperationDocument>(OPERATIONS.name, event.data.operationId);
  if (operation?.state !== 'SUCCEEDED') return [];
  return [upsert(finished(operation, 'FAILED', { reason: event.data.reason }, event.occurredAt), event)];
}

function ofCreation(event: RecordedAs<BayEvent, 'BayCreationRequested'>): readonly DocumentChange[] {
  const { operationId, spec: { bayId, projectId } } = event.data;
  const bay: OperationBayDocument = { id: bayId, projectId };
  return [
    { kind: 'upsert', collection: OPERATION_BAYS.name, document: bay, position: event.position },
    upsert(accepted(event, { operationId, bayId, projectId, kind: 'create', nodeGroup: null }), event),
  ];
}

type Request = Pick<OperationDocument, 'bayId' | 'projectId' | 'kind' | 'nodeGroup'> & { readonly operationId: string };
type LaterRequest = RecordedAs<BayEvent, keyof typeof REQUESTS>;

async function requested({ type, data, position }: LaterRequest, kind: OperationKind, documents: DocumentReader): Promise<Request> {
  const { operationId, bayId } = data;
  const bay = await documents.get<OperationBayDocument>(OPERATION_BAYS.name, bayId);
  // The first event of every bay is its creation.
  if (!bay) throw new Error(`${type} at ${position} is about bay ${bayId}, which was never created`);
  return { operationId, bayId, projectId: bay.projectId, kind, nodeGroup: groupIn(data) };
}

function groupIn(data: LaterRequest['data']): string | null {
  if (!('nodeGroup' in data)) return null;
  return typeof data.nodeGroup === 'string' ? data.nodeGroup : data.nodeGroup.name;
}

function accepted(event: EventContext & { readonly occurredAt: string }, { operationId, ...request }: Request): OperationDocument {
  const { actor, requestId, correlationId, occurredAt } = event;
  return {
    id: operationId, ...request, state: 'ACCEPTED', requestedBy: actor.userId, requestId, correlationId,
    deadline: null, attempt: 0, steps: [], result: null, createdAt: occurredAt, finishedAt: null,
  };
}

function upsert(document: OperationDocument, { position }: { readonly position: string }): DocumentChange {
  return { kind: 'upsert', collection: OPERATIONS.name, document, position };
}

async function ofOperation(event: Recorded<OperationEvent>, documents: DocumentReader): Promise<readonly DocumentChange[]> {
  const operationId = event.type === 'OperationQueued' ? event.data.operation.operationId : event.data.operationId;
  const before = await documents.get<OperationDocument>(OPERATIONS.name, operationId);
  if (event.type === 'OperationQueued') return [upsert(queued(before, event), event)];
  if (!before) throw new Error(`${event.type} at ${event.position} is about operation ${operationId}, which was never queued`);
  return [upsert(changed(before, event), event)];
}

function queued(before: OperationDocument | undefined, event: RecordedAs<OperationEvent, 'OperationQueued'>): OperationDocument {
  const { operation: { operationId, bayId, kind }, projectId, deadlineAt } = event.data;
  const { nodeGroup } = scopeOf(event.data.operation);
  const operation = before ?? accepted(event, { operationId, bayId, projectId, kind, nodeGroup });
  return { ...inState(operation, 'QUEUED'), deadline: deadlineAt };
}

function changed(operation: OperationDocument, event: Exclude<Recorded<OperationEvent>, { type: 'OperationQueued' }>): OperationDocument {
  const { occurredAt } = event;
  switch (event.type) {
    case 'OperationStarted': return inState(operation, 'RUNNING');
    case 'OperationStepDispatched': {
      const { step, attempt } = event.data;
      const running = withStep(operation, step, (before) => dispatched(before, attempt, occurredAt));
      return { ...inState(running, 'RUNNING'), attempt };
    }
    case 'OperationPlanned': {
      const planned = withStep(operation, event.data.step, (step) => succeeded(step, occurredAt));
      const steps = [...planned.steps.filter(({ name }) => name === PLAN_STEP), ...event.data.steps.map(({ name }) => pending(name))];
      return { ...inState(planned, 'RUNNING'), attempt: 0, steps };
    }
    case 'OperationStepSucceeded':
      return { ...inState(withStep(operation, event.data.step, (step) => succeeded(step, occurredAt)), 'RUNNING'), attempt: 0 };
    case 'OperationStepFailed': {
      const { step, reason, blockedBy, retryAt } = event.data;
      const state = retryAt === null ? ({ state: 'FAILED', finishedAt: occurredAt } as const) : ({ state: 'WAITING' } as const);
      const failed = withStep(operation, step, (before) => ({ ...before, ...state, error: reason, blockedBy }));
      return retryAt === null ? failed : inState(failed, 'WAITING');
    }
    case 'OperationStepLeaseExpired': {
      const error = `Executor ${event.data.executorId} was not heard of in time`;
      return inState(withStep(operation, event.data.step, (step) => ({ ...step, state: 'WAITING', error })), 'WAITING');
    }
    case 'OperationSucceeded': return finished(operation, 'SUCCEEDED', event.data.outputs, occurredAt);
    case 'OperationFailed': return finished(operation, 'FAILED', { reason: event.data.reason }, occurredAt);
    case 'OperationTimedOut': return finished(operation, 'TIMED_OUT', { reason: event.data.reason }, occurredAt);
    case 'OperationSuperseded': return finished(operation, 'SUPERSEDED', { reason: event.data.reason, by: event.data.by }, occurredAt);
  }
}

/** An operation that has ended stays so: a step that was out at its end may still report. */
function inState(operation: OperationDocument, state: OperationState): OperationDocument {
  return operation.finishedAt === null ? { ...operation, state } : operation;
}

function finished(operation: OperationDocument, state: OperationState, result: object, at: string): OperationDocument {
  return { ...operation, state, result: { ...result }, finishedAt: at };
}

function pending(name: string): OperationStepDocument {
  return { name, state: 'PENDING', attempts: 0, startedAt: null, finishedAt: null, error: null, blockedBy: [] };
}

function dispatched(step: OperationStepDocument, attempt: number, at: string): OperationStepDocument {
  return { ...step, state: 'RUNNING', attempts: attempt, startedAt: step.startedAt ?? at };
}

function succeeded(step: OperationStepDocument, at: string): OperationStepDocument {
  return { ...step, state: 'SUCCEEDED', finishedAt: at, error: null, blockedBy: [] };
}

type StepChange = (step: OperationStepDocument) => OperationStepDocument;

function withStep(operation: OperationDocument, name: string, change: StepChange): OperationDocument {
  const { steps } = operation;
  const known = steps.some((step) => step.name === name) ? steps : [...steps, pending(name)];
  return { ...operation, steps: known.map((step) => (step.name === name ? change(step) : step)) };
}
