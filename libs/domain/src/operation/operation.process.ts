import type { MachineView } from '../bay/bay.machines.ts';
import { unreachable } from '../kernel/decider.ts';
import type { Command, Decider } from '../kernel/decider.ts';
import { DomainError } from '../kernel/error.ts';
import { PLAN_STEP } from './operation.events.ts';
import type { OperationEvent, StepLease, StepOutcome, StepView } from './operation.events.ts';
import { evolveOperations, initialOperations } from './operation.state.ts';
import type { CurrentOperation, OperationsState } from './operation.state.ts';
import { scopeOf, supersedes } from './operation.view.ts';
import type { OperationView } from './operation.view.ts';

export type OperationCommand =
  | Command<'StartOperation', { bayId: string; projectId: string; operation: OperationView; driver: { name: string; version: string }; deadlineAt: string }>
  /** An executor takes the next step; silence where there is none to take now. */
  | Command<'DispatchStep', { executorId: string }>
  | Command<'ReportPlan', { token: number; steps: readonly StepView[] }>
  | Command<'ReportStepSucceeded', { token: number; outcome: StepOutcome }>
  /** `maxAttempts` null: worth trying until the deadline. */
  | Command<'ReportStepFailed', { token: number; reason: string; retryable: boolean; maxAttempts: number | null; blockedBy: readonly string[]; machines?: readonly MachineView[] }>
  | Command<'ExpireLease', { token: number }>
  | Command<'ExpireDeadline', { operationId: string }>;

/** The executor's lease is not the present one: its result is not wanted any more, and it must not act any further. */
export class StaleLease extends DomainError {
  readonly code = 'STALE_LEASE';
  readonly kind = 'conflict';
  constructor(token: number, present: number | null) {
    super(`Lease ${token} is no longer valid`, { token, present });
  }
}

const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 30_000;
/** A step that took this many executors with it is the likely cause. */
const MAX_EXPIRIES = 10;

/**
 * The process manager of one bay's operations: one after another, each step leased to one executor at a time.
 * Time comes in the command; deadlines and retries are read off the events, so a restart loses none.
 */
export const operationsDecider: Decider<OperationsState, OperationCommand, OperationEvent> = {
  initialState: () => initialOperations,
  evolve: evolveOperations,
  decide(command, state) {
    const { now } = command.metadata;
    switch (command.type) {
      case 'StartOperation': return settled(state, start(command.data, state));
      case 'DispatchStep': return dispatch(command.data.executorId, state, now);
      case 'ReportPlan': return settled(state, planned(command.data, state));
      case 'ReportStepSucceeded': return settled(state, succeeded(command.data, state));
      case 'ReportStepFailed': return settled(state, failed(command.data, state, now));
      case 'ExpireLease': return settled(state, leaseExpired(command.data.token, state));
      case 'ExpireDeadline': return settled(state, deadlineExpired(command.data.operationId, state, now));
      default: return unreachable(command);
    }
  },
};

/** Adds the start of the next operation where nothing stands in its way any more. */
function settled(state: OperationsState, events: readonly OperationEvent[]): readonly OperationEvent[] {
  if (events.length === 0) return events;
  const after = events.reduce(evolveOperations, state);
  const next = after.queue[0];
  if (after.current || after.running || !next) return events;
  return [...events, { type: 'OperationStarted', schemaVersion: 1, data: { bayId: after.bayId!, operationId: next.operation.operationId } }];
}

function start(data: Extract<OperationCommand, { type: 'StartOperation' }>['data'], state: OperationsState): OperationEvent[] {
  if (state.seen.has(data.operation.operationId)) return [];
  const waiting = [...(state.current ? [state.current] : []), ...state.queue];
  const superseded = waiting.filter((queued) => supersedes(scopeOf(data.operation), scopeOf(queued.operation))).map((queued): OperationEvent => ({
    type: 'OperationSuperseded',
    schemaVersion: 1,
    data: { bayId: data.bayId, operationId: queued.operation.operationId, by: data.operation.operationId, reason: `superseded by a newer ${data.operation.kind}` },
  }));
  return [...superseded, { type: 'OperationQueued', schemaVersion: 1, data }];
}

function dispatch(executorId: string, state: OperationsState, now: string): OperationEvent[] {
  const { current, running, bayId } = state;
  if (!current || running || (current.retryAt !== null && current.retryAt > now) || current.deadlineAt <= now) return [];
  const lease = { operationId: current.operation.operationId, step: stepName(current), attempt: current.attempts + 1, token: state.token + 1 };
  return [{ type: 'OperationStepDispatched', schemaVersion: 1, data: { bayId: bayId!, ...lease, executorId } }];
}

/** The step an operation stands at. */
export function stepName(current: CurrentOperation): string {
  return current.steps?.[current.next]?.name ?? PLAN_STEP;
}

function leaseOf(token: number, state: OperationsState): StepLease {
  if (state.running?.token !== token) throw new StaleLease(token, state.running?.token ?? null);
  const { operationId, step, attempt } = state.running;
  return { operationId, step, attempt, token };
}

function planned({ token, steps }: { token: number; steps: readonly StepView[] }, state: OperationsState): OperationEvent[] {
  const lease = leaseOf(token, state);
  const bayId = state.bayId!;
  const event: OperationEvent = { type: 'OperationPlanned', schemaVersion: 1, data: { bayId, ...lease, steps } };
  return steps.length === 0 && isCurrent(lease, state) ? [event, { type: 'OperationSucceeded', schemaVersion: 1, data: { bayId, operationId: lease.operationId, outputs: {} } }] : [event];
}

function succeeded({ token, outcome }: { token: number; outcome: StepOutcome }, state: OperationsState): OperationEvent[] {
  const lease = leaseOf(token, state);
  const bayId = state.bayId!;
  // Also for an operation that has ended meanwhile: what the step made is a fact.
  const event: OperationEvent = { type: 'OperationStepSucceeded', schemaVersion: 1, data: { bayId, ...lease, outcome } };
  const { current } = state;
  if (!current || !isCurrent(lease, state) || current.next + 1 < (current.steps?.length ?? 0)) return [event];
  return [event, { type: 'OperationSucceeded', schemaVersion: 1, data: { bayId, operationId: lease.operationId, outputs: { ...current.outputs, ...outcome.outputs } } }];
}

function failed(data: Extract<OperationCommand, { type: 'ReportStepFailed' }>['data'], state: OperationsState, now: string): OperationEvent[] {
  const lease = leaseOf(data.token, state);
  const bayId = state.bayId!;
  const again = isCurrent(lease, state) && data.retryable && (data.maxAttempts === null || lease.attempt < data.maxAttempts);
  const retryAt = again ? new Date(Date.parse(now) + Math.min(FIRST_RETRY_MS * 2 ** (lease.attempt - 1), LONGEST_RETRY_MS)).toISOString() : null;
  const event: OperationEvent = { type: 'OperationStepFailed', schemaVersion: 1, data: { bayId, ...lease, reason: data.reason, blockedBy: data.blockedBy, retryAt, ...(data.machines && { machines: data.machines }) } };
  return again || !isCurrent(lease, state) ? [event] : [event, ended(bayId, lease, data.reason)];
}

function leaseExpired(token: number, state: OperationsState): OperationEvent[] {
  const { running, current } = state;
  if (running?.token !== token) return [];
  const bayId = state.bayId!;
  const lease = leaseOf(token, state);
  const event: OperationEvent = { type: 'OperationStepLeaseExpired', schemaVersion: 1, data: { bayId, ...lease, executorId: running.executorId } };
  const hopeless = isCurrent(lease, state) && current!.expiries + 1 >= MAX_EXPIRIES;
  return hopeless ? [event, ended(bayId, lease, `${MAX_EXPIRIES} executors were lost in this step`)] : [event];
}

function deadlineExpired(operationId: string, state: OperationsState, now: string): OperationEvent[] {
  const late = [state.current, ...state.queue].find((queued) => queued?.operation.operationId === operationId);
  if (!late || late.deadlineAt > now) return [];
  const step = late === state.current ? stepName(state.current) : 'queued';
  return [{ type: 'OperationTimedOut', schemaVersion: 1, data: { bayId: state.bayId!, operationId, step, reason: `Timed out in step ${step}: not done by ${late.deadlineAt}` } }];
}

function isCurrent(lease: StepLease, state: OperationsState): boolean {
  return state.current?.operation.operationId === lease.operationId;
}

function ended(bayId: string, { operationId, step }: StepLease, reason: string): OperationEvent {
  return { type: 'OperationFailed', schemaVersion: 1, data: { bayId, operationId, step, reason: `Step ${step} failed: ${reason}` } };
}
