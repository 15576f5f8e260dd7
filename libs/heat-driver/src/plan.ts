import type { OperationView } from '@jeroboam/domain';
import { StepFailed } from '@jeroboam/driver-sdk';
import type { PlannedStep } from '@jeroboam/driver-sdk';

/** Heat does the work, so there are few steps: to ask for it, to wait for it, to say what there is now. */
const STEPS = {
  create: ['begin-stack', 'await-stack', 'report-nodes'],
  resize: ['select-nodes', 'begin-stack', 'await-stack', 'report-nodes'],
  'create-node-group': ['begin-stack', 'await-stack', 'report-nodes'],
  // Its bounds are the gateway's to keep.
  'update-node-group': [],
  'delete-node-group': ['delete-node-group-stack'],
  // It acts with the bay's `control` credential, which is replaced for it; no node has one.
  'rotate-credential': [],
  // To a newer template of the same major version, which by its rules replaces no node.
  upgrade: ['move-stacks', 'report-nodes'],
  delete: ['delete-node-group-stacks', 'delete-stack'],
} as const satisfies { readonly [Kind in OperationView['kind']]?: readonly string[] };

export type StepName = (typeof STEPS)[keyof typeof STEPS][number];

/** @throws {StepFailed} final: an operation that Heat drivers do not have. */
export function plan(driver: string, { kind }: OperationView): readonly PlannedStep[] {
  const steps = stepsOf(kind);
  if (!steps) throw new StepFailed(`${driver} cannot ${kind} a bay`, { retryable: false });
  return steps.map((name) => ({ name }));
}

/** @throws {StepFailed} final: the step is in no plan of such an operation. */
export function requirePlanned(driver: string, { name }: PlannedStep, { kind }: OperationView): StepName {
  if (!stepsOf(kind)?.includes(name)) throw new StepFailed(`${driver} has no step ${name} in ${kind}`, { retryable: false });
  return name as StepName;
}

function stepsOf(kind: OperationView['kind']): readonly string[] | undefined {
  return (STEPS as { readonly [Kind in OperationView['kind']]?: readonly string[] })[kind];
}
