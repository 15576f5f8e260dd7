import { FakeClock } from '@jeroboam/platform/testing';
import type { Sight } from './pace.ts';
import { Rounds } from './rounds.ts';
import { DEFAULT_TELEMETRY_CONFIG } from './telemetry.config.ts';
import { turns } from './testing/telemetry-fixture.ts';

/** Rounds whose looks end when the test says. */
function someRounds(config: Partial<typeof DEFAULT_TELEMETRY_CONFIG> = {}, sight: (bayId: string) => Sight | Promise<Sight> = () => 'well') {
  const clock = new FakeClock();
  const looks: { readonly bayId: string; readonly atMs: number; readonly signal: AbortSignal }[] = [];
  const beginMs = clock.now().getTime();
  const look = async (bayId: string, signal: AbortSignal) => {
    looks.push({ bayId, atMs: clock.now().getTime() - beginMs, signal });
    return sight(bayId);
  };
  const rounds = new Rounds(look, { ...DEFAULT_TELEMETRY_CONFIG, dataDir: '/nowhere', ...config }, clock, clock, () => 0.5);
  rounds.start();
  const pass = async (seconds: number) => {
    await turns(2);
    await clock.advance(seconds * 1_000);
    await turns(2);
  };
  return { clock, looks, rounds, pass, of: (bayId: string) => looks.filter((each) => each.bayId === bayId).map(({ atMs }) => atMs / 1_000) };
}

const named = (count: number) => Array.from({ length: count }, (_, index) => `bay${index}`);

describe('rounds', () => {
  it('look at once at a bay in which something happened, then ever more seldom', async () => {
    const { pass, rounds, of } = someRounds();
    rounds.hurry('b1');
    await pass(160);
    expect(of('b1')).toEqual([0, 10, 30, 70, 150]);
    rounds.hurry('b1');
    await pass(31);
    expect(of('b1').slice(5)).toEqual([160, 170, 190]);
  });

  it('begin no more looks in any second than calls are allowed, and leave none out', async () => {
    const { pass, rounds, looks } = someRounds({ callsPerSecond: 20 });
    for (const bayId of named(100)) rounds.hurry(bayId);
    await pass(5);
    expect(new Set(looks.map(({ bayId }) => bayId)).size).toBe(100);
    for (const { atMs } of looks) expect(looks.filter((other) => other.atMs >= atMs && other.atMs < atMs + 1_000).length).toBeLessThanOrEqual(20);
  });

  it('spread the first looks at bays that were there before', async () => {
    const clock = new FakeClock();
    const looks: string[] = [];
    const random = named(40).map((_, index) => index / 40).values();
    const rounds = new Rounds(async (bayId) => (looks.push(bayId), 'well'), { ...DEFAULT_TELEMETRY_CONFIG, dataDir: '/nowhere' }, clock, clock, () => random.next().value ?? 0.5);
    rounds.start();
    rounds.resume(named(40));
    await clock.advance(1_249);
    expect(looks).toEqual(named(20));
    await clock.advance(1_250);
    expect(looks).toEqual(named(40));
  });

  it('never look at a bay twice at once, and look again where something happened meanwhile', async () => {
    const ends: (() => void)[] = [];
    const { pass, rounds, of } = someRounds({}, () => new Promise((resolve) => ends.push(() => resolve('well'))));
    rounds.hurry('b1');
    rounds.hurry('b1');
    await pass(60);
    expect(of('b1')).toEqual([0]);
    ends[0]!();
    await turns();
    await pass(0.05);
    expect(of('b1')).toEqual([0, 60]);
  });

  it('have no more looks under way than allowed, and go on as they end', async () => {
    const ends: (() => void)[] = [];
    const { pass, rounds, looks } = someRounds({ concurrency: 2 }, () => new Promise((resolve) => ends.push(() => resolve('well'))));
    for (const bayId of named(3)) rounds.hurry(bayId);
    await pass(5);
    expect(looks.map(({ bayId }) => bayId)).toEqual(['bay0', 'bay1']);
    ends[1]!();
    await turns();
    expect(looks.map(({ bayId }) => bayId)).toEqual(['bay0', 'bay1', 'bay2']);
  });

  it('look first at the bay that has waited longest', async () => {
    const { pass, rounds, looks } = someRounds({ callsPerSecond: 1, fastIntervalMs: 1_000 });
    for (const bayId of named(3)) rounds.hurry(bayId);
    await pass(5.5);
    expect(looks.map(({ bayId }) => bayId)).toEqual(['bay0', 'bay1', 'bay2', 'bay0', 'bay1', 'bay2']);
  });

  it('are not held up by bays that do not answer', async () => {
    const clock = new FakeClock();
    const looks = new Map<string, number>();
    const isDeaf = (bayId: string) => bayId.endsWith('7');
    const look = async (bayId: string): Promise<Sight> => {
      looks.set(bayId, (looks.get(bayId) ?? 0) + 1);
      if (!isDeaf(bayId)) return 'well';
      return new Promise((resolve) => clock.after(DEFAULT_TELEMETRY_CONFIG.callTimeoutMs, () => resolve('unwell')));
    };
    const rounds = new Rounds(look, { ...DEFAULT_TELEMETRY_CONFIG, dataDir: '/nowhere' }, clock, clock, () => 0.5);
    rounds.start();
    // A tenth of them: seven looks a second that each take ten seconds.
    rounds.resume(named(4_000));
    await clock.advance(900_000);
    expect(named(4_000).filter((bayId) => (looks.get(bayId) ?? 0) < (isDeaf(bayId) ? 5 : 2))).toEqual([]);
  });

  it('forget a bay at once, cutting short a look that is under way', async () => {
    const { pass, rounds, looks } = someRounds({}, () => new Promise(() => {}));
    rounds.hurry('b1');
    rounds.forget('b1');
    expect([looks[0]!.signal.aborted, rounds.size]).toEqual([true, 0]);
    await pass(600);
    expect(looks).toHaveLength(1);
  });

  it('drop a bay whose look finds that it is not to be watched', async () => {
    const { pass, rounds, looks } = someRounds({}, () => 'unwatched');
    rounds.hurry('b1');
    await pass(600);
    expect([looks.length, rounds.size]).toEqual([1, 0]);
  });

  it('end with looks cut short and no timer left', async () => {
    const { pass, rounds, looks, clock } = someRounds({}, (bayId) => (bayId === 'b2' ? 'well' : new Promise((resolve) => looks[0]!.signal.addEventListener('abort', () => resolve('unseen')))));
    rounds.hurry('b1');
    rounds.hurry('b2');
    await pass(1);
    await rounds.stop();
    await pass(600);
    expect([looks.length, clock.pendingTimers]).toEqual([2, 0]);
  });

  it('say by how much they are late', async () => {
    const { pass, rounds } = someRounds({ concurrency: 1 }, () => new Promise(() => {}));
    rounds.hurry('b1');
    rounds.hurry('b2');
    await pass(7);
    expect(rounds.latenessMs).toBe(7_000);
  });
});
