import type { OperationView } from '@jeroboam/domain';
import { ISSUE_CANDIDATE_STEP, WITHDRAW_OLD_STEP, rotationPlan } from '@jeroboam/driver-sdk';
import type { PlannedStep } from '@jeroboam/driver-sdk';
import { completeAuthorityRotation, startAuthorityRotation, withdrawAuthorities } from '@jeroboam/messaging';
import type { StepAssignment } from '@jeroboam/messaging';
import type { StepMessages } from './step-services.ts';

/** The last step of every delete: the bay's CA keys are destroyed. */
export const WITHDRAW_STEP = 'withdraw-authorities';

/**
 * A driver's plan with the steps that are done here, by the bay's certificate authority, and by no driver.
 * @throws {StepFailed} final: the driver's plan leaves no place for them.
 */
export function withServiceSteps(kind: OperationView['kind'], steps: readonly PlannedStep[]): readonly PlannedStep[] {
  if (kind === 'delete') return [...steps, { name: WITHDRAW_STEP }];
  return kind === 'rotate-ca' ? rotationPlan(steps) : steps;
}

/** Does a step if it is one of those. @returns whether it was. */
export async function didServiceStep({ bay, operation, step }: StepAssignment, messages: StepMessages): Promise<boolean> {
  const { bayId, name: bayName } = bay.spec;
  // The operation's id makes a straggler of an earlier rotation harmless.
  const rotationId = operation.operationId;
  switch (`${operation.kind} ${step.name}`) {
    case `delete ${WITHDRAW_STEP}`:
      await messages.client.send(withdrawAuthorities, { bayId }, messages.options());
      return true;
    case `rotate-ca ${ISSUE_CANDIDATE_STEP}`:
      await messages.client.send(startAuthorityRotation, { bayId, bayName, rotationId }, messages.options());
      return true;
    case `rotate-ca ${WITHDRAW_OLD_STEP}`:
      await messages.client.send(completeAuthorityRotation, { bayId, rotationId }, messages.options());
      return true;
    default:
      return false;
  }
}
