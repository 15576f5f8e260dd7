import { connect } from 'amqplib';
import type { Channel, ChannelModel } from 'amqplib';
import { Secret } from '@jeroboam/platform';
import { recordingLogger } from '@jeroboam/platform/testing';
import { RabbitMqServer } from '../testing/rabbitmq-server.ts';
import { sinkContract, someMessages } from '../testing/sink.contract.ts';
import { RabbitMqSink } from './rabbitmq.sink.ts';
import type { RabbitMqSinkOptions } from './rabbitmq.sink.ts';

const QUEUES = ['notifications.info', 'notifications.error', 'notifications.sample'];

function sinkOf(url: string, more: Partial<RabbitMqSinkOptions> = {}) {
  const logger = recordingLogger();
  return { logger, sink: new RabbitMqSink({ url: new Secret(url), exchange: 'magnum', durable: false, quorum: false, declare: 'active', logger, ...more }) };
}

async function onChannel<T>(url: string, work: (channel: Channel, connection: ChannelModel) => Promise<T>): Promise<T> {
  const connection = await connect(url);
  connection.on('error', () => undefined);
  try {
    const channel = await connection.createChannel();
    channel.on('error', () => undefined);
    return await work(channel, connection);
  } finally {
    await connection.close();
  }
}

/** Takes everything out of the queues. */
async function drained(url: string): Promise<{ readonly properties: object; readonly message: string }[]> {
  return onChannel(url, async (channel) => {
    const taken: { readonly properties: object; readonly message: string }[] = [];
    for (const queue of QUEUES) {
      for (let next = await channel.get(queue, { noAck: true }); next; next = await channel.get(queue, { noAck: true })) {
        taken.push({ properties: next.properties, message: (JSON.parse(String(next.content)) as Record<string, string>)['oslo.message']! });
      }
    }
    return taken;
  });
}

let server: RabbitMqServer;
beforeAll(async () => {
  server = await RabbitMqServer.start();
}, 90_000);
afterAll(() => server.stop());

/** A broker where nothing is declared. */
const emptied = (exchange: string): Promise<void> => onChannel(server.url, async (channel) => {
  for (const queue of QUEUES) await channel.deleteQueue(queue);
  await channel.deleteExchange(exchange);
});

sinkContract('RabbitMqSink', async () => {
  const kept: string[] = [];
  return {
    sink: sinkOf(server.url, { durable: true }).sink,
    async kept() {
      kept.push(...(await drained(server.url)).map(({ message }) => message));
      return kept;
    },
    breakDown: () => server.end('SIGKILL'),
    restore: () => server.launch(),
    // The contract leaves it broken down.
    async close() {
      await server.launch();
      await emptied('magnum');
    },
  };
});

describe('RabbitMqSink', () => {
  afterEach(() => emptied('magnum'));

  it('sends what oslo.messaging sends: envelope 2.0 as JSON, its content type, persistent', async () => {
    const { sink } = sinkOf(server.url);
    const [message] = someMessages(1);
    await sink.publish([message!]);
    await sink.close();
    expect(await drained(server.url)).toMatchObject([{ message: message!.text, properties: { contentType: 'application/json', contentEncoding: 'utf-8', deliveryMode: 2, messageId: message!.messageId } }]);
  });
  it('does not count as sent what no queue takes, although the broker confirms it', async () => {
    await onChannel(server.url, async (channel) => void (await channel.assertExchange('magnum', 'topic', { durable: false })));
    const { sink } = sinkOf(server.url, { declare: 'passive' });
    await expect(sink.publish(someMessages(2))).rejects.toThrow(/no queue is bound to exchange magnum for notifications\.info: 2 returned/);
    await onChannel(server.url, async (channel) => {
      await channel.assertQueue('notifications.info', { durable: false });
      await channel.bindQueue('notifications.info', 'magnum', 'notifications.info');
    });
    await sink.publish(someMessages(2));
    await sink.close();
  });
  it('waits for an exchange that is not there, where it must not make one', async () => {
    const { sink } = sinkOf(server.url, { declare: 'passive' });
    await expect(sink.publish(someMessages(1))).rejects.toMatchObject({ name: 'SinkUnavailable', message: expect.stringMatching(/NOT.FOUND/) });
    await sink.close();
  });
  it.each([{ theirs: false, ours: { durable: true } }, { theirs: true, ours: {} }, { theirs: true, ours: { quorum: true } }])(
    'takes exchange and queues as Ceilometer made them (durable: $theirs), whatever it is configured to make ($ours), and says so',
    async ({ theirs, ours }) => {
      await onChannel(server.url, async (channel) => {
        await channel.assertExchange('magnum', 'topic', { durable: theirs, autoDelete: false });
        for (const queue of QUEUES) {
          await channel.assertQueue(queue, { durable: theirs, autoDelete: false });
          await channel.bindQueue(queue, 'magnum', queue);
        }
      });
      const { sink, logger } = sinkOf(server.url, ours);
      const messages = someMessages(2);
      await sink.publish(messages);
      await sink.close();
      expect((await drained(server.url)).map(({ message }) => message)).toEqual(messages.map(({ text }) => text));
      expect(logger.lines.filter(({ level }) => level !== 'debug')).toMatchObject([{ level: 'warn', message: expect.stringContaining('declared otherwise than configured') }]);
    },
  );
  it('makes quorum queues where it is told to and comes first', async () => {
    const { sink } = sinkOf(server.url, { quorum: true });
    await sink.publish(someMessages(1));
    await sink.close();
    await onChannel(server.url, (channel) => channel.assertQueue('notifications.info', { durable: true, arguments: { 'x-queue-type': 'quorum' } }));
  });
  it('waits while the broker has raised an alarm, and goes on when it is over', async () => {
    const { sink, logger } = sinkOf(server.url);
    await sink.publish(someMessages(1));
    await server.control('set_vm_memory_high_watermark', '0.00001');
    let isSent = false;
    const messages = someMessages(5);
    const sending = sink.publish(messages).then(() => (isSent = true));
    await server.untilLogged(logger, 'takes no messages for now');
    expect(isSent).toBe(false);
    await server.control('set_vm_memory_high_watermark', '0.6');
    await sending;
    expect(logger.lines.map(({ message }) => message)).toContain('RabbitMQ takes messages again');
    await sink.close();
  }, 60_000);
  it('closes although the broker has blocked it', async () => {
    const { sink, logger } = sinkOf(server.url);
    await sink.publish(someMessages(1));
    await server.control('set_vm_memory_high_watermark', '0.00001');
    const sending = sink.publish(someMessages(1));
    const outcome = sending.catch((error: unknown) => error);
    await server.untilLogged(logger, 'takes no messages for now');
    await sink.close();
    expect(await outcome).toMatchObject({ name: 'SinkUnavailable' });
    await server.control('set_vm_memory_high_watermark', '0.6');
  }, 60_000);
});
