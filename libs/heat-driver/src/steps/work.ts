import { setTimeout } from 'node:timers/promises';
import type { StepContext, TemplateBundle } from '@jeroboam/driver-sdk';
import { StepFailed } from '@jeroboam/driver-sdk';
import { driverOf } from '@jeroboam/domain';
import type { BaySpec, OperationView } from '@jeroboam/domain';
import type { Fence } from '../bay/fence.ts';
import type { HeatBlueprint, HeatCloud } from '../blueprint.ts';
import { inCloud } from '../stack/reasons.ts';
import type { FoundStack, StackService } from '../stack/stack-service.port.ts';
import { watchOf } from '../stack/stack-watch.ts';

export interface Pace {
  /** From one look at a stack to the next. */
  readonly pollMs: number;
  /**
   * How long one try of a step waits for a stack with a hand of the executor's. Then it fails as retryable, and the scheduler
   * comes again: a thousand bays that Heat is making must not hold a thousand hands.
   */
  readonly patienceMs: number;
  /** The same for a step that rests, which holds no hand. @default 300000 */
  readonly restMs?: number;
  /** So long nothing happens to a stack in progress before it is asked for again. @default 900000 */
  readonly standstillMs?: number;
}

const REST_MS = 300_000;

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

/** The template that the bay was made with, or that an upgrade leads to. @throws {StepFailed} final: this version of the driver does not have it. */
export function bundleOf({ name, bundles }: HeatBlueprint, operation: Pick<OperationView, 'upgrade'>, spec: BaySpec): TemplateBundle {
  const { templateVersion } = driverOf(operation, spec);
  const bundle = bundles.find(({ version }) => version === templateVersion);
  if (!bundle) throw new StepFailed(`${name} has no template ${templateVersion}`, { retryable: false });
  return bundle;
}

/** Looks until `ended` holds or patience does not: the last look. While Heat is busy with it, the step rests where it can. */
export async function look(work: Work, name: string, ended: (found: FoundStack) => boolean): Promise<FoundStack | undefined> {
  const { stacks, context: { signal }, pace } = work;
  const restUntil = performance.now() + (pace.restMs ?? REST_MS);
  let until = performance.now() + pace.patienceMs;
  for (let found = await inCloud(stacks.find(name)); ; found = await inCloud(stacks.find(found))) {
    signal.throwIfAborted();
    if (!found || ended(found)) return found;
    if (found.progress === 'in-progress' && (await rested(work, found, restUntil))) until = performance.now() + pace.patienceMs;
    else if (performance.now() >= until) return found;
    else await setTimeout(pace.pollMs, undefined, { signal });
  }
}

/** @returns false where it is not to be had. */
async function rested({ cloud, stacks, context: { bay, rest, signal }, pace }: Work, found: FoundStack, untilMs: number): Promise<boolean> {
  const leftMs = untilMs - performance.now();
  if (!rest || leftMs <= 0) return false;
  const project = await inCloud(cloud.project?.(bay.spec) ?? Promise.resolve(''));
  return (await rest(async () => {
    await watchOf(cloud, project, pace).settled(stacks, found, leftMs, signal);
    return true;
  })) ?? false;
}
