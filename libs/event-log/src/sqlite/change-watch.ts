import type { Following } from '../following.ts';

/** How often the file is asked whether another process has written: the latency of following one, in milliseconds. */
const POLL_INTERVAL_MS = 20;

/**
 * Wakes subscriptions: at once for what this process appended, by polling SQLite's change counter (some microseconds)
 * for others. The timer runs only while somebody follows and keeps no process alive.
 */
export class ChangeWatch {
  /** With the categories each is about; undefined: all. */
  readonly #followings = new Map<Following, readonly string[] | undefined>();
  #timer: NodeJS.Timeout | undefined;
  #seen: number | undefined;

  constructor(
    private readonly dataVersion: () => number,
    /** Called before anybody is woken. */
    private readonly onChange: () => void,
  ) {}

  add(following: Following, categories: readonly string[] | undefined): void {
    this.#followings.set(following, categories);
    this.#timer ??= setInterval(() => this.#poll(), POLL_INTERVAL_MS).unref();
    const remove = (): void => this.#remove(following);
    following.done.then(remove, remove);
  }

  /** Something of these categories was appended here. Who is about others learns by the next poll how far the log has got. */
  notify(appended: ReadonlySet<string>): void {
    this.onChange();
    for (const [following, categories] of this.#followings) {
      if (!categories || categories.some((category) => appended.has(category))) following.notify();
    }
  }

  async stopAll(): Promise<void> {
    await Promise.all([...this.#followings.keys()].map((following) => following.stop()));
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
    this.onChange();
    for (const following of this.#followings.keys()) following.notify();
  }
}
