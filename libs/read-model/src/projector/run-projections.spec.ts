import { ReadModelUnavailable } from '../errors.ts';
import type { ReadModel } from '../read-model.port.ts';
import { tally, useProjectors } from '../testing/projector-fixture.ts';
import { sampleProjection } from '../testing/sample-projection.ts';
import { measureLag, type ProjectionLag } from './lag.ts';

/** The read model with one method replaced. */
const altered = (readModel: ReadModel, changes: Partial<ReadModel>): ReadModel =>
  new Proxy(readModel, {
    get: (target, name) => changes[name as keyof ReadModel] ?? (target[name as keyof ReadModel] as () => unknown).bind(target),
  });

describe('runProjections', () => {
  const world = useProjectors();

  it('projects what is in the log and what comes', async () => {
    await world.count('a', undefined, undefined);
    const projector = world.run();
    await projector.caughtUp();
    expect(await world.documents('tallies')).toEqual([tally('a', 0, 1)]);
    await world.count('b', undefined);
    await projector.caughtUp();
    expect(await world.documents('tallies')).toEqual([tally('a', 0, 1), tally('b', 0)]);
    expect(await world.documents('totals')).toEqual([{ id: 'all', events: 3 }]);
  });

  it('shows an event to those who wait for its position', async () => {
    world.run();
    await world.count('a', undefined);
    expect(await world.readModel.reached('tally', (await world.log.head())!, 20_000)).toBe(true);
    expect(await world.documents('tallies')).toEqual([tally('a', 0)]);
  });

  it.each([1, 2, 3, 256])('shows the same with %i events in a commit', async (batchSize) => {
    await world.count('a', undefined, undefined);
    await world.append('bay-a', 'Forgotten');
    await world.count('b', undefined);
    await world.count('a', undefined);
    await world.run(undefined, { batchSize }).caughtUp();
    expect(await world.documents('tallies')).toEqual([tally('b', 0), tally('a', 3)]);
    expect(await world.documents('totals')).toEqual([{ id: 'all', events: 4 }]);
  });

  it('goes on where it was after a restart', async () => {
    await world.count('a', undefined, undefined);
    const first = world.run();
    await first.caughtUp();
    await first.stop();
    await world.count('a', undefined);
    await world.run().caughtUp();
    expect(await world.documents('tallies')).toEqual([tally('a', 0, 1, 2)]);
  });

  it('counts each event once, however many processes run it', async () => {
    const others = [await world.another(), await world.another()];
    const projectors = [world.run(), ...others.map((other) => other.run(undefined, { batchSize: 3 }))];
    for (let round = 0; round < 20; round += 1) await world.count(round % 2 === 0 ? 'a' : 'b', undefined, undefined);
    await Promise.all(projectors.map((projector) => projector.caughtUp()));
    const revisions = Array.from({ length: 20 }, (_, revision) => revision);
    expect(await world.documents('tallies')).toEqual([tally('a', ...revisions), tally('b', ...revisions)]);
    expect(await world.documents('totals')).toEqual([{ id: 'all', events: 40 }]);
  });

  it('moves past the events of other categories', async () => {
    await world.count('a', undefined);
    await world.append('quota-p', 'QuotaSet');
    const projector = world.run();
    await projector.caughtUp();
    expect(await world.documents('tallies')).toEqual([tally('a', 0)]);
    expect(await projector.lag('tally')).toMatchObject({ lagEvents: 0 });
  });

  describe('commits', () => {
    const AN_HOUR_MS = 3_600_000;
    let commits = 0;
    const counting = (): ReadModel => altered(world.readModel, {
      commit: (...args) => {
        commits += 1;
        return world.readModel.commit(...args);
      },
    });
    beforeEach(() => {
      commits = 0;
    });

    it('what happened within the interval together', async () => {
      const projector = world.run(undefined, { readModel: counting(), commitIntervalMs: AN_HOUR_MS });
      await projector.caughtUp();
      for (let event = 0; event < 20; event += 1) await world.count('a', undefined);
      await projector.caughtUp();
      expect(await world.documents('totals')).toEqual([{ id: 'all', events: 20 }]);
      expect(commits).toBeLessThanOrEqual(3);
    });

    it('at once while somebody waits, and when it is stopped', async () => {
      const projector = world.run(undefined, { commitIntervalMs: AN_HOUR_MS });
      for (let event = 0; event < 5; event += 1) {
        await world.count('a', undefined);
        expect(await world.readModel.reached('tally', (await world.log.head())!, 20_000)).toBe(true);
      }
      await projector.stop();
    });

    it('seldom for what happens elsewhere, but then too while somebody waits', async () => {
      await world.count('a', undefined);
      const projector = world.run(undefined, { readModel: counting(), commitIntervalMs: 0 });
      await projector.caughtUp();
      const before = commits;
      for (let event = 0; event < 200; event += 1) {
        await world.append('quota-p', 'QuotaSet');
        await new Promise((resolve) => { setImmediate(resolve); });
      }
      await projector.caughtUp();
      expect(commits - before).toBeLessThanOrEqual(8);
      expect(await world.readModel.checkpoint('tally')).toBe(await world.log.head());
    });
  });

  it('has caught up with an empty log', async () => {
    await world.run().caughtUp();
    expect(await world.readModel.checkpoint('tally')).toBeUndefined();
  });

  it('starts over when its projection is dropped', async () => {
    await world.count('a', undefined, undefined);
    const projector = world.run();
    await projector.caughtUp();
    await world.readModel.drop('tally', ['tallies', 'totals', 'parked_tally']);
    await world.count('b', undefined);
    await projector.caughtUp();
    expect(await world.documents('tallies')).toEqual([tally('a', 0, 1), tally('b', 0)]);
  });

  it('waits while the read model is unavailable and parks nothing for it', async () => {
    await world.count('a', undefined, undefined);
    let failures = 0;
    const get: ReadModel['get'] = async (...args) => {
      failures += 1;
      if (failures === 1) throw new ReadModelUnavailable('a test asked for it');
      return world.readModel.get(...args);
    };
    const warnings: string[] = [];
    const logger = { info: () => undefined, warn: (message: string) => warnings.push(message), error: () => undefined };
    const projector = world.run(undefined, { readModel: altered(world.readModel, { get }), logger });
    await projector.caughtUp();
    expect(warnings).toEqual(['projection waits']);
    expect(await world.documents('tallies')).toEqual([tally('a', 0, 1)]);
    expect(await projector.parked('tally')).toEqual([]);
  });

  it('ends, and says why, when it meets a bug that no event is to blame for', async () => {
    await world.count('a', undefined);
    const commit = async (): Promise<boolean> => {
      throw new Error('a bug');
    };
    const projector = world.run(undefined, { readModel: altered(world.readModel, { commit }) });
    await expect(projector.done).rejects.toThrow('a bug');
    await expect(projector.caughtUp()).rejects.toThrow('a bug');
  });

  it('says so to those who wait when it is stopped', async () => {
    const projector = world.run();
    await projector.stop();
    await projector.done;
    await world.count('a', undefined);
    await expect(projector.caughtUp()).rejects.toThrow('stopped');
  });

  it('refuses two projections of one name', () => {
    const { log, readModel } = world;
    expect(() => world.run(undefined, { log, readModel, projections: [sampleProjection(), sampleProjection()] })).toThrow('same name');
  });

  it('does not know projections that it does not run', async () => {
    await expect(world.run().parked('other')).rejects.toThrow('other');
  });
});

describe('the lag of a projection', () => {
  const world = useProjectors();

  it('is the number of waiting events, the age of the oldest and the parked streams', async () => {
    await world.count('a', undefined);
    await world.count('b', 'x');
    const projector = world.run();
    await projector.caughtUp();
    const lastPosition = await world.log.head();
    expect(await projector.lag('tally')).toEqual({ projection: 'tally', lastPosition, lagEvents: 0, lagSeconds: 0, parked: 1 });
    await projector.stop();
    await world.count('a', undefined, undefined);
    await world.append('quota-p', 'QuotaSet');
    const recorded: string[] = [];
    for await (const event of world.log.readAll({ after: lastPosition })) recorded.push(event.recordedAt);
    const now = (): Date => new Date(Date.parse(recorded[0]!) + 90_000);
    const { log, readModel } = world;
    expect(await measureLag(log, readModel, sampleProjection(), now))
      .toEqual({ projection: 'tally', lastPosition, lagEvents: 2, lagSeconds: 90, parked: 1 });
  });

  it('is told again and again', async () => {
    const seen = Promise.withResolvers<void>();
    const lags: ProjectionLag[] = [];
    const onLag = (lag: ProjectionLag): void => {
      if (lags.push(lag) === 3) seen.resolve();
    };
    world.run(undefined, { onLag, lagIntervalMs: 1 });
    await seen.promise;
    expect(lags[0]).toEqual({ projection: 'tally', lastPosition: undefined, lagEvents: 0, lagSeconds: 0, parked: 0 });
  });
});
