import { JetStreamApiError, jetstream, jetstreamManager } from '@nats-io/jetstream';
import type { JetStreamClient } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import type { NatsConnection } from '@nats-io/transport-node';
import type { Logger, Secret } from '@jeroboam/platform';
import { enveloped } from '../message/notification.ts';
import type { Message } from '../message/notification.ts';
import { SinkUnavailable, unavailable } from './sink.port.ts';
import type { Sink } from './sink.port.ts';

export interface JetStreamSinkOptions {
  readonly servers: readonly string[];
  readonly token?: Secret;
  /** Made where there is none of this name, for `magnum.notifications.>`. */
  readonly stream: string;
  readonly logger: Logger;
}

export const SUBJECTS = 'magnum.notifications';
const TIMEOUT_MS = 5_000;
/** Publishes under way at once: enough to hide the way there and back, few enough for one burst of a server's buffer. */
const IN_FLIGHT = 500;

/**
 * NATS JetStream: `magnum.notifications.<priority>.<event type>`, with `Nats-Msg-Id`, so that the server drops what comes
 * twice within its window. The bytes are those of RabbitMQ.
 */
export class JetStreamSink implements Sink {
  readonly name = 'nats';
  #connection: Promise<Opened> | undefined;
  #closed = false;

  constructor(private readonly options: JetStreamSinkOptions) {}

  async publish(messages: readonly Message[]): Promise<void> {
    try {
      const { client } = await this.#opened();
      for (let start = 0; start < messages.length; start += IN_FLIGHT) {
        // Written in this order to one connection, stored in the order in which they arrive.
        await Promise.all(messages.slice(start, start + IN_FLIGHT).map((message) => this.#send(client, message)));
      }
    } catch (error) {
      await this.#letGo();
      throw unavailable(this.name, error);
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#letGo();
  }

  async #send(client: JetStreamClient, message: Message): Promise<void> {
    const subject = `${SUBJECTS}.${message.priority}.${message.eventType}`;
    await client.publish(subject, enveloped(message), { msgID: message.messageId, timeout: TIMEOUT_MS, expect: { streamName: this.options.stream } });
  }

  #opened(): Promise<Opened> {
    if (this.#closed) throw new SinkUnavailable(this.name, 'it was closed');
    this.#connection ??= this.#open();
    return this.#connection;
  }

  async #open(): Promise<Opened> {
    const { servers, token, stream } = this.options;
    const connection = await connect({ servers: [...servers], name: 'jeroboam-notifier', timeout: TIMEOUT_MS, reconnect: false, ...(token ? { token: token.reveal() } : {}) });
    try {
      await this.#ensureStream(connection, stream);
    } catch (error) {
      await connection.close();
      throw error;
    }
    return { connection, client: jetstream(connection, { timeout: TIMEOUT_MS }) };
  }

  /** One that is there stays as its operator made it. */
  async #ensureStream(connection: NatsConnection, name: string): Promise<void> {
    const manager = await jetstreamManager(connection, { timeout: TIMEOUT_MS });
    try {
      await manager.streams.info(name);
    } catch (error) {
      if (!(error instanceof JetStreamApiError) || error.code !== 10_059) throw error;
      const sevenDays = 7 * 86_400 * 1e9;
      await manager.streams.add({ name, subjects: [`${SUBJECTS}.>`], max_age: sevenDays, duplicate_window: 120e9 });
      this.options.logger.info('stream of notifications made', { stream: name, subjects: `${SUBJECTS}.>`, maxAgeDays: 7 });
    }
  }

  async #letGo(): Promise<void> {
    const opening = this.#connection;
    this.#connection = undefined;
    // It may be the opening that failed; who published has been told.
    await opening?.then(({ connection }) => connection.close()).catch(() => undefined);
  }
}

interface Opened {
  readonly connection: NatsConnection;
  readonly client: JetStreamClient;
}
