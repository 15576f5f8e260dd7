import type { Position } from '@jeroboam/domain';
import type { Logger, Timers } from '@jeroboam/platform';
import { delay } from '@jeroboam/platform';
import type { Draft, Kind } from '../message/draft.ts';
import { encode } from '../message/notification.ts';
import type { Message } from '../message/notification.ts';
import { problemsOf } from '../message/validate.ts';
import type { Sink } from '../sinks/sink.port.ts';
import type { ParkedNotification } from './cursor.ts';
import type { FeedMetrics } from './feed-metrics.ts';

/** Pauses between attempts while a sink is away, in milliseconds: doubled each time up to the last. */
const FIRST_PAUSE_MS = 100;
const LAST_PAUSE_MS = 5_000;

export interface OutboxOptions {
  readonly sink: Sink;
  readonly kinds: ReadonlySet<Kind>;
  readonly publisherId: string;
  readonly timers: Timers;
  readonly logger: Logger;
  readonly metrics: FeedMetrics;
  /** Ends the waiting for a sink that is away. */
  readonly signal: AbortSignal;
}

/** What is to be sent next, in order. */
export class Outbox {
  #messages: Message[] = [];
  #parked: ParkedNotification[] = [];

  constructor(private readonly options: OutboxOptions) {}

  /** Takes what is switched on. What a consumer could not read is parked, loudly, and holds nobody up. */
  add(drafts: readonly Draft[], position: Position): void {
    for (const draft of drafts) {
      if (!this.options.kinds.has(draft.kind)) continue;
      const problems = problemsOf(draft);
      if (problems.length === 0) this.#messages.push(encode(draft, this.options.publisherId));
      else this.park({ id: draft.messageId, eventType: draft.eventType, position, problems });
    }
  }

  park(parked: ParkedNotification): void {
    const { sink, logger, metrics } = this.options;
    logger.error('a notification cannot be sent and is left out', { sink: sink.name, messageId: parked.id, eventType: parked.eventType, position: parked.position, problems: parked.problems });
    metrics.parked(sink.name);
    this.#parked.push(parked);
  }

  /** Drops what was not sent: the cursor stands before it, and it will be made anew. */
  clear(): void {
    this.#messages = [];
    this.#parked = [];
  }

  /**
   * Sends everything, for as long as it takes.
   *
   * @returns what was left out.
   * @throws the signal's reason.
   */
  async flush(): Promise<readonly ParkedNotification[]> {
    const [messages, parked] = [this.#messages, this.#parked];
    this.clear();
    if (messages.length > 0) await this.#send(messages);
    return parked;
  }

  async #send(messages: readonly Message[]): Promise<void> {
    const { sink, logger, metrics, timers, signal } = this.options;
    for (let failures = 0; ; failures += 1) {
      signal.throwIfAborted();
      try {
        await sink.publish(messages);
        metrics.sent(sink.name, messages.length);
        if (failures > 0) logger.info('a sink takes notifications again', { sink: sink.name, attempts: failures + 1 });
        return;
      } catch (error) {
        if (signal.aborted) throw error;
        const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** Math.min(failures, 16), LAST_PAUSE_MS);
        metrics.failed(sink.name);
        // Of a long absence not every attempt, but some for ever.
        if (Number.isInteger(Math.log2(failures + 1))) logger.warn('a sink does not take notifications; they wait in the log', { sink: sink.name, attempt: failures + 1, pauseMs, error });
        await delay(timers, pauseMs, signal);
      }
    }
  }
}
