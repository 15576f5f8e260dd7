/** Time as the sandbox sees it; tests bring their own. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Resolves after that many milliseconds; rejects with the signal's reason when it is aborted first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) => new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason as Error);
      return;
    }
    const stop = () => {
      clearTimeout(timer);
      reject(signal!.reason as Error);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, ms);
    signal?.addEventListener('abort', stop, { once: true });
  }),
};

/** Resolves when the time has come, at once when it has passed. */
export async function sleepUntil(clock: Clock, timeMs: number, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  const leftMs = timeMs - clock.now();
  if (leftMs > 0) await clock.sleep(leftMs, signal);
}
