import { EventEmitter, once } from 'node:events';
import { Module } from '@nestjs/common';
import { Server, type CustomTransportStrategy } from '@nestjs/microservices';
import { defineConfig } from '../config/config.ts';
import { integer } from '../config/fields.ts';
import type { LogLine } from '../testing/recording-logger.ts';
import { serviceFields } from '../service/service-fields.ts';
import { runService, type ServiceContext } from './run-service.ts';

@Module({})
class EmptyModule {}

/** A bus that is there when the test says so. */
class LateBus extends Server implements CustomTransportStrategy {
  readonly arrived = Promise.withResolvers<void>();
  readonly listening = Promise.withResolvers<void>();
  closed = false;
  listen(callback: (error?: unknown) => void): void {
    this.listening.resolve();
    void this.arrived.promise.then(() => callback());
  }
  close(): void {
    this.closed = true;
  }
  on(): void {}
  unwrap(): never {
    throw new Error('nothing inside');
  }
}

class FakeProcess extends EventEmitter {
  readonly codes: number[] = [];
  exit(code: number): void {
    this.codes.push(code);
    this.emit('exited');
  }
}

const config = defineConfig({ ...serviceFields, leaseTtlMs: integer('How long a lease holds.', { min: 1 }).default(10) });

function setUp() {
  const lines: LogLine[] = [];
  const said: string[] = [];
  const host = new FakeProcess();
  const options = {
    host,
    destination: { write: (text: string) => void lines.push(JSON.parse(text) as LogLine) },
    complain: (text: string) => void said.push(text),
  };
  return { lines, said, host, options };
}

describe('runService', () => {
  it('answers for its health at once, is ready when its messages arrive, and closes in order on a signal', async () => {
    const { lines, host, options } = setUp();
    const bus = new LateBus();
    const closed: string[] = [];
    let context!: ServiceContext<unknown>;
    const running = runService(
      {
        name: 'scheduler',
        config,
        open(opened) {
          context = opened;
          opened.later(() => closed.push('log'));
          opened.later(() => closed.push(`read model, bus closed: ${bus.closed}`));
          opened.metrics.counter('jeroboam_test_total', 'Of this test.').inc(3);
          return { module: EmptyModule, strategies: [bus] };
        },
      },
      { ...options, env: { JEROBOAM_LEASE_TTL: '5' } },
    );
    await bus.listening.promise;
    expect((await context.health.readiness()).checks).toEqual({ started: 'messages do not arrive yet' });
    bus.arrived.resolve();
    const { opsUrl } = (await running)!;

    const answers = await Promise.all(['healthz', 'readyz', 'metrics', 'nonsense'].map((path) => fetch(`${opsUrl}/${path}`)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 404]);
    const [live, , metrics] = answers;
    expect(await live!.json()).toEqual({ status: 'ok', checks: {} });
    const text = await metrics!.text();
    expect(text).toContain('jeroboam_test_total 3');
    expect(text).toContain('process_resident_memory_bytes');
    expect(metrics!.headers.get('content-type')).toMatch(/^text\/plain/);

    context.health.addReadiness('bus', () => {
      throw new Error('away');
    });
    const unready = await fetch(`${opsUrl}/readyz`);
    expect([unready.status, await unready.json()]).toEqual([503, { status: 'failing', checks: { bus: 'away' } }]);

    host.emit('SIGTERM');
    await once(host, 'exited');
    expect(host.codes).toEqual([0]);
    expect(closed).toEqual(['read model, bus closed: true', 'log']);
    expect(lines).toContainEqual(
      expect.objectContaining({
        level: 'warn',
        message: 'unknown variable',
        warning: expect.stringContaining('did you mean JEROBOAM_LEASE_TTL_MS?'),
      }),
    );
    expect(lines.filter(({ level }) => level === 'info').map(({ message }) => message)).toEqual(['ready', 'shutting down']);
  });

  it('lists what is wrong with its configuration and ends with 78', async () => {
    const { said, host, options } = setUp();
    const running = await runService(
      { name: 'scheduler', config, open: () => ({ module: EmptyModule }) },
      { ...options, env: { JEROBOAM_LEASE_TTL_MS: 'x', JEROBOAM_LOG_LEVEL: 'loud' } },
    );
    expect([running, host.codes]).toEqual([undefined, [78]]);
    expect(said.join('')).toMatch(/^scheduler cannot start\. The configuration is invalid \(2 problems\):\n {2}JEROBOAM_L/);
  });

  it('closes what it opened when it cannot start, says why, and ends with 1', async () => {
    const { lines, host, options } = setUp();
    const closed: string[] = [];
    await runService(
      {
        name: 'scheduler',
        config,
        open(context) {
          context.later(() => closed.push('log'));
          throw new Error('the disk is full');
        },
      },
      { ...options, env: {} },
    );
    expect([closed, host.codes]).toEqual([['log'], [1]]);
    expect(lines).toEqual([
      expect.objectContaining({
        level: 'fatal',
        message: 'service cannot start',
        error: expect.objectContaining({ message: 'the disk is full' }),
      }),
    ]);
  });
});
