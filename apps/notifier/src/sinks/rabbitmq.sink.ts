import { connect } from 'amqplib';
import type { ChannelModel, ConfirmChannel } from 'amqplib';
import type { Logger, Secret } from '@jeroboam/platform';
import { enveloped } from '../message/notification.ts';
import type { Message } from '../message/notification.ts';
import { SinkUnavailable, unavailable } from './sink.port.ts';
import type { Sink } from './sink.port.ts';

/**
 * How exchange and queues come to be. `active`: declared by us, as oslo.messaging's publishers do, so that nothing is lost
 * before the first consumer comes; `passive`: only looked for; `none`: taken for granted.
 */
export type Declare = 'active' | 'passive' | 'none';

export interface RabbitMqSinkOptions {
  /** `amqp://user:password@host:port/vhost`, or `amqps`. */
  readonly url: Secret;
  readonly exchange: string;
  /** Must be what Ceilometer's `[oslo_messaging_rabbit] amqp_durable_queues` is. */
  readonly durable: boolean;
  /** As `rabbit_quorum_queue`; makes them durable. */
  readonly quorum: boolean;
  readonly declare: Declare;
  readonly logger: Logger;
}

const PRIORITIES = ['info', 'error', 'sample'] as const;
const CONNECT_TIMEOUT_MS = 5_000;
/** A broker that says nothing for two of these is gone. */
const HEARTBEAT_SECONDS = 10;
/** Unconfirmed messages at once: some megabytes, and enough that the way there and back does not count. */
const IN_FLIGHT = 4_000;
const PRECONDITION_FAILED = 406;

interface Opened {
  readonly connection: ChannelModel;
  readonly channel: ConfirmChannel;
  /** Ids of messages that no queue took. The broker says so before it confirms them. */
  readonly returned: Set<string>;
}

/**
 * RabbitMQ as oslo.messaging's `messagingv2` driver uses it. A message counts as taken when the broker has confirmed it
 * and not returned it: one that no queue takes is confirmed too.
 */
export class RabbitMqSink implements Sink {
  readonly name = 'rabbitmq';
  #opened: Opened | undefined;
  #declare: Declare;
  #closed = false;
  /** Rejects when this sink is closed: a broker that blocks us would not even hear that we go. */
  readonly #end = Promise.withResolvers<never>();

  constructor(private readonly options: RabbitMqSinkOptions) {
    if (!/^amqps?:$/.test(URL.parse(options.url.reveal())?.protocol ?? '')) throw new Error('JEROBOAM_RABBITMQ_URL is not of the form amqp://USER:PASSWORD@HOST:PORT/VHOST');
    this.#declare = options.declare;
    this.#end.promise.catch(() => undefined);
  }

  async publish(messages: readonly Message[]): Promise<void> {
    try {
      const opened = await this.#open();
      for (let start = 0; start < messages.length; start += IN_FLIGHT) {
        const part = messages.slice(start, start + IN_FLIGHT);
        await Promise.race([this.#end.promise, Promise.all(part.map((message) => this.#send(opened.channel, message)))]);
        this.#assertTaken(opened, part);
      }
    } catch (error) {
      this.#letGo();
      throw unavailable(this.name, error);
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#end.reject(new SinkUnavailable(this.name, 'it was closed'));
    this.#letGo();
  }

  #send(channel: ConfirmChannel, message: Message): Promise<void> {
    const { messageId, priority } = message;
    const properties = { contentType: 'application/json', contentEncoding: 'utf-8', deliveryMode: 2, priority: 0, headers: {}, messageId, mandatory: true };
    return new Promise((resolve, reject) => {
      const confirmed = (error: unknown): void => (error ? reject(error) : resolve());
      channel.publish(this.options.exchange, `notifications.${priority}`, Buffer.from(enveloped(message)), properties, confirmed);
    });
  }

  #assertTaken({ returned }: Opened, messages: readonly Message[]): void {
    const lost = messages.filter(({ messageId }) => returned.has(messageId));
    returned.clear();
    if (lost.length === 0) return;
    const keys = [...new Set(lost.map(({ priority }) => `notifications.${priority}`))];
    throw new SinkUnavailable(this.name, `no queue is bound to exchange ${this.options.exchange} for ${keys.join(', ')}: ${lost.length} returned`);
  }

  async #open(): Promise<Opened> {
    if (this.#closed) throw new SinkUnavailable(this.name, 'it was closed');
    if (this.#opened) return this.#opened;
    const connection = await this.#connect();
    try {
      return (this.#opened = await this.#declared(connection));
    } catch (error) {
      await connection.close().catch(() => undefined);
      throw error;
    }
  }

  async #connect(): Promise<ChannelModel> {
    const url = new URL(this.options.url.reveal());
    if (!url.searchParams.has('heartbeat')) url.searchParams.set('heartbeat', String(HEARTBEAT_SECONDS));
    // Without delay: a small batch would wait 40 ms for the acknowledgement of its own beginning (Nagle meets delayed ACK).
    const connection = await connect(url.href, { timeout: CONNECT_TIMEOUT_MS, noDelay: true, clientProperties: { connection_name: 'jeroboam-notifier' } });
    const { logger } = this.options;
    // Whoever publishes learns it from the confirm that does not come; without a listener the process would end.
    connection.on('error', (error) => logger.debug('connection to RabbitMQ lost', { error }));
    connection.on('close', () => (this.#opened?.connection === connection ? (this.#opened = undefined) : undefined));
    connection.on('blocked', (reason) => logger.warn('RabbitMQ takes no messages for now (memory or disk alarm); notifications wait in the log', { reason }));
    connection.on('unblocked', () => logger.info('RabbitMQ takes messages again'));
    return connection;
  }

  async #declared(connection: ChannelModel): Promise<Opened> {
    const opened = await this.#channel(connection);
    try {
      await this.#makeReady(opened.channel);
      return opened;
    } catch (error) {
      if (this.#declare !== 'active' || (error as { code?: unknown }).code !== PRECONDITION_FAILED) throw error;
      // Whoever came first has declared it otherwise, and everybody on the broker must agree: theirs will do.
      this.options.logger.warn('exchange or queues of notifications are declared otherwise than configured; taking them as they are', {
        exchange: this.options.exchange, durable: this.options.durable, quorum: this.options.quorum, error,
      });
      this.#declare = 'passive';
      const again = await this.#channel(connection);
      await this.#makeReady(again.channel);
      return again;
    }
  }

  async #channel(connection: ChannelModel): Promise<Opened> {
    const channel = await connection.createConfirmChannel();
    const returned = new Set<string>();
    channel.on('return', ({ properties }) => returned.add(String(properties.messageId)));
    channel.on('error', (error) => this.options.logger.debug('channel to RabbitMQ closed', { error }));
    channel.on('close', () => (this.#opened?.channel === channel ? (this.#opened = undefined) : undefined));
    return { connection, channel, returned };
  }

  async #makeReady(channel: ConfirmChannel): Promise<void> {
    const { exchange, quorum } = this.options;
    const durable = this.options.durable || quorum;
    if (this.#declare === 'passive') await channel.checkExchange(exchange);
    if (this.#declare !== 'active') return;
    await channel.assertExchange(exchange, 'topic', { durable, autoDelete: false });
    for (const priority of PRIORITIES) {
      const queue = `notifications.${priority}`;
      await channel.assertQueue(queue, { durable, autoDelete: false, ...(quorum ? { arguments: { 'x-queue-type': 'quorum' } } : {}) });
      await channel.bindQueue(queue, exchange, queue);
    }
  }

  #letGo(): void {
    const { connection } = this.#opened ?? {};
    this.#opened = undefined;
    // A connection that is gone cannot be closed in order either; a broker that hangs is not waited for.
    void connection?.close().catch(() => undefined);
  }
}
