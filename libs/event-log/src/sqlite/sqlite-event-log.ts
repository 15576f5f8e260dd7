import { setTimeout } from 'node:timers/promises';
import type { DatabaseSync } from 'node:sqlite';
import type { NewEvent, Position, RecordedEvent } from '@jeroboam/domain';
import { assertAppendable } from '../appendable.ts';
import { LogUnavailable } from '../errors.ts';
import type { Appended, EventBatch, EventLog, Expected, ReadAllOptions, ReadFilter, ReadStreamOptions, SubscribeOptions, Subscription } from '../event-log.port.ts';
import { matcherOf } from '../filter.ts';
import { Following } from '../following.ts';
import { numberOf, positionOf } from '../position.ts';
import { ChangeWatch } from './change-watch.ts';
import { connect, isBusy, prepareFile } from './database.ts';
import { EventPages } from './event-pages.ts';
import { LogReader, eventOf } from './log-reader.ts';
import type { Row } from './log-reader.ts';
import { LoneAppends } from './lone-appends.ts';
import { Tail } from './tail.ts';
import { Turns } from './turns.ts';
import { WriterClient, startWriterThread } from './writer-client.ts';

export interface SqliteEventLogOptions {
  /** The file; it and the folders above are made when missing. SQLite keeps two more beside it, `-wal` and `-shm`. */
  readonly path: string;
  /** How long to wait for another process that is writing. @default 5000 */
  readonly busyTimeoutMs?: number;
}

const DEFAULT_APPEND_TIMEOUT_MS = 5_000;
const DEFAULT_BUSY_TIMEOUT_MS = 5_000;
const DEFAULT_BATCH_SIZE = 256;
const RETRY_OPEN_MS = 5;

/**
 * Opens the embedded log: one file, shared by any number of processes of one host.
 *
 * @param lone where appends that come alone are committed; another one is for tests.
 * @throws {LogUnavailable} another process held the file longer than `busyTimeoutMs`.
 * @throws when the file is something else, or lies where SQLite cannot write durably (some network file systems).
 */
export async function openSqliteEventLog(
  { path, busyTimeoutMs = DEFAULT_BUSY_TIMEOUT_MS }: SqliteEventLogOptions,
  lone = new LoneAppends(),
): Promise<EventLog> {
  if (path === '' || path.startsWith(':memory:')) throw new Error('the event log needs a file');
  const deadline = Date.now() + busyTimeoutMs;
  for (;;) {
    try {
      prepareFile(path, busyTimeoutMs);
      return new SqliteEventLog(path, busyTimeoutMs, connect(path, busyTimeoutMs), lone);
    } catch (error) {
      if (!isBusy(error)) throw error;
      // Processes that create the file together: SQLite does not wait for its lock while it turns WAL on.
      if (Date.now() >= deadline) throw new LogUnavailable(`another process holds ${path}`, { cause: error });
      await setTimeout(RETRY_OPEN_MS);
    }
  }
}

/** The log in one SQLite file. A thread writes (lone appends aside, see `LoneAppends`); reading is done here, synchronously but in short pages. */
class SqliteEventLog implements EventLog {
  readonly #reader: LogReader;
  readonly #writer: WriterClient;
  readonly #watch: ChangeWatch;
  readonly #tail: Tail;
  readonly #turns = new Turns();
  /** The head as those woken by the last change find it: the first of them looks for all. */
  #headAfterChange: number | undefined;
  #closing: Promise<void> | undefined;

  constructor(
    path: string,
    busyTimeoutMs: number,
    private readonly database: DatabaseSync,
    lone: LoneAppends,
  ) {
    this.#reader = new LogReader(database);
    this.#tail = new Tail((after, to) => this.#reader.page(after, to, to - after, {}).rows);
    this.#watch = new ChangeWatch(() => this.#reader.dataVersion(), () => {
      this.#headAfterChange = undefined;
    });
    this.#writer = new WriterClient({ path, busyTimeoutMs }, (categories) => this.#watch.notify(categories), startWriterThread, lone);
  }

  append(
    stream: string,
    events: readonly NewEvent[],
    expected: Expected,
    { timeoutMs = DEFAULT_APPEND_TIMEOUT_MS }: { readonly timeoutMs?: number } = {},
  ): Promise<Appended> {
    // Not an async function: what the writer's promise brings would take three more turns to arrive.
    try {
      this.#assertOpen();
      assertAppendable(stream, events);
    } catch (error) {
      return Promise.reject(error);
    }
    return this.#writer.append(stream, events, expected, timeoutMs);
  }

  readStream(stream: string, { from = 0, limit = Infinity }: ReadStreamOptions = {}): AsyncIterable<RecordedEvent> {
    let next = from;
    const fetch = (pageSize: number) => {
      this.#assertOpen();
      const rows = this.#newsOf(stream, next, pageSize) ?? this.#reader.stream(stream, next, pageSize);
      next += rows.length;
      return rows.length === 0 ? undefined : { rows, upTo: next, isLast: rows.length < pageSize };
    };
    return new EventPages(fetch, limit);
  }

  readAll({ after, limit = Infinity, ...filter }: ReadAllOptions = {}): AsyncIterable<RecordedEvent> {
    let looked = numberOf(after);
    let head: number | undefined;
    const fetch = (pageSize: number) => {
      this.#assertOpen();
      head ??= this.#reader.head();
      if (looked >= head) return undefined;
      const page = this.#reader.page(looked, head, pageSize, filter);
      looked = page.upTo;
      return page;
    };
    return new EventPages(fetch, limit);
  }

  async head(): Promise<Position | undefined> {
    this.#assertOpen();
    const head = this.#reader.head();
    return head === 0 ? undefined : positionOf(head);
  }

  subscribe({ after, batchSize = DEFAULT_BATCH_SIZE, isAwaited, ...filter }: SubscribeOptions, handler: (batch: EventBatch) => Promise<void>): Subscription {
    this.#assertOpen();
    const next = this.#batchesOf(batchSize, filter, isAwaited);
    const following = new Following(after, (from) => next(numberOf(from)), handler);
    this.#watch.add(following, filter.categories);
    return following;
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  #batchesOf(batchSize: number, filter: ReadFilter, isAwaited?: () => boolean): (after: number) => Promise<EventBatch | undefined> {
    const matches = matcherOf(filter);
    return async (after) => {
      // A subscription that catches up lets the rest of the process have its turn.
      await this.#turns.next(isAwaited);
      const head = (this.#headAfterChange ??= this.#reader.head());
      if (head <= after) return undefined;
      const held = this.#tail.page(after, head, batchSize, matches);
      if (held) return { events: held.events, upTo: positionOf(held.upTo) };
      const { rows, upTo } = this.#reader.page(after, head, batchSize, filter);
      return { events: rows.map(eventOf), upTo: positionOf(upTo) };
    };
  }

  /** From the newest events, where they tell. */
  #newsOf(stream: string, from: number, limit: number): readonly Row[] | undefined {
    return from === 0 ? undefined : this.#tail.stream(stream, from, this.#reader.head())?.slice(0, limit);
  }

  async #close(): Promise<void> {
    await this.#watch.stopAll();
    await this.#writer.close();
    this.database.close();
  }

  #assertOpen(): void {
    if (this.#closing) throw new LogUnavailable('it was closed');
  }
}
