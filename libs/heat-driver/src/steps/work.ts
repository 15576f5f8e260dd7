import { setTimeout } from 'node:timers/promises';
import type { StepContext, TemplateBundle } from '@jeroboam/driver-sdk';
import { StepFailed } from '@jeroboam/driver-sdk';
import type { BaySpec } from '@jeroboam/domain';
import type { Fence } from '../bay/fence.ts';
import type { HeatBlueprint, HeatCloud } from '../blueprint.ts';
import { inCloud } from '../stack/reasons.ts';
import type { FoundStack, StackService } from '../stack/stack-service.port.ts';

export interface Pace {
  /** From one look at a stack to the next. */
  readonly pollMs: number;
  /**
   * How long one try of a step waits for a stack. Then it fails as retryable, and the scheduler comes again: a thousand
   * bays that Heat is making must not hold a thousand of the executor's hands.
   */
  readonly patienceMs: number;
}

/** Everything one step works with. */
export interface Work {
  readonly blueprint: HeatBlueprint;
  readonly cloud: HeatCloud;
  readonly stacks: StackService;
  readonly fence: Fence;
  readonly context: StepContext;
  readonly pace: Pace;
}

/** To be asked right before each effect. @throws {StepFailed} when somebody newer is at work. */
export function guard({ fence, context }: Work): void {
  context.signal.throwIfAborted();
  fence.check();
}

/** The template that the bay was made with. @throws {StepFailed} final: this version of the driver does not have it. */
export function bundleOf({ name, bundles }: HeatBlueprint, { driver: { templateVersion } }: BaySpec): TemplateBundle {
  const bundle = bundles.find(({ version }) => version === templateVersion);
  if (!bundle) throw new StepFailed(`${name} has no template ${templateVersion}`, { retryable: false });
  return bundle;
}

/** Looks until `ended` holds or patience does not: the last look. */
export async function look({ stacks, context: { signal }, pace }: Work, name: string, ended: (found: FoundStack) => boolean): Promise<FoundStack | undefined> {
  const until = performance.now() + pace.patienceMs;
  for (;;) {
    signal.throwIfAborted();
    const found = await inCloud(stacks.find(name));
    if (!found || ended(found) || performance.now() >= until) return found;
    await setTimeout(pace.pollMs, undefined, { signal });
  }
}
