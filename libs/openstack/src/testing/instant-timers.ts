import type { Timers } from '@jeroboam/platform';

/** Timers that fire at once and remember how long they would have taken, in milliseconds. */
export function instantTimers(): Timers & { readonly pausesMs: readonly number[] } {
  const pausesMs: number[] = [];
  return {
    pausesMs,
    after(delayMs, callback) {
      pausesMs.push(delayMs);
      const immediate = setImmediate(callback);
      return { cancel: () => clearImmediate(immediate) };
    },
  };
}
