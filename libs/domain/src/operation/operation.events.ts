import type { BayOutputs } from '../bay/bay.events.ts';
import type { MachineView } from '../bay/bay.machines.ts';
import type { NodeView } from '../bay/bay.view.ts';
import type { DomainEvent } from '../kernel/event.ts';
import type { OperationView } from './operation.view.ts';

/** One step of a plan, as the driver named it. */
export interface StepView {
  readonly name: string;
  readonly arguments?: Readonly<Record<string, unknown>>;
}

/** The step every operation begins with: asking the driver for the others. */
export const PLAN_STEP = 'plan';

/** What a step saw when it ended. */
export interface StepOutcome {
  readonly nodesJoined?: readonly NodeView[];
  readonly nodesRemoved?: readonly string[];
  /** The infrastructure's own record: every machine that was there since `machinesSince` of the bay. */
  readonly machines?: readonly MachineView[];
  readonly outputs?: BayOutputs;
}

/** One try of one step: the lease under which an executor works. */
export interface StepLease {
  readonly operationId: string;
  readonly step: string;
  /** 1 for the first try of this step. */
  readonly attempt: number;
  /** Fencing token: rises with every dispatch to this bay. */
  readonly token: number;
}

interface OfOperation {
  readonly bayId: string;
  readonly operationId: string;
}

/** Events of `operations-<bayId>`: the serial story of what was done to one bay. */
export type OperationEvent =
  | DomainEvent<'OperationQueued', 1, { bayId: string; projectId: string; operation: OperationView; driver: { name: string; version: string }; deadlineAt: string }>
  | DomainEvent<'OperationStarted', 1, OfOperation>
  | DomainEvent<'OperationStepDispatched', 1, { bayId: string } & StepLease & { executorId: string }>
  | DomainEvent<'OperationPlanned', 1, { bayId: string } & StepLease & { steps: readonly StepView[] }>
  | DomainEvent<'OperationStepSucceeded', 1, { bayId: string } & StepLease & { outcome: StepOutcome }>
  /** `retryAt` null: the operation ends with this reason. `machines` as in an outcome: what failed may have made some. */
  | DomainEvent<'OperationStepFailed', 1, { bayId: string } & StepLease & { reason: string; blockedBy: readonly string[]; retryAt: string | null; machines?: readonly MachineView[] }>
  /** The executor was not heard of in time: somebody else may take over. */
  | DomainEvent<'OperationStepLeaseExpired', 1, { bayId: string } & StepLease & { executorId: string }>
  | DomainEvent<'OperationSucceeded', 1, OfOperation & { outputs: BayOutputs }>
  | DomainEvent<'OperationFailed', 1, OfOperation & { step: string; reason: string }>
  | DomainEvent<'OperationTimedOut', 1, OfOperation & { step: string; reason: string }>
  | DomainEvent<'OperationSuperseded', 1, OfOperation & { by: string; reason: string }>;
