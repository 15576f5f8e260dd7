/**
 * Lets those who ask go on one in each turn of the event loop. Node runs all callbacks of `setImmediate` that are due
 * before it looks at its sockets again: a dozen followers of the log, all woken by the same append, would otherwise
 * keep everybody else waiting for the sum of their work.
 */
export class Turns {
  readonly #waiting: (() => void)[] = [];

  next(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#waiting.push(resolve) === 1) setImmediate(() => this.#take());
    });
  }

  #take(): void {
    const [resolve] = this.#waiting.splice(0, 1);
    if (this.#waiting.length > 0) setImmediate(() => this.#take());
    resolve?.();
  }
}
