import { setTimeout } from 'node:timers/promises';
import { JetStreamApiCodes, JetStreamApiError, jetstream, jetstreamManager } from '@nats-io/jetstream';
import type { JetStreamClient, JetStreamManager, JsMsg } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import type { RecordedEvent } from '@jeroboam/domain';
import { LogUnavailable } from '../errors.ts';
import { decodeMessage } from './message-codec.ts';
import { MessageFeed } from './message-feed.ts';

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

/** How long a read waits for the server to go on. */
const READ_PATIENCE_MS = 5_000;

/**
 * The JetStream stream under the log. What decides about an append (last messages) is asked of the stream's leader:
 * the faster direct gets may be answered by a replica that is behind.
 */
export class LogStream {
  private constructor(
    private readonly connection: NatsConnection,
    private readonly name: string,
    private readonly client: JetStreamClient,
    private readonly manager: JetStreamManager,
  ) {}

  static async of(connection: NatsConnection, name: string): Promise<LogStream> {
    return new LogStream(connection, name, jetstream(connection, API), await jetstreamManager(connection, { ...API, checkAPI: false }));
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

  async read(sequence: number): Promise<StoredAppend | undefined> {
    const message = await persistently(READ_PATIENCE_MS, () => this.manager.streams.getMessage(this.name, { seq: sequence }));
    return message ? storedAppend(message) : undefined;
  }

  /** The appends from one sequence to another, both inclusive; only those of `subject` when given, which must have the last. */
  async *between(from: number, to: number, subject?: string): AsyncGenerator<StoredAppend> {
    if (from > to) return;
    const feed = this.feed(from, subject);
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

  feed(from: number, subject?: string): MessageFeed {
    return new MessageFeed(this.client, { streamName: this.name, from, ...(subject !== undefined && { subject }) });
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
