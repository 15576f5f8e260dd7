import type { NewEvent, Position, RecordedEvent } from '@jeroboam/domain';
import { assertAppendable } from '../appendable.ts';
import { LogUnavailable, RevisionConflict } from '../errors.ts';
import type { Appended, EventBatch, EventLog, Expected, ReadAllOptions, ReadStreamOptions, SubscribeOptions, Subscription } from '../event-log.port.ts';
import { matcherOf } from '../filter.ts';
import { Following } from '../following.ts';
import { numberOf, positionOf } from '../position.ts';
import { NO_HASH, hashText, recordedEvent, storedText, writerText } from '../stored-event.ts';

interface StoredRow {
  readonly stream: string;
  readonly type: string;
  readonly text: string;
  readonly hash: string;
}

interface StoredStream {
  /** Positions by revision. */
  readonly positions: number[];
  /** Revisions by event id. */
  readonly revisions: Map<string, number>;
}

/** What several `InMemoryEventLog`s share, as processes share a file. Position n is row n - 1. */
export class InMemoryStore {
  readonly rows: StoredRow[] = [];
  readonly streams = new Map<string, StoredStream>();
  readonly followings = new Set<Following>();
}

/**
 * The whole contract without a disk, for tests of what stands on a log. It keeps text, not objects: nobody can change
 * a recorded event through a reference, and data that is no JSON shows here as it would in a real log.
 */
export class InMemoryEventLog implements EventLog {
  readonly #own = new Set<Following>();
  #closed = false;
  #failure: { readonly written: boolean } | undefined;

  constructor(
    private readonly store: InMemoryStore = new InMemoryStore(),
    private readonly now: () => Date = () => new Date(),
  ) {}

  /** The next append throws `LogUnavailable`, having written or not: the two faces of an unknown outcome. */
  failNextAppend(failure: { readonly written: boolean }): void {
    this.#failure = failure;
  }

  async append(stream: string, events: readonly NewEvent[], expected: Expected): Promise<Appended> {
    this.#assertOpen();
    assertAppendable(stream, events);
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure && !failure.written) throw new LogUnavailable('a test asked for it');
    const appended = this.#append(stream, events, expected);
    if (failure) throw new LogUnavailable('a test asked for it');
    return appended;
  }

  async *readStream(stream: string, { from = 0, limit = Infinity }: ReadStreamOptions = {}): AsyncGenerator<RecordedEvent> {
    this.#assertOpen();
    const positions = this.store.streams.get(stream)?.positions ?? [];
    for (const position of positions.slice(from, from + limit)) yield this.#event(position);
  }

  async *readAll({ after, limit = Infinity, ...filter }: ReadAllOptions = {}): AsyncGenerator<RecordedEvent> {
    this.#assertOpen();
    const head = this.store.rows.length;
    const matches = matcherOf(filter);
    let left = limit;
    for (let position = numberOf(after) + 1; position <= head && left > 0; position += 1) {
      if (!matches(this.store.rows[position - 1]!)) continue;
      left -= 1;
      yield this.#event(position);
    }
  }

  async head(): Promise<Position | undefined> {
    this.#assertOpen();
    return this.store.rows.length === 0 ? undefined : positionOf(this.store.rows.length);
  }

  subscribe({ after, batchSize = 256, ...filter }: SubscribeOptions, handler: (batch: EventBatch) => Promise<void>): Subscription {
    this.#assertOpen();
    const matches = matcherOf(filter);
    const following = new Following(after, async (from) => this.#batch(numberOf(from), batchSize, matches), handler);
    this.#own.add(following);
    this.store.followings.add(following);
    return following;
  }

  async close(): Promise<void> {
    this.#closed = true;
    const followings = [...this.#own];
    for (const following of followings) this.store.followings.delete(following);
    await Promise.all(followings.map((following) => following.stop()));
  }

  #append(stream: string, events: readonly NewEvent[], expected: Expected): Appended {
    const stored = this.store.streams.get(stream) ?? { positions: [], revisions: new Map<string, number>() };
    const held = events.map(({ eventId }) => stored.revisions.get(eventId));
    const firstNew = held.indexOf(undefined);
    if (firstNew === -1) {
      const revision = held.reduce<number>((last, at) => Math.max(last, at!), 0);
      return { revision, position: positionOf(stored.positions[revision]!), wereThere: true };
    }
    const head = stored.positions.length === 0 ? 'none' : stored.positions.length - 1;
    // An id held behind a new one: the given order cannot be had any more.
    const outOfOrder = held.slice(firstNew).some((revision) => revision !== undefined);
    if (outOfOrder || (expected !== 'any' && expected !== head)) throw new RevisionConflict(stream, expected, head);
    this.store.streams.set(stream, stored);
    return this.#write(stream, events.slice(firstNew), stored);
  }

  #write(stream: string, events: readonly NewEvent[], { positions, revisions }: StoredStream): Appended {
    const { rows, followings } = this.store;
    const recordedAt = this.now().toISOString();
    for (const event of events) {
      const prevHash = rows[(positions.at(-1) ?? 0) - 1]?.hash ?? NO_HASH;
      const text = storedText({ prevHash, stream, revision: positions.length, recordedAt }, writerText(event));
      revisions.set(event.eventId, positions.length);
      rows.push({ stream, type: event.type, text, hash: hashText(text) });
      positions.push(rows.length);
    }
    for (const following of followings) following.notify();
    return { revision: positions.length - 1, position: positionOf(rows.length), wereThere: false };
  }

  async #batch(after: number, batchSize: number, matches: (row: StoredRow) => boolean): Promise<EventBatch | undefined> {
    const events: RecordedEvent[] = [];
    let position = after;
    while (position < this.store.rows.length && events.length < batchSize) {
      position += 1;
      if (matches(this.store.rows[position - 1]!)) events.push(this.#event(position));
    }
    return position === after ? undefined : { events, upTo: positionOf(position) };
  }

  #event(position: number): RecordedEvent {
    const { text, hash } = this.store.rows[position - 1]!;
    return recordedEvent(text, hash, positionOf(position));
  }

  #assertOpen(): void {
    if (this.#closed) throw new LogUnavailable('it was closed');
  }
}
