import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { startNatsServer } from '@jeroboam/event-log/testing';
import { silentLogger } from '@jeroboam/platform';
import { sinkContract, someMessages } from '../testing/sink.contract.ts';
import { JetStreamSink } from './jetstream.sink.ts';

const STREAM = 'magnum_notifications';
type Server = Awaited<ReturnType<typeof startNatsServer>>;

interface Stored {
  readonly subject: string;
  readonly id: string;
  readonly body: { readonly 'oslo.version': string; readonly 'oslo.message': string };
}

async function storedIn({ url }: Server): Promise<Stored[]> {
  const connection = await connect({ servers: url });
  const { state } = await (await jetstreamManager(connection)).streams.info(STREAM);
  const stored: Stored[] = [];
  const consumer = await jetstream(connection).consumers.get(STREAM);
  for (let left = state.messages; left > 0; ) {
    for await (const message of await consumer.fetch({ max_messages: Math.min(left, 500), expires: 5_000 })) {
      stored.push({ subject: message.subject, id: message.headers!.get('Nats-Msg-Id'), body: message.json() });
      left -= 1;
    }
  }
  await connection.close();
  return stored;
}

const sinkOf = ({ url }: Server) => new JetStreamSink({ servers: [url], stream: STREAM, logger: silentLogger });

sinkContract('JetStreamSink', async () => {
  const server = await startNatsServer({ jetstream: true });
  return {
    sink: sinkOf(server),
    kept: async () => (await storedIn(server)).map(({ body }) => body['oslo.message']),
    breakDown: () => server.kill(),
    restore: () => server.restart(),
    close: () => server.stop(),
  };
});

describe('JetStreamSink', () => {
  let server: Server;
  beforeAll(async () => {
    server = await startNatsServer({ jetstream: true });
  });
  afterAll(() => server.stop());

  it('names subject and id, so that a message that comes again within the server’s window is kept once', async () => {
    const [message] = someMessages(1, { priority: 'ERROR', eventType: 'magnum.cluster.create.error' });
    const sink = sinkOf(server);
    await sink.publish([message!]);
    await sink.publish([message!]);
    await sink.close();
    expect(await storedIn(server)).toEqual([
      { subject: 'magnum.notifications.error.magnum.cluster.create.error', id: message!.messageId, body: { 'oslo.version': '2.0', 'oslo.message': message!.text } },
    ]);
  });
});
