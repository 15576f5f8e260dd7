import { FakeClock } from '../testing/fake-clock.ts';
import { HealthRegistry } from './health-registry.ts';

describe('HealthRegistry', () => {
  it('is well when nothing is checked', async () => {
    expect(await new HealthRegistry().liveness()).toEqual({ status: 'ok', checks: {} });
  });

  it('names each check and why it fails, without secrets', async () => {
    const health = new HealthRegistry();
    health.addReadiness('log', () => undefined);
    health.addReadiness('bus', () => {
      throw new Error('no connection to nats://api:hunter2@bus:4222');
    });
    health.addReadiness('store', () => Promise.reject(new Error('gone')));
    expect(await health.readiness()).toEqual({
      status: 'failing',
      checks: { log: 'ok', bus: 'no connection to nats://[redacted]@bus:4222', store: 'gone' },
    });
    expect((await health.liveness()).status).toBe('ok');
  });

  it('gives up on a check that does not answer', async () => {
    const clock = new FakeClock();
    const health = new HealthRegistry({ timers: clock, timeoutMs: 500 });
    health.addLiveness('loop', () => new Promise(() => undefined));
    const report = health.liveness();
    await clock.advance(500);
    expect(await report).toEqual({ status: 'failing', checks: { loop: 'no answer within 500 ms' } });
  });

  it('forgets a check that was taken away, and leaves no timer behind', async () => {
    const clock = new FakeClock();
    const health = new HealthRegistry({ timers: clock });
    const remove = health.addReadiness('bus', () => {
      throw new Error('away');
    });
    expect((await health.readiness()).status).toBe('failing');
    remove();
    expect((await health.readiness()).status).toBe('ok');
    expect(clock.pendingTimers).toBe(0);
  });

  it('refuses two checks of one name', () => {
    const health = new HealthRegistry();
    health.addLiveness('loop', () => undefined);
    expect(() => health.addLiveness('loop', () => undefined)).toThrow('a health check is called loop already');
  });
});
