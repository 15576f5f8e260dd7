import { StepFailed } from '../driver.contract.ts';
import type { StepContext } from '../driver.contract.ts';

/**
 * Faults and delays a bay asks for through its labels, all strings:
 * `fake_step_ms` (or `fake_<step>_ms`) milliseconds each step takes, with `-` in step names written `_`;
 * `fake_fail_step` the step that fails; `fake_fail_times` how many attempts of it do (all of them when absent);
 * `fake_fail_final` = `true` makes the failure final; `fake_fail_when` = `after` fails once the effects are there;
 * `fake_hang` = `true` (every step) or a step's name: it does nothing more until its signal is aborted;
 * `fake_deaf` = `true` a hanging step does not even hear that;
 * `fake_health` what `health` answers.
 */
export type FakeLabels = Readonly<Record<string, string>>;

/** Waits and fails before the effects of a step. */
export async function faultsBefore(step: string, { bay, signal, attempt }: StepContext): Promise<void> {
  const { labels } = bay.spec;
  const milliseconds = Number(labels[`fake_${step.replaceAll('-', '_')}_ms`] ?? labels['fake_step_ms'] ?? 0);
  if (milliseconds > 0) await pause(milliseconds, signal);
  const hang = labels['fake_hang'];
  if (hang === 'true' || hang === step) await pause(undefined, labels['fake_deaf'] === 'true' ? undefined : signal);
  if (labels['fake_fail_when'] !== 'after') failIfAsked(step, labels, attempt);
}

/** Fails where a step has had its effects and has not yet told the ledger. */
export function faultsAfter(step: string, { bay, attempt }: StepContext): void {
  if (bay.spec.labels['fake_fail_when'] === 'after') failIfAsked(step, bay.spec.labels, attempt);
}

function failIfAsked(step: string, labels: FakeLabels, attempt: number): void {
  if (labels['fake_fail_step'] !== step || attempt > Number(labels['fake_fail_times'] ?? Infinity)) return;
  throw new StepFailed(`the step ${step} was told to fail (attempt ${attempt})`, {
    retryable: labels['fake_fail_final'] !== 'true',
    blockedBy: [`fake/${step}`],
  });
}

/** For ever when no time is given; rejects when the signal is aborted. */
async function pause(milliseconds: number | undefined, signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted();
  await new Promise<void>((resolve, reject) => {
    const timer = milliseconds === undefined ? undefined : setTimeout(done, milliseconds);
    const aborted = () => {
      clearTimeout(timer);
      reject(signal!.reason as Error);
    };
    signal?.addEventListener('abort', aborted, { once: true });
    function done(): void {
      signal?.removeEventListener('abort', aborted);
      resolve();
    }
  });
}
