import { InMemoryEventLog, collect } from '@jeroboam/event-log/testing';
import { FakeClock, recordingLogger } from '@jeroboam/platform/testing';
import { DeprecatedUses, FLUSH_INTERVAL_MS, MAX_USES } from './deprecated-uses.ts';

class Counting {
  readonly clock = new FakeClock('2026-11-23T12:00:00.000Z');
  readonly log = new InMemoryEventLog(undefined, () => this.clock.now());
  readonly logger = recordingLogger();
  readonly uses = new DeprecatedUses({ log: this.log, clock: this.clock, timers: this.clock, logger: this.logger });

  async written(): Promise<{ readonly stream: string; readonly data: unknown }[]> {
    return (await collect(this.log.readAll())).map(({ stream, data }) => ({ stream, data }));
  }

  count(times: number, client = 'osc'): void {
    for (let time = 0; time < times; time += 1) this.uses.count('endpoint:bays', 'p1', client);
  }
}

const DAY = { stream: 'deprecation-2026-11-23' };
const use = (count: number, client = 'osc') => ({ feature: 'endpoint:bays', projectId: 'p1', client, count });

describe('the uses of what is deprecated', () => {
  it('become one event a minute, however many there are', async () => {
    const counting = new Counting();
    counting.count(1_000);
    counting.count(2, 'go');
    await counting.clock.advance(FLUSH_INTERVAL_MS - 1);
    expect(await counting.written()).toEqual([]);
    await counting.clock.advance(1);
    await counting.uses.flush();
    expect(await counting.written()).toEqual([{ ...DAY, data: { day: '2026-11-23', uses: [use(1_000), use(2, 'go')] } }]);
  });

  it('leave nothing where there were none, and no timer behind', async () => {
    const counting = new Counting();
    await counting.uses.flush();
    counting.count(1);
    await counting.uses.close();
    expect(await counting.written()).toHaveLength(1);
    expect(counting.clock.pendingTimers).toBe(0);
  });

  it('belong to the day they happened on', async () => {
    const counting = new Counting();
    counting.count(1);
    await counting.clock.advance(FLUSH_INTERVAL_MS / 2);
    const midnight = Date.parse('2026-11-24T00:00:00Z') - counting.clock.now().getTime();
    await counting.clock.advance(midnight);
    counting.count(2);
    await counting.uses.flush();
    expect((await counting.written()).map(({ stream }) => stream)).toEqual(['deprecation-2026-11-23', 'deprecation-2026-11-24']);
  });

  it('are written down when somebody looks, once a second at most', async () => {
    const counting = new Counting();
    counting.count(1);
    expect(await counting.uses.look()).not.toBeNull();
    counting.count(1);
    expect(await counting.uses.look()).toBeNull();
    await counting.clock.advance(1_000);
    expect(await counting.uses.look()).not.toBeNull();
    expect(await counting.written()).toHaveLength(2);
  });

  it('take no more memory than they should: too many different ones are written down early', async () => {
    const counting = new Counting();
    for (let client = 0; client < MAX_USES; client += 1) counting.count(1, `client-${client}`);
    await counting.uses.look();
    const [event] = await counting.written();
    expect((event!.data as { readonly uses: readonly unknown[] }).uses).toHaveLength(MAX_USES);
  });

  it('wait for a log that is away, and count once', async () => {
    const counting = new Counting();
    const append = counting.log.append.bind(counting.log);
    const failures = [
      // Once before it was written, once after: nobody can tell which.
      () => Promise.reject(new Error('away')),
      async (...given: Parameters<typeof append>) => {
        await append(...given);
        throw new Error('away');
      },
    ];
    counting.log.append = (...given) => (failures.shift() ?? append)(...given);
    counting.count(3);
    for (let minute = 0; minute < 3; minute += 1) {
      await counting.clock.advance(FLUSH_INTERVAL_MS);
      await counting.uses.flush();
    }
    expect(await counting.written()).toEqual([{ ...DAY, data: { day: '2026-11-23', uses: [use(3)] } }]);
    expect(counting.logger.lines.map(({ message }) => message)).toContain('counts of deprecated use cannot be written now');
  });

  it('are given up, and it is said, when the log is away for long', async () => {
    const counting = new Counting();
    counting.log.append = () => Promise.reject(new Error('away'));
    for (let minute = 0; minute < 12; minute += 1) {
      counting.count(1);
      await counting.uses.flush();
    }
    expect(counting.logger.lines.map(({ message }) => message)).toContain('counts of deprecated use are lost: the log takes none');
  });
});
