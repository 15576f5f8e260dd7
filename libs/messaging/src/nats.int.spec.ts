import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Secret } from '@jeroboam/platform';
import { freePort, recordingLogger, startNatsServer } from '@jeroboam/platform/testing';
import { connect } from '@nats-io/transport-node';
import { natsTransport, openMessaging, type Messaging, type NatsOptions } from './messaging.ts';
import { aContext } from './testing/a-context.ts';
import { echo, hold, startInstance, which } from './testing/contract-service.ts';
import { messagingContract } from './testing/messaging.contract.ts';

messagingContract('the bus over NATS', async () => {
  const server = await startNatsServer();
  return {
    join: (options) => openMessaging({ profile: 'nats', servers: [server.url], queueGroup: 'contract', ...options }),
    close: () => server.stop(),
  };
});

describe('the bus over NATS', () => {
  const inTime = (timeoutMs = 10_000) => ({ context: aContext(), timeoutMs });
  const cleanUp: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const step of cleanUp.splice(0).reverse()) await step();
  });

  async function server(options: Parameters<typeof startNatsServer>[0] = {}) {
    const started = await startNatsServer(options);
    cleanUp.push(() => started.stop());
    return started;
  }
  function joinBus(url: string, options: Partial<NatsOptions> = {}): Messaging {
    const messaging = natsTransport({ servers: [url], queueGroup: 'contract', ...options });
    cleanUp.push(() => messaging.close());
    return messaging;
  }

  it('comes back by itself after the server was killed and started again', async () => {
    const bus = await server();
    const logger = recordingLogger();
    const service = joinBus(bus.url);
    const { instance } = await startInstance('first', service);
    const { client } = joinBus(bus.url, { logger, connectTimeoutMs: 20_000 });
    expect(await client.send(echo, 'before', inTime())).toBe('before');
    await bus.kill();
    await until(() => throws(() => service.check()));
    await bus.restart();
    // One that cannot be sent waits for the bus; one that came before the handler was back is refused, never lost.
    expect(await persist(() => client.send(echo, 'after', inTime(20_000)))).toBe('after');
    expect(await client.send(which, { id: 1 }, inTime())).toBe('first');
    expect(instance.handled).toEqual([1]);
    expect(logger.lines.map(({ message }) => message)).toEqual(['nats connected', 'nats connection lost', 'nats connection restored']);
  });

  it('refuses what it cannot send, and does not send it later', async () => {
    const bus = await server();
    const service = joinBus(bus.url);
    const { instance } = await startInstance('first', service);
    const sender = joinBus(bus.url, { connectTimeoutMs: 30 });
    expect(await persist(() => sender.client.send(echo, 'before', inTime()))).toBe('before');
    await bus.kill();
    await until(() => throws(() => sender.check()));
    await expect(sender.client.send(which, { id: 1 }, inTime())).rejects.toMatchObject({
      code: 'MESSAGING_UNAVAILABLE',
      kind: 'unavailable',
    });
    await bus.restart();
    expect(await persist(() => sender.client.send(which, { id: 2 }, inTime()))).toBe('first');
    expect(instance.handled).toEqual([2]);
  });

  it('brings an answer that was given while the bus was away', async () => {
    const bus = await server();
    const service = joinBus(bus.url);
    const { instance } = await startInstance('first', service);
    const sender = joinBus(bus.url);
    const underWay = sender.client.send(hold, null, inTime(20_000));
    await instance.holding.promise;
    await bus.kill();
    await until(() => throws(() => sender.check()) && throws(() => service.check()));
    await bus.restart();
    await until(() => !throws(() => sender.check()) && !throws(() => service.check()));
    instance.release.resolve();
    expect(await underWay).toBe('first');
  });

  it('waits at boot for a server that is not there yet, without filling the log', async () => {
    const port = await freePort();
    const logger = recordingLogger();
    const service = joinBus(`nats://127.0.0.1:${port}`, { logger });
    expect(() => service.check()).toThrow('no connection to nats://127.0.0.1');
    const starting = startInstance('first', service);
    await until(() => logger.lines.length > 0);
    await server({ port });
    await starting;
    expect(await service.client.send(echo, 'here', inTime())).toBe('here');
    expect(logger.lines.map(({ level, message }) => `${level}: ${message}`)).toEqual([
      'warn: nats cannot be reached; waiting for it',
      'info: nats connected',
    ]);
  });

  it('can be given up while it waits at boot', async () => {
    const service = joinBus(`nats://127.0.0.1:${await freePort()}`);
    const outcome = startInstance('first', service).catch((error: unknown) => error);
    await service.close();
    expect(await outcome).toMatchObject({ code: 'MESSAGING_UNAVAILABLE' });
  });

  it('can be closed while the server is away', async () => {
    const bus = await server();
    const service = joinBus(bus.url);
    await startInstance('first', service);
    await bus.kill();
    await until(() => throws(() => service.check()));
    await service.close();
  });

  it('shows its credentials, also when they are secrets', async () => {
    const bus = await server({ token: 'open sesame' });
    const service = joinBus(bus.url, { token: new Secret('open sesame') });
    await startInstance('first', service);
    expect(await service.client.send(echo, 'let in', inTime())).toBe('let in');
  });

  it('stays outside with wrong credentials, says why, and never shows them', async () => {
    const bus = await server({ args: ['--user', 'api', '--pass', 'correct'] });
    const logger = recordingLogger();
    const sender = joinBus(bus.url, { user: 'api', password: new Secret('wrong horse'), connectTimeoutMs: 50, logger });
    await expect(sender.client.send(echo, 1, inTime())).rejects.toMatchObject({ code: 'MESSAGING_UNAVAILABLE' });
    expect(JSON.stringify(logger.lines)).toMatch(/authorization/i);
    expect(JSON.stringify(logger.lines)).not.toContain('wrong horse');
  });

  it('answers what is no message of ours with a refusal, and ignores what nobody waits for', async () => {
    const bus = await server();
    const logger = recordingLogger();
    const { instance } = await startInstance('first', joinBus(bus.url, { logger }));
    const stranger = await connect({ servers: bus.url });
    cleanUp.push(() => stranger.close());
    for (const body of ['{', 'null', '{"payload":1}', '{"context":{"actor":{}},"payload":1}']) {
      const answer = await stranger.request(which.pattern, body);
      expect(answer.json()).toMatchObject({ refusal: { code: 'MESSAGE_MALFORMED', kind: 'invalid' } });
    }
    stranger.publish(which.pattern, JSON.stringify({ context: aContext(), payload: { id: 1 } }));
    await until(() => logger.lines.some(({ message }) => message === 'message without reply subject ignored'));
    expect(instance.handled).toEqual([]);
  });

  it('carries no more than the server does', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'jeroboam-nats-'));
    cleanUp.push(() => Promise.resolve(rmSync(folder, { recursive: true })));
    writeFileSync(join(folder, 'nats.conf'), 'max_payload: 2000\n');
    const bus = await server({ args: ['--config', join(folder, 'nats.conf')] });
    const service = joinBus(bus.url);
    await startInstance('first', service);
    await expect(service.client.send(echo, 'x'.repeat(2_000), inTime())).rejects.toMatchObject({
      code: 'MESSAGE_TOO_LARGE',
      details: { maxBytes: 2_000 },
    });
  });
});

function throws(check: () => void): boolean {
  try {
    check();
    return false;
  } catch {
    return true;
  }
}

/** Looks again at each turn of the event loop. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

/** Sends again what was certainly not handled, as a caller with patience would. */
async function persist<T>(send: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await send();
    } catch (error) {
      if (!['NO_HANDLER', 'MESSAGING_UNAVAILABLE'].includes((error as { code: string }).code)) throw error;
    }
  }
}
