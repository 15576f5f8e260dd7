import { StepFailed } from './driver.contract.ts';
import type { PlannedStep } from './driver.contract.ts';

/** The first step of every `rotate-ca`, done by the service: the authority that is to come is made. */
export const ISSUE_CANDIDATE_STEP = 'issue-candidate-authority';

/**
 * Done by the service as well, where the driver's plan has it: the candidate becomes the bay's authority and the old key
 * is destroyed. Before it everything has to trust both; after it the driver takes the trust in the old one away.
 */
export const WITHDRAW_OLD_STEP = 'withdraw-old-authority';

/**
 * What is really done in a `rotate-ca`.
 * @param steps the driver's own plan.
 * @throws {StepFailed} final: the plan does not say, once, when the old authority may go.
 */
export function rotationPlan(steps: readonly PlannedStep[]): readonly PlannedStep[] {
  const withdrawals = steps.filter(({ name }) => name === WITHDRAW_OLD_STEP).length;
  if (withdrawals !== 1 || steps.some(({ name }) => name === ISSUE_CANDIDATE_STEP))
    throw new StepFailed(`The driver's plan to rotate the CA must have ${WITHDRAW_OLD_STEP} once and leave ${ISSUE_CANDIDATE_STEP} to the service`, {
      retryable: false,
    });
  return [{ name: ISSUE_CANDIDATE_STEP }, ...steps];
}
