/** Work under way, to be waited for before letting go of what it uses. */
export class InFlight {
  private count = 0;
  private readonly waiting = new Set<() => void>();

  async run<T>(work: () => Promise<T>): Promise<T> {
    this.count += 1;
    try {
      return await work();
    } finally {
      this.count -= 1;
      if (this.count === 0) for (const wake of this.waiting) wake();
    }
  }

  /**
   * Resolves as soon as nothing is under way, at the latest after `timeoutMs` milliseconds.
   *
   * @returns how much was still under way then.
   */
  async settled(timeoutMs: number): Promise<number> {
    if (this.count === 0) return 0;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.waiting.add(resolve);
    const timer = setTimeout(resolve, timeoutMs);
    await promise;
    clearTimeout(timer);
    this.waiting.delete(resolve);
    return this.count;
  }
}
