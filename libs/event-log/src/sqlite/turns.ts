/**
 * Lets those who ask go on one in each turn of the event loop. Node runs all callbacks of `setImmediate` that are due
 * before it looks at its sockets again: a dozen followers of the log, all woken by the same append, would otherwise
 * keep everybody else waiting for the sum of their work.
 */
export class Turns {
  readonly #waiting: { readonly isAwaited: () => boolean; readonly goOn: () => void }[] = [];

  /** @param isAwaited asked when a turn comes: whoever is awaited then goes before all who are not. */
  next(isAwaited: () => boolean = () => false): Promise<void> {
    return new Promise((goOn) => {
      if (this.#waiting.push({ isAwaited, goOn }) === 1) setImmediate(() => this.#take());
    });
  }

  #take(): void {
    const awaited = this.#waiting.findIndex(({ isAwaited }) => isAwaited());
    const [next] = this.#waiting.splice(Math.max(0, awaited), 1);
    if (this.#waiting.length > 0) setImmediate(() => this.#take());
    next?.goOn();
  }
}
