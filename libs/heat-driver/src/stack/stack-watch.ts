import { isDomainError } from '@jeroboam/domain';
import type { StackRef } from '@jeroboam/openstack';
import type { HeatCloud } from '../blueprint.ts';
import type { StackService } from './stack-service.port.ts';

export interface WatchPace {
  /** From one look to the next while a stack has only begun. */
  readonly pollMs: number;
  /** The same once all have been under way for long. @default 5000 */
  readonly longestPollMs?: number;
}

/** So few are looked at one by one; of more, Heat is asked which are in progress. */
const FEW = 3;
/** Stacks whose state is awaited longer are looked at less often: at every fourth part of their age. */
const PART_OF_AGE = 4;
/** So many of those who wait are tried in one look before each stack is looked at by itself. */
const MOST_REFUSED = 3;
/** A list of a thousand stacks costs Heat a second. */
const POLL_MS_PER_STACK = 1;

type Stacks = Pick<StackService, 'find' | 'inProgress'>;

interface Waiter {
  readonly ref: StackRef;
  readonly stacks: Stacks;
  readonly sinceMs: number;
  readonly wake: () => void;
}

/**
 * Waits for many stacks of one project at once, as cheaply as for one: one list of those in progress tells of all others that they have
 * ended. Intervals grow with the age of the youngest stack and the number of all, and are never quite the same, so that
 * executors do not ask in step.
 */
export class StackWatch {
  readonly #waiters = new Set<Waiter>();
  #timer: NodeJS.Timeout | undefined;
  #isLooking = false;
  /** Those whom Heat would not show what is in progress: others may still ask, as each bay has a credential of its own. */
  readonly #mayNotList = new WeakSet<Stacks>();

  constructor(private readonly pace: WatchPace) {}

  /**
   * Resolves when the stack does not seem to be in progress any more, or nobody can tell, or after `patienceMs`: look at it
   * then. @throws the signal's reason.
   */
  settled(stacks: Stacks, ref: StackRef, patienceMs: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = (end: () => void) => () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', abort);
        this.#waiters.delete(waiter);
        end();
      };
      const waiter: Waiter = { ref, stacks, sinceMs: performance.now(), wake: leave(resolve) };
      const abort = leave(() => reject(signal.reason as Error));
      const timer = setTimeout(waiter.wake, patienceMs);
      if (signal.aborted) return abort();
      signal.addEventListener('abort', abort, { once: true });
      this.#waiters.add(waiter);
      this.#plan();
    });
  }

  #plan(): void {
    if (this.#timer || this.#isLooking || this.#waiters.size === 0) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#isLooking = true;
      void this.#look().finally(() => {
        this.#isLooking = false;
        this.#plan();
      });
    }, this.#pauseMs());
  }

  /** A cloud that does not answer wakes everybody: those who wait find out why, and say so. */
  async #look(): Promise<void> {
    const waiters = [...this.#waiters];
    try {
      const busy = await this.#busy(waiters);
      for (const { ref, wake } of waiters) if (!busy.has(ref.id)) wake();
    } catch {
      for (const { wake } of waiters) wake();
    }
  }

  async #busy(waiters: readonly Waiter[]): Promise<ReadonlySet<string>> {
    const each = [...new Map(waiters.map((waiter) => [waiter.ref.id, waiter])).values()];
    const listed = each.length > FEW ? await this.#listed(each) : undefined;
    if (listed) return listed;
    const busy = new Set<string>();
    for (const waiter of each) if (await isBusy(waiter)) busy.add(waiter.ref.id);
    return busy;
  }

  /** Asked as one of those who wait, another one every time. @returns undefined where they may not ask. */
  async #listed(waiters: readonly Waiter[]): Promise<ReadonlySet<string> | undefined> {
    for (let refused = 0; refused < MOST_REFUSED; refused += 1) {
      const able = waiters.filter(({ stacks }) => !this.#mayNotList.has(stacks));
      const asked = able[Math.floor(Math.random() * able.length)];
      if (!asked) return undefined;
      try {
        return await asked.stacks.inProgress?.();
      } catch (error) {
        if (!isRefusal(error)) throw error;
        this.#mayNotList.add(asked.stacks);
      }
    }
    return undefined;
  }

  #pauseMs(): number {
    const { pollMs, longestPollMs = 5_000 } = this.pace;
    const youngestMs = [...this.#waiters].reduce((age, { sinceMs }) => Math.min(age, performance.now() - sinceMs), Infinity);
    const wanted = Math.max(pollMs, youngestMs / PART_OF_AGE, this.#waiters.size * POLL_MS_PER_STACK);
    return Math.min(wanted, Math.max(pollMs, longestPollMs)) * (0.8 + 0.4 * Math.random());
  }
}

/** One whom Heat refuses is woken alone, and finds out why. */
async function isBusy({ ref, stacks }: Waiter): Promise<boolean> {
  try {
    return (await stacks.find(ref))?.progress === 'in-progress';
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return false;
  }
}

/** Whether it is about who asks, and not about the cloud. */
function isRefusal(error: unknown): boolean {
  return isDomainError(error) && (error.kind !== 'unavailable' || error.code === 'CLOUD_CREDENTIALS_REFUSED');
}

const WATCHES = new WeakMap<HeatCloud, Map<string, StackWatch>>();

/** One for each project of a cloud, whatever bay it is that waits. */
export function watchOf(cloud: HeatCloud, projectId: string, pace: WatchPace): StackWatch {
  const watches = WATCHES.get(cloud) ?? new Map<string, StackWatch>();
  const watch = watches.get(projectId) ?? new StackWatch(pace);
  WATCHES.set(cloud, watches.set(projectId, watch));
  return watch;
}
