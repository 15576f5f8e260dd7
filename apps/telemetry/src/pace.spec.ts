import { intervalAfter, jittered, stableIntervalMs } from './pace.ts';
import type { Sight } from './pace.ts';
import { DEFAULT_TELEMETRY_CONFIG, telemetryConfigOf } from './telemetry.config.ts';

const pace = DEFAULT_TELEMETRY_CONFIG;

function intervals(bays: number, ...sights: readonly Exclude<Sight, 'unwatched'>[]): number[] {
  const seconds: number[] = [];
  sights.reduce((lastMs, sight) => {
    const nextMs = intervalAfter(sight, lastMs, bays, pace);
    seconds.push(nextMs / 1_000);
    return nextMs;
  }, 0);
  return seconds;
}

describe('the interval between looks', () => {
  it('is short after a change and doubles while all is well, up to the slow one', () => {
    expect(intervals(10, 'changed', 'well', 'well', 'well', 'well', 'well', 'well', 'changed')).toEqual([10, 20, 40, 80, 160, 300, 300, 10]);
  });

  it('stays short enough to see soon that a bay has recovered', () => {
    expect(intervals(10, 'changed', 'unwell', 'unwell', 'unwell', 'unwell')).toEqual([10, 20, 40, 60, 60]);
  });

  it('grows also where telemetry itself fails, which is not the bay’s doing', () => {
    expect(intervals(10, 'unseen', 'unseen', 'unseen')).toEqual([10, 20, 40]);
  });

  it('of stable bays is so long that they take four fifths of the calls, however many they are', () => {
    expect(stableIntervalMs(100, pace)).toBe(300_000);
    expect(10_000 / (stableIntervalMs(10_000, pace) / 1_000)).toBe(0.8 * pace.callsPerSecond);
  });

  it('is up to a tenth shorter or longer by chance', () => {
    expect([0, 0.5, 1].map((random) => jittered(1_000, random))).toEqual([900, 1_000, 1_100]);
  });
});

describe('telemetryConfigOf', () => {
  it('takes a slow interval below the fast one for the fast one, and lets silent bays hold up nobody', () => {
    const settings = { telemetryCallsPerSecond: 10, telemetryCallTimeoutMs: 2_500, telemetryFastIntervalSeconds: 20, telemetrySlowIntervalSeconds: 5 };
    expect(telemetryConfigOf(settings)).toMatchObject({ fastIntervalMs: 20_000, unwellIntervalMs: 20_000, slowIntervalMs: 20_000, concurrency: 25 });
  });
});
