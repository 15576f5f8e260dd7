import type { RecordedEvent } from '@jeroboam/domain';
import type { EventBatch, ReadFilter } from '../event-log.port.ts';
import { matcherOf } from '../filter.ts';
import { storedAppend } from './log-stream.ts';
import type { MessageFeed } from './message-feed.ts';

/** Cuts a feed of messages into the batches a subscription hands over. */
export class FollowedBatches {
  readonly #matches: (event: RecordedEvent) => boolean;
  /** Looked at by nobody yet: the rest of what the feed gave last. */
  #waiting: RecordedEvent[] = [];

  constructor(
    private readonly feed: MessageFeed,
    filter: ReadFilter,
    private readonly batchSize: number,
  ) {
    this.#matches = matcherOf(filter);
  }

  /** The next batch behind `after`, as soon as there is one; undefined once the feed is closed. */
  async next(after: string | undefined): Promise<EventBatch | undefined> {
    while (this.#waiting.length === 0) {
      const messages = await this.feed.take();
      if (messages.length === 0) return undefined;
      const events = messages.flatMap((message) => storedAppend(message).events);
      // The first message may hold events before the place the subscription starts at.
      this.#waiting = after === undefined ? events : events.filter(({ position }) => position > after);
    }
    return this.#cut();
  }

  #cut(): EventBatch {
    const events: RecordedEvent[] = [];
    let looked = 0;
    while (looked < this.#waiting.length && events.length < this.batchSize) {
      const event = this.#waiting[looked]!;
      looked += 1;
      if (this.#matches(event)) events.push(event);
    }
    const upTo = this.#waiting[looked - 1]!.position;
    this.#waiting = this.#waiting.slice(looked);
    return { events, upTo };
  }
}
