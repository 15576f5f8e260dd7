import type { RecordedEvent } from '@jeroboam/domain';
import type { Row } from './log-reader.ts';
import { eventOf } from './log-reader.ts';

/** Events held; a subscription further behind reads the file for itself. */
const HELD = 256;

export interface TailPage {
  readonly events: readonly RecordedEvent[];
  /** Number of the position everything up to which has been looked at. */
  readonly upTo: number;
}

/**
 * The newest events, read and parsed once however many subscriptions follow the head: each of them would otherwise
 * query the file for the same rows after every append. Who works on a stream asks for its news again and again, too.
 */
export class Tail {
  #rows: { readonly at: number; readonly event: RecordedEvent; readonly row: Row }[] = [];
  /** The events held are those after `#from`, up to `#to`. */
  #from = 0;
  #to = 0;

  constructor(private readonly read: (after: number, to: number) => readonly Row[]) {}

  /** At most `limit` events with `after` < position <= `head`; undefined when they are too old to be held. */
  page(after: number, head: number, limit: number, matches: (event: RecordedEvent) => boolean): TailPage | undefined {
    if (head - after > HELD) return undefined;
    this.#extend(head);
    if (after < this.#from) return undefined;
    const events: RecordedEvent[] = [];
    // The rows wanted are the last ones, and few: they are looked for from the end.
    let first = this.#rows.length;
    while (first > 0 && this.#rows[first - 1]!.at > after) first -= 1;
    for (const { at, event } of this.#rows.slice(first)) {
      if (!matches(event)) continue;
      events.push(event);
      if (events.length === limit) return { events, upTo: at };
    }
    return { events, upTo: this.#to };
  }

  /** The rows of a stream from a revision on, in order; undefined when it cannot be told from the events held. */
  stream(name: string, from: number, head: number): readonly Row[] | undefined {
    this.#extend(head);
    const rows: Row[] = [];
    for (const { event, row } of this.#rows.toReversed()) {
      if (event.stream !== name) continue;
      if (event.revision >= from) rows.push(row);
      if (event.revision <= from) return rows.toReversed();
    }
    return undefined;
  }

  #extend(head: number): void {
    if (head <= this.#to) return;
    const from = Math.max(this.#to, head - HELD);
    if (from > this.#to) this.#rows = [];
    for (const row of this.read(from, head)) this.#rows.push({ at: row[0], event: eventOf(row), row });
    this.#rows = this.#rows.slice(-HELD);
    this.#from = this.#rows[0] ? this.#rows[0].at - 1 : head;
    this.#to = head;
  }
}
