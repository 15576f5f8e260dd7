import type { Position } from '@jeroboam/domain';
import type { EventBatch, Subscription } from './event-log.port.ts';

/** Where a subscription gets its batches: the next one after `after`, or undefined when there is nothing (yet). */
export type NextBatch = (after: Position | undefined) => Promise<EventBatch | undefined>;

/**
 * The loop of every subscription: fetch, hand over, wait for the handler, fetch on. It reads only when the handler is
 * ready, so a slow handler costs memory for one batch and nothing else. `notify` says there may be more.
 */
export class Following implements Subscription {
  readonly done: Promise<void>;
  #notified = false;
  #stopping = false;
  #wake: (() => void) | undefined;

  constructor(
    after: Position | undefined,
    private readonly next: NextBatch,
    private readonly handler: (batch: EventBatch) => Promise<void>,
    /** Makes a `next` under way return early. */
    private readonly onStop: () => void = () => undefined,
  ) {
    this.done = this.#follow(after);
  }

  notify(): void {
    this.#notified = true;
    this.#wake?.();
  }

  async stop(): Promise<void> {
    this.requestStop();
    // Whoever waits on `done` learns what the handler threw; `stop` only says that nothing runs any more.
    await Promise.allSettled([this.done]);
  }

  /** Like `stop`, without waiting for the handler. */
  requestStop(): void {
    this.#stopping = true;
    this.#wake?.();
    this.onStop();
  }

  async #follow(start: Position | undefined): Promise<void> {
    let after = start;
    // The caller has the subscription in hand before its handler runs.
    await Promise.resolve();
    while (!this.#stopping) {
      this.#notified = false;
      const batch = await this.next(after);
      if (this.#stopping) return;
      if (!batch) await this.#untilNotified();
      else {
        await this.handler(batch);
        after = batch.upTo;
      }
    }
  }

  async #untilNotified(): Promise<void> {
    if (this.#notified || this.#stopping) return;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    this.#wake = undefined;
  }
}
