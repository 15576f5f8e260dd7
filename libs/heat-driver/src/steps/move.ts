import { StepFailed } from '@jeroboam/driver-sdk';
import type { StepResult } from '@jeroboam/driver-sdk';
import { awaitStack, beginStack } from './make.ts';
import { targetsOf } from './target.ts';
import type { Work } from './work.ts';

/** Brings every stack of a bay to another template, one update each: first its own, whose outputs the others need, then those at once. */
export async function moveStacks(work: Work): Promise<StepResult> {
  const { context: { operation: { upgrade }, bay } } = work;
  if (upgrade && upgrade.to.imageId !== bay.spec.imageId) throw new StepFailed('nodes of a bay cannot go to another image', { retryable: false });
  const [own, ...further] = targetsOf(bay);
  for (const targets of [[own!], further]) {
    for (const target of targets) await beginStack(work, target);
    for (const target of targets) await awaitStack(work, target);
  }
  return {};
}
