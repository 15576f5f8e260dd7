import { randomUUID } from 'node:crypto';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { UnsuitableLog } from '../errors.ts';
import { aStream, anEvent, someEvents } from '../testing/an-event.ts';
import { BatchRecorder } from '../testing/contract/batch-recorder.ts';
import { collect } from '../testing/contract/store-fixture.ts';
import { eventLogContract } from '../testing/event-log.contract.ts';
import { startNatsServer } from '../testing/nats-server.ts';
import type { NatsServer } from '../testing/nats-server.ts';
import { openJetStreamEventLog } from './jetstream-event-log.ts';
import type { AcceptedRisks } from './suitability.ts';

let server: NatsServer;
beforeAll(async () => {
  server = await startNatsServer({ jetstream: true });
});
afterAll(() => server.stop());

const accept = { replicas: 1, unsynced: true };

eventLogContract('JetStreamEventLog', async () => {
  const name = randomUUID();
  return {
    open: () => openJetStreamEventLog({ servers: server.url, streamName: name, subjectPrefix: `test.${name}`, accept }),
    remove: async () => undefined,
  };
});

describe('opening a log on JetStream', () => {
  const names = () => {
    const name = randomUUID();
    return { streamName: name, subjectPrefix: `test.${name}` };
  };

  it('lists all that is less safe than the log asks for', async () => {
    const error: unknown = await openJetStreamEventLog({ servers: server.url, ...names(), monitorUrls: [server.monitorUrl] }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(UnsuitableLog);
    expect((error as UnsuitableLog).problems).toEqual([
      expect.stringContaining('accept.replicas'),
      // The server of Debian 12 does not know the setting.
      expect.stringContaining('acknowledges before it flushes'),
    ]);
  });

  it('asks for each risk to be accepted by itself', async () => {
    const open = (risks: AcceptedRisks) => openJetStreamEventLog({ servers: server.url, ...names(), accept: risks });
    await expect(open({ replicas: 1 })).rejects.toMatchObject({ problems: [expect.stringContaining('accept.unsynced')] });
    await expect(open({ unsynced: true })).rejects.toMatchObject({ problems: [expect.stringContaining('accept.replicas')] });
  });

  it('refuses a stream somebody made so that it can forget', async () => {
    const where = names();
    const connection = await connect({ servers: server.url });
    const { streams } = await jetstreamManager(connection);
    await streams.add({ name: where.streamName, subjects: [`${where.subjectPrefix}.>`], max_age: 60e9 });
    await connection.close();
    await expect(openJetStreamEventLog({ servers: server.url, ...where, accept })).rejects.toMatchObject({
      problems: [expect.stringContaining('deny_delete'), expect.stringContaining('deny_purge'), expect.stringContaining('max_age')],
    });
  });

  it('waits for an absent server, but not for ever', async () => {
    const gone = await startNatsServer();
    await gone.stop();
    await expect(openJetStreamEventLog({ servers: gone.url, accept, openTimeoutMs: 150 })).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' });
  });

  it('says so when the server has no JetStream', async () => {
    const plain = await startNatsServer();
    await expect(openJetStreamEventLog({ servers: plain.url, accept, openTimeoutMs: 150 })).rejects.toThrow('jetstream is not enabled');
    await plain.stop();
  });

  it('calls an append beyond what the server takes a bug', async () => {
    const log = await openJetStreamEventLog({ servers: server.url, ...names(), accept });
    const large = anEvent({ data: { text: 'x'.repeat(1024 * 1024) } });
    await expect(log.append(aStream(), [large], 'none')).rejects.toThrow('more than this log takes at once');
    await log.close();
  });
});

describe('a log on a JetStream server that crashes', () => {
  it('goes on by itself when the server is back: appends, reads and subscriptions', async () => {
    const crashing = await startNatsServer({ jetstream: true });
    const log = await openJetStreamEventLog({ servers: crashing.url, accept });
    const recorder = new BatchRecorder();
    log.subscribe({ batchSize: 2 }, recorder.handler);
    const stream = aStream();
    await log.append(stream, someEvents(3), 'none');
    await recorder.until(({ events }) => events.length === 3);

    await crashing.kill();
    const lost = someEvents(2);
    await expect(log.append(stream, lost, 2, { timeoutMs: 50 })).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' });
    await crashing.restart();

    const retried = await log.append(stream, lost, 2, { timeoutMs: 20_000 });
    expect(retried.revision).toBe(4);
    expect(await collect(log.readStream(stream))).toHaveLength(5);
    await recorder.until(({ events }) => events.length === 5);
    expect(recorder.events).toEqual(await collect(log.readAll()));
    await log.close();
    await crashing.stop();
  });

  it('can be closed while the server is gone', async () => {
    const crashing = await startNatsServer({ jetstream: true });
    const log = await openJetStreamEventLog({ servers: crashing.url, accept });
    const subscription = log.subscribe({}, async () => undefined);
    await log.append(aStream(), [anEvent()], 'none');
    await crashing.kill();
    await log.close();
    await expect(subscription.done).resolves.toBeUndefined();
    await crashing.stop();
  });
});
