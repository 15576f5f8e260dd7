import type { BayOutputs } from '../bay/bay.events.ts';
import type { OperationEvent, StepLease, StepView } from './operation.events.ts';
import type { OperationView } from './operation.view.ts';

export interface QueuedOperation {
  readonly operation: OperationView;
  readonly projectId: string;
  readonly driver: { readonly name: string; readonly version: string };
  readonly deadlineAt: string;
}

export interface CurrentOperation extends QueuedOperation {
  /** Null until the driver has planned. */
  readonly steps: readonly StepView[] | null;
  /** Index of the step to do next. */
  readonly next: number;
  /** Tries that step has had. */
  readonly attempts: number;
  /** Leases of that step that ran out. */
  readonly expiries: number;
  /** Not before this moment; null: now. */
  readonly retryAt: string | null;
  readonly outputs: BayOutputs;
}

/** All operations of one bay: at most one is current, at most one step is out. */
export interface OperationsState {
  readonly bayId: string | null;
  /** Whose bay it is and what works on it, as the last request said; known also when only a step of an ended operation is still out. */
  readonly owner: Pick<QueuedOperation, 'projectId' | 'driver'> | null;
  /** Highest fencing token given out. */
  readonly token: number;
  readonly current: CurrentOperation | null;
  /** The step an executor has now; it may belong to an operation that has ended meanwhile. */
  readonly running: (StepLease & { readonly executorId: string }) | null;
  readonly queue: readonly QueuedOperation[];
  /** Every operation ever queued, so that a redelivered request is silence. */
  readonly seen: ReadonlySet<string>;
}

export const initialOperations: OperationsState = { bayId: null, owner: null, token: 0, current: null, running: null, queue: [], seen: new Set() };

export function evolveOperations(state: OperationsState, event: OperationEvent): OperationsState {
  switch (event.type) {
    case 'OperationQueued': {
      const { operation, projectId, driver, deadlineAt, bayId } = event.data;
      return { ...state, bayId, owner: { projectId, driver }, queue: [...state.queue, { operation, projectId, driver, deadlineAt }], seen: new Set(state.seen).add(operation.operationId) };
    }
    case 'OperationStarted': {
      const started = state.queue.find((queued) => queued.operation.operationId === event.data.operationId);
      if (!started) return state;
      return { ...without(state, event.data.operationId), current: { ...started, steps: null, next: 0, attempts: 0, expiries: 0, retryAt: null, outputs: {} } };
    }
    case 'OperationStepDispatched': {
      const { operationId, step, attempt, token, executorId } = event.data;
      return { ...onCurrent(state, operationId, (current) => ({ ...current, attempts: attempt, retryAt: null })), token, running: { operationId, step, attempt, token, executorId } };
    }
    case 'OperationPlanned':
      return { ...onCurrent(state, event.data.operationId, (current) => ({ ...current, steps: event.data.steps, next: 0, attempts: 0, expiries: 0 })), running: null };
    case 'OperationStepSucceeded': {
      const { operationId, outcome } = event.data;
      const advanced = (current: CurrentOperation) => ({ ...current, next: current.next + 1, attempts: 0, expiries: 0, retryAt: null, outputs: { ...current.outputs, ...outcome.outputs } });
      return { ...onCurrent(state, operationId, advanced), running: null };
    }
    case 'OperationStepFailed': return { ...onCurrent(state, event.data.operationId, (current) => ({ ...current, retryAt: event.data.retryAt })), running: null };
    case 'OperationStepLeaseExpired': return { ...onCurrent(state, event.data.operationId, (current) => ({ ...current, expiries: current.expiries + 1 })), running: null };
    case 'OperationSucceeded':
    case 'OperationFailed':
    case 'OperationTimedOut':
    case 'OperationSuperseded': return without(state, event.data.operationId);
  }
}

function onCurrent(state: OperationsState, operationId: string, change: (current: CurrentOperation) => CurrentOperation): OperationsState {
  return state.current?.operation.operationId === operationId ? { ...state, current: change(state.current) } : state;
}

function without(state: OperationsState, operationId: string): OperationsState {
  return {
    ...state,
    current: state.current?.operation.operationId === operationId ? null : state.current,
    queue: state.queue.filter((queued) => queued.operation.operationId !== operationId),
  };
}
