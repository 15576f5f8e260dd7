import type { Position } from '@jeroboam/domain';

/** How often other processes' commits are looked for, in milliseconds, and only while somebody waits. One look takes microseconds. */
const POLL_INTERVAL_MS = 5;

export interface CheckpointSource {
  checkpoint(projection: string): Position | undefined;
  /** A number that differs from the last one after another connection has committed. */
  version(): number;
}

interface Waiter {
  readonly projection: string;
  readonly position: Position;
  settle(outcome: boolean | Error): void;
}

/**
 * Those who wait for a projection. A commit of this instance tells them at once; one of another process is noticed by
 * polling SQLite's data_version, which reads a counter in shared memory.
 */
export class CheckpointWaiters {
  readonly #waiting = new Set<Waiter>();
  readonly #listeners = new Map<string, Set<() => void>>();
  #poll: NodeJS.Timeout | undefined;
  #version = 0;

  constructor(private readonly source: CheckpointSource) {}

  wait(projection: string, position: Position, timeoutMs: number): Promise<boolean> {
    // The version first: a commit between the two reads is then noticed by the next look.
    if (this.#waiting.size === 0) this.#version = this.source.version();
    if (isReached(this.source.checkpoint(projection), position)) return Promise.resolve(true);
    if (timeoutMs <= 0) return Promise.resolve(false);
    return new Promise((resolve, reject) => {
      const timeout = setTimeout(() => waiter.settle(false), timeoutMs);
      const waiter: Waiter = {
        projection,
        position,
        settle: (outcome) => {
          clearTimeout(timeout);
          this.#waiting.delete(waiter);
          if (typeof outcome === 'boolean') resolve(outcome);
          else reject(outcome);
        },
      };
      this.#waiting.add(waiter);
      this.#listeners.get(projection)?.forEach((listener) => listener());
      this.#poll ??= setTimeout(() => this.#look(), POLL_INTERVAL_MS);
    });
  }

  onAwaited(projection: string, listener: () => void): () => void {
    const listeners = this.#listeners.get(projection) ?? new Set();
    this.#listeners.set(projection, listeners.add(listener));
    return () => void listeners.delete(listener);
  }

  /** This instance has moved `projection` to `position`. */
  notify(projection: string, position: Position): void {
    for (const waiter of this.#waiting) {
      if (waiter.projection === projection && isReached(position, waiter.position)) waiter.settle(true);
    }
  }

  /** Everybody still waiting learns that it was in vain. */
  close(): void {
    clearTimeout(this.#poll);
    this.#poll = undefined;
    for (const waiter of this.#waiting) waiter.settle(false);
  }

  #look(): void {
    this.#poll = undefined;
    try {
      this.#notifyOthersCommits();
    } catch (cause) {
      // Nobody calls a timer: the failure belongs to those who wait.
      for (const waiter of this.#waiting) waiter.settle(cause instanceof Error ? cause : new Error('the poll failed', { cause }));
    }
    if (this.#waiting.size > 0) this.#poll = setTimeout(() => this.#look(), POLL_INTERVAL_MS);
  }

  #notifyOthersCommits(): void {
    const version = this.source.version();
    if (version === this.#version) return;
    this.#version = version;
    for (const projection of new Set([...this.#waiting].map((waiter) => waiter.projection))) {
      const position = this.source.checkpoint(projection);
      if (position !== undefined) this.notify(projection, position);
    }
  }
}

export function isReached(checkpoint: Position | undefined, position: Position): boolean {
  return checkpoint !== undefined && checkpoint >= position;
}
