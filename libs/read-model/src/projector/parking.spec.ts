import { setImmediate } from 'node:timers/promises';
import type { Projection } from '../read-model.port.ts';
import { tally, useProjectors } from '../testing/projector-fixture.ts';
import { sampleProjection } from '../testing/sample-projection.ts';
import { collectionsOf } from './parked-stream.ts';
import { discardParkedStream, discardedStreams, parkedStreams, retryParkedStream } from './parking.ts';

describe('parking', () => {
  const world = useProjectors();

  it('parks a poisoned stream with all its later events, while the others flow', async () => {
    await world.count('a', undefined, 'x', undefined);
    await world.count('b', undefined);
    const projector = world.run();
    await projector.caughtUp();
    await world.count('a', undefined);
    await world.count('b', undefined);
    await projector.caughtUp();
    expect(await world.documents('tallies')).toEqual([tally('a', 0), tally('b', 0, 1)]);
    const positions: string[] = [];
    for await (const event of world.log.readStream('bay-a')) positions.push(event.position);
    expect(await projector.parked('tally')).toEqual([{
      id: 'bay-a', firstPosition: positions[1], firstRevision: 1, firstType: 'Counted', lastPosition: positions[3], count: 3,
      error: 'poisoned by x', staleSince: expect.any(String), retries: 0,
    }]);
  });

  it('tells an operator once', async () => {
    const errors: unknown[] = [];
    const logger = { info: () => undefined, warn: () => undefined, error: (...line: unknown[]) => errors.push(line) };
    await world.count('a', 'x', undefined, 'y');
    await world.run(undefined, { logger }).caughtUp();
    const position = (await world.readModel.find<{ id: string; firstPosition: string }>('parked_tally'))[0]!.firstPosition;
    expect(errors).toEqual([['stream parked', { projection: 'tally', stream: 'bay-a', position, reason: 'poisoned by x' }]]);
  });

  it('tries an event three times before it parks', async () => {
    const tries = new Map<string, number>();
    const failing = (times: number): Projection => {
      const sample = sampleProjection();
      return {
        ...sample,
        project: async (event, documents) => {
          tries.set(event.stream, (tries.get(event.stream) ?? 0) + 1);
          if (event.stream === 'bay-a' && tries.get('bay-a')! <= times) throw new Error('not yet');
          return sample.project(event, documents);
        },
      };
    };
    await world.count('a', undefined);
    const projector = world.run(failing(2));
    await projector.caughtUp();
    expect(await projector.parked('tally')).toEqual([]);
    expect(tries.get('bay-a')).toBe(3);
  });

  it.each([
    ['an unknown type', 'BayPainted', 'does not know BayPainted'],
  ])('parks at %s', async (_what, type, error) => {
    await world.append('bay-a', type);
    await world.count('a', undefined);
    const projector = world.run();
    await projector.caughtUp();
    const parked = { id: 'bay-a', firstType: type, count: 2, error: expect.stringContaining(error) };
    expect(await projector.parked('tally')).toMatchObject([parked]);
    expect(await world.documents('tallies')).toEqual([]);
  });

  it.each<[string, Projection['project'], string]>([
    [
      'changes what it does not own',
      async ({ position }) => [{ kind: 'delete', collection: 'others', id: 'a', position }], 'does not declare others',
    ],
    ['reads what it does not own', async (_event, documents) => (await documents.get('others', 'a'), []), 'does not declare others'],
    [
      'forgets an id',
      async ({ position }) => [{ kind: 'upsert', collection: 'tallies', document: {} as { id: string }, position }], 'without an id',
    ],
    ['makes a position up', async () => [{ kind: 'delete', collection: 'tallies', id: 'a', position: '9' }], 'another position'],
  ])('parks when a projection %s', async (_what, project, error) => {
    await world.count('a', undefined);
    const projector = world.run({ ...sampleProjection(), project });
    await projector.caughtUp();
    expect(await projector.parked('tally')).toMatchObject([{ id: 'bay-a', error: expect.stringContaining(error) }]);
  });

  it('keeps a stream parked over a restart', async () => {
    await world.count('a', 'x');
    const first = world.run();
    await first.caughtUp();
    await first.stop();
    await world.count('a', undefined);
    const second = world.run(sampleProjection(new Set(['x'])));
    await second.caughtUp();
    expect(await second.parked('tally')).toMatchObject([{ id: 'bay-a', count: 2 }]);
  });
});

describe('retrying a parked stream', () => {
  const world = useProjectors();

  it('projects all that waits, in order, and lets the stream flow again', async () => {
    const cured = new Set<string>();
    await world.count('a', undefined, 'x', undefined);
    await world.count('b', undefined);
    const projector = world.run(sampleProjection(cured));
    await projector.caughtUp();
    cured.add('x');
    expect(await projector.retryParked('tally', 'bay-a')).toEqual({ applied: 2 });
    expect(await projector.parked('tally')).toEqual([]);
    await world.count('a', undefined);
    await projector.caughtUp();
    expect(await world.documents('tallies')).toEqual([tally('a', 0, 1, 2, 3), tally('b', 0)]);
    // The total was at a later event when the older ones came: nothing of them is lost.
    expect(await world.documents('totals')).toEqual([{ id: 'all', events: 5 }]);
  });

  it('parks again, once, at the event that still fails', async () => {
    const cured = new Set<string>();
    await world.count('a', 'x', undefined, 'y', undefined);
    const projector = world.run(sampleProjection(cured));
    await projector.caughtUp();
    cured.add('x');
    const parked = { id: 'bay-a', firstRevision: 2, count: 2, error: 'poisoned by y', retries: 1 };
    expect(await projector.retryParked('tally', 'bay-a')).toMatchObject({ applied: 2, parked });
    expect(await projector.parked('tally')).toMatchObject([parked]);
    expect(await world.documents('tallies')).toEqual([tally('a', 0, 1)]);
    expect(await projector.retryParked('tally', 'bay-a')).toMatchObject({ applied: 0, parked: { ...parked, retries: 2 } });
    cured.add('y');
    expect(await projector.retryParked('tally', 'bay-a')).toEqual({ applied: 2 });
    expect(await world.documents('tallies')).toEqual([tally('a', 0, 1, 2, 3)]);
  });

  it('applies a stream once when two retry it at the same time', async () => {
    const projection = sampleProjection(new Set(['x']));
    await world.count('a', 'x', undefined, undefined);
    const first = world.run();
    await first.caughtUp();
    const other = await world.another();
    const outcomes = await Promise.allSettled([
      retryParkedStream({ ...world, log: world.log, readModel: world.readModel, projection }, 'bay-a'),
      retryParkedStream({ ...other, projection }, 'bay-a'),
    ]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await world.documents('tallies')).toEqual([tally('a', 0, 1, 2)]);
    expect(await world.documents('totals')).toEqual([{ id: 'all', events: 3 }]);
  });

  it('competes with projectors of other processes without losing or doubling an event', async () => {
    const projection = sampleProjection(new Set(['x']));
    await world.count('a', 'x');
    const parking = world.run();
    await parking.caughtUp();
    const other = await world.another();
    const retrying = retryParkedStream({ ...other, projection }, 'bay-a');
    for (let round = 0; round < 30; round += 1) {
      await world.count('a', undefined);
      await world.count('b', undefined);
      if (round % 10 === 0) await setImmediate();
    }
    await retrying;
    await parking.caughtUp();
    const revisions = (count: number): number[] => Array.from({ length: count }, (_, revision) => revision);
    expect(await world.readModel.get('tallies', 'bay-a')).toEqual(tally('a', ...revisions(31)));
    expect(await world.readModel.get('tallies', 'bay-b')).toEqual(tally('b', ...revisions(30)));
    expect(await world.documents('totals')).toEqual([{ id: 'all', events: 61 }]);
  });

  it('refuses a stream that is not parked', async () => {
    const projector = world.run();
    await expect(projector.retryParked('tally', 'bay-a')).rejects.toMatchObject({ code: 'STREAM_NOT_PARKED', kind: 'not-found' });
  });
});

describe('discarding a parked stream', () => {
  const world = useProjectors();

  it('gives up what waits, keeps the reason and lets the stream flow again', async () => {
    await world.count('a', undefined, 'x', undefined);
    const projector = world.run();
    await projector.caughtUp();
    await projector.discardParked('tally', 'bay-a', 'restored by hand');
    await world.count('a', undefined);
    await projector.caughtUp();
    expect(await projector.parked('tally')).toEqual([]);
    expect(await world.documents('tallies')).toEqual([tally('a', 0, 3)]);
    expect(await discardedStreams(world.readModel, 'tally')).toMatchObject([
      { id: expect.stringMatching(/^bay-a@/), stream: 'bay-a', count: 2, error: 'poisoned by x', reason: 'restored by hand' },
    ]);
  });

  it('refuses a stream that is not parked', async () => {
    await world.readModel.ensure(collectionsOf(sampleProjection()));
    const refused = discardParkedStream(world.readModel, 'tally', 'bay-a', 'no reason');
    await expect(refused).rejects.toMatchObject({ code: 'STREAM_NOT_PARKED' });
    expect(await parkedStreams(world.readModel, 'tally')).toEqual([]);
  });
});
