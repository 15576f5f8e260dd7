import { setTimeout } from 'node:timers/promises';
import { JetStreamApiCodes, JetStreamApiError, jetstream, jetstreamManager } from '@nats-io/jetstream';
import type { Consumer, JetStreamClient, JetStreamManager, JsMsg } from '@nats-io/jetstream';
import { nanos } from '@nats-io/transport-node';
import type { NatsConnection } from '@nats-io/transport-node';
import type { RecordedEvent } from '@jeroboam/domain';
import { LogUnavailable } from '../errors.ts';
import { decodeMessage } from './message-codec.ts';
import { MessageFeed } from './message-feed.ts';
import type { FeedOptions, FeedSource } from './message-feed.ts';

/** One append as the server keeps it. */
export interface StoredAppend {
  readonly sequence: number;
  readonly events: readonly RecordedEvent[];
}

/** The sequence the message must come after on its subject was not the last one any more: nothing was written. */
export class SequenceConflict extends Error {}

/** One question to the server may take this long (in milliseconds) before it is asked again: a reconnect may have lost it. */
const API = { timeout: 1_000 };
const RETRY_MS = 50;
/** Messages of one subject read one by one before a cursor is worth its making. */
const SINGLE_READS = 5;
/** A read knows that there is more, a subscription only that there may be. */
const READ_PULL_MS = 1_000;
const FOLLOW_PULL_MS = 5_000;
const CURSOR_INACTIVE_MS = 60_000;

/** How long a read waits for the server to go on. */
const READ_PATIENCE_MS = 5_000;

/**
 * The JetStream stream under the log. What decides about an append (last messages) is asked of the stream's leader:
 * the faster direct gets may be answered by a replica that is behind.
 */
export class LogStream implements FeedSource {
  readonly #feeds = new Set<MessageFeed>();

  private constructor(
    private readonly connection: NatsConnection,
    private readonly name: string,
    private readonly client: JetStreamClient,
    private readonly manager: JetStreamManager,
  ) {}

  static async of(connection: NatsConnection, name: string): Promise<LogStream> {
    const log = new LogStream(connection, name, jetstream(connection, API), await jetstreamManager(connection, { ...API, checkAPI: false }));
    void log.#watchConnection();
    return log;
  }

  /** Bytes the server takes in one message. */
  get maxBytes(): number {
    return this.connection.info?.max_payload ?? 1024 * 1024;
  }

  /**
   * @returns the sequence the message got.
   * @throws {SequenceConflict} when `afterSequence` is not the last of `subject`.
   * @throws {LogUnavailable} when nobody knows.
   */
  async publish(subject: string, payload: Uint8Array, afterSequence: number, timeoutMs: number): Promise<number> {
    try {
      const { seq } = await this.client.publish(subject, payload, {
        timeout: Math.max(1, timeoutMs),
        expect: { streamName: this.name, lastSubjectSequence: afterSequence },
      });
      return seq;
    } catch (error) {
      if (error instanceof JetStreamApiError && error.code === JetStreamApiCodes.StreamWrongLastSequence) throw new SequenceConflict();
      throw unavailable(error);
    }
  }

  /** Sequence of the last message of `subject`; 0 when there is none. */
  async lastSequence(subject: string, patienceMs = READ_PATIENCE_MS): Promise<number> {
    return (await persistently(patienceMs, () => this.manager.streams.getMessage(this.name, { last_by_subj: subject })))?.seq ?? 0;
  }

  /** Sequence of the last message of all; 0 when there is none. */
  async headSequence(): Promise<number> {
    return (await persistently(READ_PATIENCE_MS, () => this.manager.streams.info(this.name))).state.last_seq;
  }

  read(sequence: number): Promise<StoredAppend | undefined> {
    return this.#get({ seq: sequence });
  }

  /** The appends from one sequence to another, both inclusive; only those of `subject` when given, which must have the last. */
  async *between(from: number, to: number, subject?: string): AsyncGenerator<StoredAppend> {
    let next = from;
    // Most streams are short, and asking for a message takes a tenth of what making a cursor takes in a cluster.
    const single = subject === undefined ? 0 : SINGLE_READS;
    for (let asked = 0; asked < single && next <= to; asked += 1) {
      const append = await this.#get({ seq: next, next_by_subj: subject });
      if (!append) throw new LogUnavailable(`the server does not have message ${to} of ${subject} (yet)`);
      yield append;
      next = append.sequence + 1;
    }
    if (next <= to) yield* this.#streamed(next, to, subject);
  }

  async *#streamed(from: number, to: number, subject: string | undefined): AsyncGenerator<StoredAppend> {
    const feed = this.#feed({ from, pullMs: READ_PULL_MS, ...(subject !== undefined && { subject }) });
    try {
      for (;;) {
        for (const message of await feed.take(READ_PATIENCE_MS)) {
          yield storedAppend(message);
          if (message.seq >= to) return;
        }
      }
    } finally {
      await feed.close();
    }
  }

  /** Whoever takes it closes it. */
  follow(from: number): MessageFeed {
    return this.#feed({ from, pullMs: FOLLOW_PULL_MS });
  }

  #feed(options: FeedOptions): MessageFeed {
    const feed = new MessageFeed(this, options, () => this.#feeds.delete(feed));
    this.#feeds.add(feed);
    return feed;
  }

  async cursor(from: number, subject: string | undefined): Promise<Consumer> {
    const info = await this.manager.consumers.add(this.name, {
      deliver_policy: 'by_start_sequence',
      opt_start_seq: from,
      ack_policy: 'none',
      num_replicas: 1,
      mem_storage: true,
      inactive_threshold: nanos(CURSOR_INACTIVE_MS),
      ...(subject !== undefined && { filter_subject: subject }),
    });
    return this.client.consumers.getConsumerFromInfo(info);
  }

  discard(cursor: Consumer): void {
    // When this does not reach the server, it drops the cursor after CURSOR_INACTIVE_MS.
    cursor.delete().catch(() => undefined);
  }

  last(subject: string | undefined): Promise<number> {
    return subject === undefined ? this.headSequence() : this.lastSequence(subject);
  }

  async #get(query: { readonly seq: number; readonly next_by_subj?: string | undefined }): Promise<StoredAppend | undefined> {
    const message = await persistently(READ_PATIENCE_MS, () => this.manager.streams.getMessage(this.name, query));
    return message ? storedAppend(message) : undefined;
  }

  async #watchConnection(): Promise<void> {
    for await (const { type } of this.connection.status()) {
      if (type === 'disconnect') for (const feed of this.#feeds) feed.doubt();
    }
  }
}

/**
 * Asks again until there is an answer: reading is harmless.
 *
 * @throws {LogUnavailable} with the last failure, when `patienceMs` is over.
 */
async function persistently<T>(patienceMs: number, ask: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (performance.now() >= deadline) throw unavailable(error);
      await setTimeout(RETRY_MS);
    }
  }
}

export function storedAppend(message: Pick<JsMsg, 'seq' | 'string'>): StoredAppend {
  return { sequence: message.seq, events: decodeMessage(message.seq, message.string()) };
}

/** Whatever the client or the server said: the caller may try again. */
export function unavailable(error: unknown): LogUnavailable {
  return new LogUnavailable(error instanceof Error ? error.message : String(error), { cause: error });
}
