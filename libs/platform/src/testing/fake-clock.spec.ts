import { delay } from '../time/timers.ts';
import { FakeClock } from './fake-clock.ts';

describe('FakeClock', () => {
  it('stands still until it is advanced', async () => {
    const clock = new FakeClock();
    expect(clock.now().toISOString()).toBe('2026-01-31T12:00:00.000Z');
    await clock.advance(1_500);
    expect(clock.now().toISOString()).toBe('2026-01-31T12:00:01.500Z');
  });

  it('runs callbacks in order of their moment, each at its own', async () => {
    const clock = new FakeClock();
    const seen: string[] = [];
    clock.after(20, () => seen.push(`second ${clock.now().getMilliseconds()}`));
    clock.after(10, () => seen.push(`first ${clock.now().getMilliseconds()}`));
    clock.after(20, () => seen.push(`third ${clock.now().getMilliseconds()}`));
    await clock.advance(19);
    expect(seen).toEqual(['first 10']);
    await clock.advance(1);
    expect(seen).toEqual(['first 10', 'second 20', 'third 20']);
  });

  it('runs what an awakened promise sets up within the same advance', async () => {
    const clock = new FakeClock();
    const work = (async () => {
      for (let i = 0; i < 3; i += 1) await delay(clock, 10);
      return clock.now().getMilliseconds();
    })();
    await clock.advance(100);
    expect(await work).toBe(30);
  });

  it('forgets a cancelled timer', async () => {
    const clock = new FakeClock();
    clock
      .after(10, () => {
        throw new Error('cancelled');
      })
      .cancel();
    await clock.advance(10);
    expect(clock.pendingTimers).toBe(0);
  });

  it('refuses a start that is no moment', () => {
    expect(() => new FakeClock('soon')).toThrow('not a moment: soon');
  });
});

describe('delay', () => {
  it('ends early with the reason of its signal, leaving no timer behind', async () => {
    const clock = new FakeClock();
    const controller = new AbortController();
    const waiting = delay(clock, 10, controller.signal);
    controller.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    expect(clock.pendingTimers).toBe(0);
  });

  it('does not begin when its signal has already spoken', async () => {
    const clock = new FakeClock();
    await expect(delay(clock, 10, AbortSignal.abort(new Error('too late')))).rejects.toThrow('too late');
    expect(clock.pendingTimers).toBe(0);
  });
});
