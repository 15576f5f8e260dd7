import type { Position, RecordedEvent } from '@jeroboam/domain';
import type { EventLog } from '@jeroboam/event-log';
import { bayStreams } from './wire-event.ts';

export interface HistoryPage {
  readonly events: readonly RecordedEvent[];
  /** Everything up to here has been looked at: where to go on, for the next page or for what is still to come. */
  readonly upTo: Position;
  /** Whether there is more already. */
  readonly more: boolean;
}

/**
 * The story of one bay in order of position: what was decided, what was done, what was certified. It goes up to the
 * head of the log as it is now; an event behind it could come from one stream while an earlier one of another is
 * missed.
 *
 * @param after strictly after this position; undefined: from the beginning.
 */
export async function readHistory(log: EventLog, bayId: string, after: Position | undefined, limit: number): Promise<HistoryPage> {
  const head = (await log.head()) ?? '';
  const events: RecordedEvent[] = [];
  for await (const event of byPosition(bayStreams(bayId).map((stream) => log.readStream(stream)))) {
    if (event.position > head) break;
    if (after !== undefined && event.position <= after) continue;
    if (events.length === limit) return { events, upTo: events.at(-1)!.position, more: true };
    events.push(event);
  }
  return { events, upTo: after !== undefined && after > head ? after : head, more: false };
}

/** Merges streams, each in order already, into one. */
async function* byPosition(streams: readonly AsyncIterable<RecordedEvent>[]): AsyncGenerator<RecordedEvent> {
  const iterators = streams.map((stream) => stream[Symbol.asyncIterator]());
  try {
    const heads = await Promise.all(iterators.map((iterator) => iterator.next()));
    for (let first = earliest(heads); first !== -1; first = earliest(heads)) {
      yield heads[first]!.value as RecordedEvent;
      heads[first] = await iterators[first]!.next();
    }
  } finally {
    await Promise.all(iterators.map(async (iterator) => iterator.return?.()));
  }
}

/** Index of the head with the lowest position; -1 when all streams are at their end. */
function earliest(heads: readonly IteratorResult<RecordedEvent>[]): number {
  return heads.reduce((found, { done, value }, index) => {
    if (done) return found;
    return found === -1 || value.position < heads[found]!.value.position ? index : found;
  }, -1);
}
