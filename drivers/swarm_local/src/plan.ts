import type { OperationView } from '@jeroboam/domain';
import { StepFailed, WITHDRAW_OLD_STEP } from '@jeroboam/driver-sdk';
import type { PlannedStep } from '@jeroboam/driver-sdk';

const RESIZE = ['select-nodes', 'prepare-nodes', 'issue-certificates', 'start-engines', 'join-nodes', 'drain-nodes', 'remove-nodes'] as const;

/**
 * The steps of each kind of operation that the manifest claims. A resize has them all, whichever way it goes: a step with nothing to do takes no
 * time, and so a resize also mends what an earlier operation left half done.
 */
export const STEPS = {
  create: ['prepare-nodes', 'issue-certificates', 'start-engines', 'form-swarm', 'join-nodes'],
  resize: RESIZE,
  'create-node-group': RESIZE,
  // The bounds of a node group are the gateway's to keep.
  'update-node-group': [],
  'delete-node-group': RESIZE,
  'rotate-ca': ['trust-both-authorities', WITHDRAW_OLD_STEP, 'forget-old-authority'],
  // Of the commands that do something, all do the same thing.
  extension: ['change-role'],
  delete: ['stop-engines', 'remove-network', 'remove-files'],
} as const satisfies { readonly [Kind in OperationView['kind']]?: readonly string[] };

/** The withdrawal is in the plan and the service's to do. */
export type StepName = Exclude<(typeof STEPS)[keyof typeof STEPS][number], typeof WITHDRAW_OLD_STEP>;

/** @throws {StepFailed} not retryable: an operation this driver does not have. */
export function plan({ kind }: OperationView): readonly PlannedStep[] {
  const steps = stepsOf(kind);
  if (!steps) throw new StepFailed(`swarm_local cannot ${kind} a bay`, { retryable: false });
  return steps.map((name) => ({ name }));
}

/** @throws {StepFailed} not retryable: the step is in no plan of such an operation. */
export function requirePlanned({ name }: PlannedStep, { kind }: OperationView): StepName {
  if (!stepsOf(kind)?.includes(name) || name === WITHDRAW_OLD_STEP)
    throw new StepFailed(`swarm_local has no step ${name} in ${kind}`, { retryable: false });
  return name as StepName;
}

function stepsOf(kind: OperationView['kind']): readonly string[] | undefined {
  return (STEPS as { readonly [Kind in OperationView['kind']]?: readonly string[] })[kind];
}
