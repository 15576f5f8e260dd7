import { setImmediate } from 'node:timers/promises';
import type { RecordedEvent } from '@jeroboam/domain';
import { eventOf } from './log-reader.ts';
import type { Page, Row } from './log-reader.ts';

const FEWEST_ROWS = 16;
const MOST_ROWS = 512;
/** Characters a page aims at: some milliseconds of work, and a bound to what big events take of the memory. */
const PAGE_CHARACTERS = 1024 * 1024;

/** The next page of at most `limit` rows; undefined at the end. */
export type FetchPage = (limit: number) => Page | undefined;

/**
 * Events page by page. Between pages the event loop turns, so a long read never holds up the rest of the process;
 * rows are parsed when they are asked for. A hand-written iterator: it costs half of what a generator does per event.
 */
export class EventPages implements AsyncIterableIterator<RecordedEvent> {
  #rows: readonly Row[] = [];
  #at = 0;
  #pageSize = FEWEST_ROWS;
  #started = false;
  #ended = false;

  constructor(
    private readonly fetch: FetchPage,
    private left: number,
  ) {}

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<RecordedEvent>> {
    const row = this.#rows[this.#at];
    if (row === undefined) return this.#turnPage();
    this.#at += 1;
    return Promise.resolve({ done: false, value: eventOf(row) });
  }

  async return(): Promise<IteratorResult<RecordedEvent>> {
    this.#ended = true;
    this.#rows = [];
    return { done: true, value: undefined };
  }

  async #turnPage(): Promise<IteratorResult<RecordedEvent>> {
    if (this.#ended) return this.return();
    if (this.#started) await setImmediate();
    this.#started = true;
    for (;;) {
      const page: Page | undefined = this.#ended || this.left <= 0 ? undefined : this.fetch(Math.min(this.#pageSize, this.left));
      if (!page) return this.return();
      this.#ended = page.isLast ?? false;
      if (page.rows.length === 0) continue;
      this.#keep(page.rows);
      return this.next();
    }
  }

  #keep(rows: readonly Row[]): void {
    this.#rows = rows;
    this.#at = 0;
    this.left -= rows.length;
    const characters = rows.reduce((sum, [, , body]) => sum + body.length, 0);
    const fitting = Math.floor((PAGE_CHARACTERS * rows.length) / characters);
    this.#pageSize = Math.max(FEWEST_ROWS, Math.min(MOST_ROWS, fitting, this.#pageSize * 4));
  }
}
