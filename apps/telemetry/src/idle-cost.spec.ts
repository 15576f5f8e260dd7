import { baySamples } from '@jeroboam/domain/testing';
import { TelemetryWorld, completeBay } from './testing/telemetry-fixture.ts';
import { WELL } from './testing/scripted-driver.ts';

const BAYS = 10_000;
const ROUND_SECONDS = BAYS / (0.8 * 20);

/** How many of `momentsMs`, which are in order, fall into the busiest second. */
function busiestSecond(momentsMs: readonly number[]): number {
  let first = 0;
  return momentsMs.reduce((busiest, moment, index) => {
    while (momentsMs[first]! <= moment - 1_000) first += 1;
    return Math.max(busiest, index - first + 1);
  }, 0);
}

describe('10,000 bays', () => {
  let world: TelemetryWorld;
  const bayIds = Array.from({ length: BAYS }, (_, index) => `bay${index}`);
  beforeEach(async () => {
    world = await TelemetryWorld.open();
  });
  afterEach(() => world.close());

  async function makeAll(): Promise<void> {
    const { status, reason } = WELL;
    for (const bayId of bayIds) {
      const known = { type: 'BayHealthChanged', schemaVersion: 1, data: { bayId, status, reason, source: 'telemetry' } } as const;
      await world.record(bayId, [...completeBay({ ...baySamples.aSpec, bayId }), known]);
    }
  }

  it('in which nothing happens cost at most 20 calls and no event in any second, also after a restart, and none is left out', async () => {
    await makeAll();
    await world.project(bayIds);
    let seed = 1;
    const random = () => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
    const first = await world.start({}, random);
    await world.pass(2 * ROUND_SECONDS);
    await world.stop(first);
    await world.start({}, random);
    await world.pass(1.2 * ROUND_SECONDS);
    const { calls } = world.driver;
    expect(busiestSecond(calls.map(({ atMs }) => atMs))).toBeLessThanOrEqual(20);
    expect(new Set(calls.map(({ bayId }) => bayId)).size).toBe(BAYS);
    expect(calls.length / (3.2 * ROUND_SECONDS)).toBeGreaterThan(13);
    expect(world.scheduler.sent).toEqual([]);
  }, 120_000);
});
