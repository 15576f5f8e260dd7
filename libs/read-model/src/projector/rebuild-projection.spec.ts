import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { InMemoryEventLog, InMemoryStore, anEvent } from '@jeroboam/event-log/testing';
import type { Projection, ReadModel } from '../read-model.port.ts';
import { openSqliteReadModel } from '../sqlite/sqlite-read-model.ts';
import { tally, useProjectors } from '../testing/projector-fixture.ts';
import { sampleProjection } from '../testing/sample-projection.ts';
import { rebuildProjection } from './rebuild-projection.ts';
import { runProjections } from './run-projections.ts';

/** The sample, with a gate that the rebuild waits at before its nth event. */
function gated(place: number): { projection: Projection; arrived: Promise<void>; open: () => void } {
  const sample = sampleProjection();
  const [arrived, opened] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let seen = 0;
  const project: Projection['project'] = async (event, documents) => {
    seen += 1;
    if (seen === place) {
      arrived.resolve();
      await opened.promise;
    }
    return sample.project(event, documents);
  };
  return { projection: { ...sample, project }, arrived: arrived.promise, open: opened.resolve };
}

describe('rebuildProjection', () => {
  const world = useProjectors();
  const target = (projection = sampleProjection()): { log: InMemoryEventLog; readModel: ReadModel; projection: Projection } =>
    ({ log: world.log, readModel: world.readModel, projection });

  it('projects the whole log with the code of today', async () => {
    await world.count('a', undefined, 'x', undefined);
    const projector = world.run();
    await projector.caughtUp();
    await projector.stop();
    const rebuilt = await rebuildProjection(target(sampleProjection(new Set(['x']))));
    expect(rebuilt).toEqual({ projection: 'tally', events: 3, position: await world.log.head() });
    expect(await world.documents('tallies')).toEqual([tally('a', 0, 1, 2)]);
    expect(await world.documents('parked_tally')).toEqual([]);
  });

  it('parks what it cannot project', async () => {
    await world.count('a', undefined, 'x');
    await rebuildProjection(target());
    expect(await world.documents('parked_tally')).toMatchObject([{ id: 'bay-a', count: 1 }]);
  });

  it('keeps the old documents readable until the new ones are there', async () => {
    await world.count('a', undefined, undefined, undefined);
    const projector = world.run();
    await projector.caughtUp();
    const { projection, arrived, open } = gated(3);
    const rebuilding = rebuildProjection({ ...target(projection), batchSize: 1 });
    await arrived;
    expect(await world.documents('tallies')).toEqual([tally('a', 0, 1, 2)]);
    open();
    await rebuilding;
    expect(await world.documents('tallies')).toEqual([tally('a', 0, 1, 2)]);
  });

  it('catches up with what came meanwhile, and the projector goes on from there', async () => {
    await world.count('a', undefined, undefined);
    const projector = world.run();
    const { projection, arrived, open } = gated(2);
    const rebuilding = rebuildProjection({ ...target(projection), batchSize: 1 });
    await arrived;
    await world.count('a', undefined);
    await world.count('b', undefined);
    await projector.caughtUp();
    open();
    expect(await rebuilding).toMatchObject({ events: 4 });
    await world.count('b', undefined);
    await projector.caughtUp();
    expect(await world.documents('tallies')).toEqual([tally('a', 0, 1, 2), tally('b', 0, 1)]);
    expect(await world.documents('totals')).toEqual([{ id: 'all', events: 5 }]);
  });

  it('fails no read and shows no step back while events pour in', async () => {
    for (let round = 0; round < 20; round += 1) await world.count('a', undefined);
    const projector = world.run();
    await projector.caughtUp();
    const reader = (await world.another()).readModel;
    const rebuilt = new AbortController();
    const reading = (async () => {
      // The in-memory log knows no turn of the event loop: without one, the reader would be alone in the world.
      for (let last = 0; !rebuilt.signal.aborted; await setImmediate()) {
        await world.count('a', undefined);
        const events = (await reader.get<{ id: string; events: number }>('tallies', 'bay-a'))!.events;
        expect(events).toBeGreaterThanOrEqual(last);
        last = events;
      }
    })();
    await rebuildProjection({ ...target(), batchSize: 7 });
    rebuilt.abort();
    await reading;
    await projector.caughtUp();
    const { events, revisions } = (await reader.get<{ id: string; events: number; revisions: number[] }>('tallies', 'bay-a'))!;
    expect(revisions).toEqual(Array.from({ length: events }, (_, revision) => revision));
  });

  it('refuses a second rebuild of the same projection', async () => {
    await world.count('a', undefined);
    const { projection, arrived, open } = gated(1);
    const first = rebuildProjection(target(projection));
    await arrived;
    await expect(rebuildProjection(target())).rejects.toMatchObject({ code: 'REBUILD_UNDER_WAY', kind: 'conflict' });
    open();
    await first;
    await rebuildProjection(target());
  });

  it('refuses one of two that begin at the same moment', async () => {
    await world.count('a', undefined);
    const other = await world.another();
    const theirs = { ...other, projection: sampleProjection() };
    const outcomes = await Promise.allSettled([rebuildProjection(target()), rebuildProjection(theirs)]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('takes over from a rebuild that was not heard of for 30 seconds, which then can do no harm', async () => {
    await world.count('a', undefined, undefined);
    const { projection, arrived, open } = gated(2);
    const stuck = rebuildProjection({ ...target(projection), batchSize: 1 });
    const outcome = stuck.catch((error: unknown) => error);
    await arrived;
    await rebuildProjection({ ...target(), now: () => new Date(Date.now() + 31_000) });
    open();
    expect(await outcome).toMatchObject({ code: 'REBUILD_UNDER_WAY' });
    expect(await world.documents('tallies')).toEqual([tally('a', 0, 1)]);
  });

  it('can begin again after one that failed', async () => {
    await world.count('a', undefined);
    const closed = new InMemoryEventLog(new InMemoryStore());
    await closed.close();
    await expect(rebuildProjection({ ...target(), log: closed })).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' });
    await rebuildProjection(target());
    expect(await world.documents('tallies')).toEqual([tally('a', 0)]);
  });

  it('tells how far it is', async () => {
    await world.count('a', undefined, undefined, undefined);
    const progress: number[] = [];
    await rebuildProjection({ ...target(), batchSize: 2, onProgress: ({ events }) => progress.push(events) });
    expect(progress).toEqual([2, 3]);
  });

  it('has nothing to do for an empty log', async () => {
    expect(await rebuildProjection(target())).toEqual({ projection: 'tally', events: 0, position: undefined });
  });

  it('refuses to follow a log that is behind its read model', async () => {
    await world.count('a', undefined, undefined);
    await world.run().caughtUp();
    const shorter = new InMemoryEventLog(new InMemoryStore());
    await shorter.append('bay-a', [anEvent({ type: 'Counted', data: {} })], 'none');
    await expect(rebuildProjection({ ...target(), log: shorter })).rejects.toThrow('beyond');
    await shorter.close();
  });
});

describe('rebuilding', () => {
  const anyEntry = fc.record({
    stream: fc.constantFrom('bay-a', 'bay-b', 'bay-c', 'quota-p'),
    what: fc.constantFrom('Counted', 'Counted', 'Counted', 'Poisoned', 'Forgotten', 'Unknown'),
    caughtUp: fc.boolean(),
  });
  const state = async (readModel: ReadModel): Promise<unknown[]> =>
    Promise.all(['tallies', 'totals', 'parked_tally'].map((collection) => readModel.find(collection)));

  it('equals following, whatever is in the log', async () => {
    // A failure prints its seed.
    await fc.assert(fc.asyncProperty(fc.array(anyEntry, { maxLength: 25 }), fc.integer({ min: 1, max: 6 }), async (history, batchSize) => {
      const log = new InMemoryEventLog();
      const readModel = await openSqliteReadModel({ path: ':memory:' });
      const projector = runProjections({ log, readModel, projections: [sampleProjection()], batchSize });
      for (const { stream, what, caughtUp } of history) {
        const event = what === 'Poisoned' ? { type: 'Counted', data: { poison: 'x' } } : { type: what, data: {} };
        await log.append(stream, [anEvent(event)], 'any');
        if (caughtUp) await projector.caughtUp();
      }
      await projector.caughtUp();
      await projector.stop();
      const followed = JSON.stringify(await state(readModel));
      await rebuildProjection({ log, readModel, projection: sampleProjection(), batchSize: 4 });
      expect(JSON.stringify(await state(readModel))).toBe(followed);
      await log.close();
      await readModel.close();
    }), { numRuns: 40 });
  });
});
