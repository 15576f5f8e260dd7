import type { Clock } from '../../inventory/clock.ts';

interface Sleeper {
  readonly atMs: number;
  readonly wake: () => void;
}

/** Time that passes only when a test says so. */
export class ManualClock implements Clock {
  private readonly sleepers = new Set<Sleeper>();

  constructor(private nowMs = Date.UTC(2026, 0, 1)) {}

  now(): number {
    return this.nowMs;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason as Error);
        return;
      }
      const stop = () => {
        this.sleepers.delete(sleeper);
        reject(signal!.reason as Error);
      };
      const sleeper = {
        atMs: this.nowMs + ms,
        wake: () => {
          signal?.removeEventListener('abort', stop);
          resolve();
        },
      };
      this.sleepers.add(sleeper);
      signal?.addEventListener('abort', stop, { once: true });
    });
  }

  /** Lets time pass; whoever wakes up can go to sleep again meanwhile. */
  async pass(ms: number): Promise<void> {
    const endMs = this.nowMs + ms;
    await quiet();
    for (let next = this.earliest(endMs); next; next = this.earliest(endMs)) {
      this.nowMs = Math.max(this.nowMs, next.atMs);
      this.sleepers.delete(next);
      next.wake();
      await quiet();
    }
    this.nowMs = endMs;
  }

  private earliest(endMs: number): Sleeper | undefined {
    return [...this.sleepers].filter(({ atMs }) => atMs <= endMs).sort((one, other) => one.atMs - other.atMs)[0];
  }
}

/** Resolves when everything that can go on without time passing has done so. */
export function quiet(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(() => setImmediate(() => setImmediate(resolve)));
  });
}
