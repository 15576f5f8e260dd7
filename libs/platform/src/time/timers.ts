/** A callback that has not run yet. */
export interface Timer {
  /** Makes sure that the callback does not run any more; harmless when it already has. */
  cancel(): void;
}

/** Calls back later. What sleeps or repeats takes this instead of `setTimeout`, so that its tests never wait. */
export interface Timers {
  /** Calls `callback` once after `delayMs` milliseconds, never before this call has returned. */
  after(delayMs: number, callback: () => void): Timer;
}

/** `setTimeout` cannot count further than this (2^31 - 1 milliseconds, about 24.8 days); it would fire at once instead. */
const LONGEST_DELAY_MS = 2_147_483_647;

/** Timers of this process. They keep it alive, as `setTimeout` does: who sets one cancels it when closing. */
export const systemTimers: Timers = {
  after(delayMs, callback) {
    let handle: NodeJS.Timeout;
    const arm = (leftMs: number): void => {
      const stepMs = Math.min(leftMs, LONGEST_DELAY_MS);
      handle = setTimeout(() => (leftMs > stepMs ? arm(leftMs - stepMs) : callback()), stepMs);
    };
    arm(Math.max(0, delayMs));
    return { cancel: () => clearTimeout(handle) };
  },
};

/**
 * Resolves after `delayMs` milliseconds.
 *
 * @param signal ends the wait early: the promise rejects with the signal's reason.
 */
export function delay(timers: Timers, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const stop = (): void => {
      timer.cancel();
      reject(signal?.reason);
    };
    const timer = timers.after(delayMs, () => {
      signal?.removeEventListener('abort', stop);
      resolve();
    });
    signal?.addEventListener('abort', stop, { once: true });
  });
}
