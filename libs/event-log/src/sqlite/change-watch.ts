import type { Following } from '../following.ts';

/** How often the file is asked whether another process has written: the latency of following one, in milliseconds. */
const POLL_INTERVAL_MS = 20;

/**
 * Wakes subscriptions: at once for what this process appended, by polling SQLite's change counter (some microseconds)
 * for others. The timer runs only while somebody follows and keeps no process alive.
 */
export class ChangeWatch {
  readonly #followings = new Set<Following>();
  #timer: NodeJS.Timeout | undefined;
  #seen: number | undefined;

  constructor(private readonly dataVersion: () => number) {}

  add(following: Following): void {
    this.#followings.add(following);
    this.#timer ??= setInterval(() => this.#poll(), POLL_INTERVAL_MS).unref();
    const remove = (): void => this.#remove(following);
    following.done.then(remove, remove);
  }

  notify(): void {
    for (const following of this.#followings) following.notify();
  }

  async stopAll(): Promise<void> {
    await Promise.all([...this.#followings].map((following) => following.stop()));
  }

  #remove(following: Following): void {
    this.#followings.delete(following);
    if (this.#followings.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #poll(): void {
    const version = this.dataVersion();
    if (version === this.#seen) return;
    this.#seen = version;
    this.notify();
  }
}
