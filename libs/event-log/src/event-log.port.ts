import type { NewEvent, Position, RecordedEvent } from '@jeroboam/domain';

/**
 * The revision a writer decided on: 0-based revision of the last event it has read, `'none'` for a stream that must
 * not exist yet, `'any'` to append wherever the stream stands.
 */
export type Expected = number | 'none' | 'any';

export interface Appended {
  /** 0-based revision of the last of the events. */
  readonly revision: number;
  /** Position of the last of the events. */
  readonly position: Position;
  /** The stream held all of them before: nothing was written. */
  readonly wereThere: boolean;
}

export interface ReadFilter {
  /** Only streams of these categories (the part of the name before the first `-`); absent: all. */
  readonly categories?: readonly string[];
  /** Only events of these types; absent: all. */
  readonly types?: readonly string[];
}

export interface ReadAllOptions extends ReadFilter {
  /** Strictly after this position; absent: from the beginning. */
  readonly after?: Position;
  /** At most this many events; absent: up to the head as it was when the read began. */
  readonly limit?: number;
}

export interface ReadStreamOptions {
  /** First revision wanted, inclusive. @default 0 */
  readonly from?: number;
  readonly limit?: number;
}

export interface SubscribeOptions extends ReadFilter {
  /** Strictly after this position; absent: from the beginning. A new reactor passes `await log.head()`: it starts at now. */
  readonly after?: Position;
  /** At most this many events in one call of the handler. @default 256 */
  readonly batchSize?: number;
  /** Whether somebody waits for what its handler does: it then goes before subscriptions of this instance that nobody waits for. A hint. */
  readonly isAwaited?: () => boolean;
}

export interface EventBatch {
  readonly events: readonly RecordedEvent[];
  /**
   * Everything up to here has been looked at, also what the filter left out: what a consumer keeps as its checkpoint,
   * in the same transaction as its effect.
   */
  readonly upTo: Position;
}

export interface Subscription {
  /** Settles when the subscription has ended: resolved after `stop`, rejected with what the handler threw. */
  readonly done: Promise<void>;
  /** Ends the subscription and waits for a handler call under way. */
  stop(): Promise<void>;
}

/**
 * The append-only log that all state is rebuilt from. Every adapter passes `eventLogContract`.
 */
export interface EventLog {
  /**
   * Appends `events` to `stream`, all or none, in the given order. When it resolves they are durable: they survive
   * the loss of power. Events whose ids the stream already holds are not written again: the call resolves with where
   * they are.
   *
   * @param expected the revision the caller decided on.
   * @param options.timeoutMs gives up waiting after this many milliseconds. @default 5000
   * @throws {RevisionConflict} another writer came first: nothing was written; reload and decide again.
   * @throws {LogUnavailable} outcome unknown: retry with the same event ids, which writes at most once.
   */
  append(stream: string, events: readonly NewEvent[], expected: Expected, options?: { readonly timeoutMs?: number }): Promise<Appended>;

  /** One stream's events in order of revision; nothing for a stream that does not exist. */
  readStream(stream: string, options?: ReadStreamOptions): AsyncIterable<RecordedEvent>;

  /** Events of all streams in order of position. */
  readAll(options?: ReadAllOptions): AsyncIterable<RecordedEvent>;

  /** Position of the last event in the log; undefined while it is empty. */
  head(): Promise<Position | undefined>;

  /**
   * Follows the log: calls `handler` with batches in order of position, first what is there, then what comes, never
   * two calls at once (a slow handler is waited for and never slows a writer), never past a position it has not seen.
   * A handler that throws ends the subscription.
   */
  subscribe(options: SubscribeOptions, handler: (batch: EventBatch) => Promise<void>): Subscription;

  /** Finishes appends under way, ends subscriptions, lets go of files and connections. */
  close(): Promise<void>;
}
