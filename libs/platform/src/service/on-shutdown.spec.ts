import { EventEmitter, once } from 'node:events';
import { FakeClock } from '../testing/fake-clock.ts';
import { recordingLogger } from '../testing/recording-logger.ts';
import { onShutdown } from './on-shutdown.ts';

class FakeProcess extends EventEmitter {
  readonly codes: number[] = [];
  exit(code: number): void {
    this.codes.push(code);
    this.emit('exited');
  }
}

describe('onShutdown', () => {
  const clock = new FakeClock();

  it.each(['SIGTERM', 'SIGINT'])('closes on %s and ends with 0', async (signal) => {
    const host = new FakeProcess();
    const closed: string[] = [];
    onShutdown(async () => closed.push('closed'), { host, timers: clock });
    host.emit(signal);
    await once(host, 'exited');
    expect([closed, host.codes, clock.pendingTimers]).toEqual([['closed'], [0], 0]);
  });

  it('ends at once on the second signal', () => {
    const host = new FakeProcess();
    onShutdown(() => new Promise(() => undefined), { host, timers: clock });
    host.emit('SIGTERM');
    expect(host.codes).toEqual([]);
    host.emit('SIGINT');
    expect(host.codes).toEqual([130]);
  });

  it('does not wait for ever', async () => {
    const host = new FakeProcess();
    const logger = recordingLogger();
    const timers = new FakeClock();
    onShutdown(() => new Promise(() => undefined), { host, timers, logger, timeoutMs: 1_000 });
    host.emit('SIGTERM');
    await timers.advance(1_000);
    expect(host.codes).toEqual([1]);
    expect(logger.lines.at(-1)).toMatchObject({ level: 'error', message: 'shutdown took too long', timeoutMs: 1_000 });
  });

  it('tells of a failure to close and ends with 1', async () => {
    const host = new FakeProcess();
    const logger = recordingLogger();
    onShutdown(() => Promise.reject(new Error('stuck')), { host, timers: clock, logger });
    host.emit('SIGTERM');
    await once(host, 'exited');
    expect(host.codes).toEqual([1]);
    expect(logger.lines.at(-1)).toMatchObject({ message: 'shutdown failed', error: { message: 'stuck' } });
  });

  it('can be taken off again', () => {
    const host = new FakeProcess();
    onShutdown(() => Promise.resolve(), { host })();
    expect(host.listenerCount('SIGTERM') + host.listenerCount('SIGINT')).toBe(0);
  });
});
