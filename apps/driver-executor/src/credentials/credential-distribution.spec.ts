import { FakeClock, recordingLogger } from '@jeroboam/platform/testing';
import { aTurn } from '../testing/a-driver.ts';
import { distributed } from './credential-distribution.ts';
import type { Distribution } from './credential-distribution.ts';

const MINUTE_MS = 60_000;
const never = new AbortController().signal;
const node = (number: number) => ({ name: `default-worker-${number}`, hostName: `k1-worker-${number}`, nodeGroup: 'default-worker', address: `10.0.0.${number}` });

/** A bay of three nodes, of which the given ones use the old credential still. */
function aRotation(...holding: string[]) {
  const clock = new FakeClock();
  const log = recordingLogger();
  const holders = new Set(holding);
  const world = { clock, log, holders, looks: 0, resting: 0, rests: 0, ended: false };
  const distribution: Distribution = {
    bay: { nodes: [0, 1, 2].map(node) }, since: clock.now().toISOString(),
    holders: async () => {
      world.looks += 1;
      return [...holders];
    },
  };
  const rest = async <T>(wait: () => Promise<T>): Promise<T> => {
    world.resting += 1;
    world.rests += 1;
    try {
      return await wait();
    } finally {
      world.resting -= 1;
    }
  };
  const run = (more: Partial<Distribution> = {}, waiting: Partial<Parameters<typeof distributed>[1]> = {}) => {
    const work = distributed({ ...distribution, ...more }, { rest, signal: never, log, ...waiting }, { overlapMinutes: 30, clock, timers: clock });
    return work.then(() => {
      world.ended = true;
    });
  };
  return { ...world, run, of: () => ({ ended: world.ended, resting: world.resting, rests: world.rests, looks: world.looks }) };
}

describe('A rotation that nodes have to be told of', () => {
  it('does not wait where no node has the old credential, and rests for none', async () => {
    const rotation = aRotation();
    await rotation.run();
    expect(rotation.of()).toEqual({ ended: true, resting: 0, rests: 0, looks: 1 });
  });

  it('rests until the last node says that it uses the new one', async () => {
    const rotation = aRotation('k1-worker-0', 'k1-worker-1');
    const work = rotation.run();
    await aTurn();
    await rotation.clock.advance(5 * MINUTE_MS);
    rotation.holders.delete('k1-worker-0');
    await rotation.clock.advance(5 * MINUTE_MS);
    expect(rotation.of()).toMatchObject({ ended: false, resting: 1, rests: 1 });
    rotation.holders.delete('k1-worker-1');
    await rotation.clock.advance(15_000);
    await work;
    expect(rotation.of()).toMatchObject({ ended: true, resting: 0 });
    expect(rotation.log.lines).toEqual([]);
  });

  it('is not held up by nodes that are not in the bay any more', async () => {
    const rotation = aRotation('k1-worker-7');
    await rotation.run();
    expect(rotation.of()).toMatchObject({ ended: true, rests: 0 });
  });

  it('ends when the overlap is over, and says which nodes have not taken the new one', async () => {
    const rotation = aRotation('k1-worker-1', 'k1-worker-7', 'k1-worker-2');
    const work = rotation.run();
    await aTurn();
    await rotation.clock.advance(30 * MINUTE_MS - 1);
    expect(rotation.of().ended).toBe(false);
    await rotation.clock.advance(1);
    await work;
    expect(rotation.log.lines).toEqual([expect.objectContaining({ level: 'warn', nodes: ['k1-worker-1', 'k1-worker-2'], overlapMinutes: 30 })]);
  });

  it('goes on with what is left of the overlap when another executor takes it over', async () => {
    const rotation = aRotation('k1-worker-1');
    const since = rotation.clock.now().toISOString();
    await rotation.clock.advance(29 * MINUTE_MS);
    const work = rotation.run({ since });
    await aTurn();
    await rotation.clock.advance(MINUTE_MS);
    await work;
    expect(rotation.log.lines).toHaveLength(1);
  });

  it('leaves the operation the time to revoke the old one', async () => {
    const rotation = aRotation('k1-worker-1');
    const deadlineAt = new Date(rotation.clock.now().getTime() + 10 * MINUTE_MS).toISOString();
    const work = rotation.run({ deadlineAt });
    await aTurn();
    await rotation.clock.advance(9 * MINUTE_MS);
    await work;
    expect(rotation.of().ended).toBe(true);
  });

  it('comes again where too many rest, and stops when it is told to', async () => {
    const rotation = aRotation('k1-worker-1');
    await expect(rotation.run({}, { rest: async () => undefined })).rejects.toMatchObject({ retryable: true });
    const abort = new AbortController();
    const outcome = rotation.run({}, { signal: abort.signal }).catch((error: unknown) => error);
    await aTurn();
    await rotation.clock.advance(1_000);
    abort.abort(new Error('the step is no longer wanted'));
    expect(await outcome).toEqual(new Error('the step is no longer wanted'));
  });
});
