import fc from 'fast-check';
import type { EventLog, Expected } from '../../event-log.port.ts';
import { NO_HASH, hashEvent } from '../../stored-event.ts';
import { aStream, anEvent, someEvents } from '../an-event.ts';
import { BatchRecorder } from './batch-recorder.ts';
import { collect, idsOf, useStore } from './store-fixture.ts';
import type { OpenHarness, StoreFixture } from './store-fixture.ts';

export function sharing(openHarness: OpenHarness): void {
  describe('sharing a store', () => {
    const store = useStore(openHarness);

    it('sees what another instance appended, at once', async () => {
      const other = await store.another();
      const stream = aStream();
      for (let round = 0; round < 5; round += 1) {
        const [writer, reader] = round % 2 === 0 ? [store.log, other] : [other, store.log];
        const { position } = await writer.append(stream, [anEvent()], round === 0 ? 'none' : round - 1);
        expect(await reader.head()).toBe(position);
        expect(await collect(reader.readStream(stream))).toHaveLength(round + 1);
      }
      expect(await collect(store.log.readAll())).toEqual(await collect(other.readAll()));
    });

    it('follows what another instance appends', async () => {
      const other = await store.another();
      const recorder = new BatchRecorder();
      store.log.subscribe({}, recorder.handler);
      for (let round = 0; round < 5; round += 1) await other.append(aStream(), someEvents(2), 'none');
      await recorder.until(({ events }) => events.length === 10);
      expect(recorder.events).toEqual(await collect(other.readAll()));
    });

    it('refuses a revision another instance has passed', async () => {
      const other = await store.another();
      const stream = aStream();
      await store.log.append(stream, [anEvent()], 'none');
      await other.append(stream, [anEvent()], 0);
      await expect(store.log.append(stream, [anEvent()], 0)).rejects.toMatchObject({ code: 'REVISION_CONFLICT', details: { actual: 1 } });
      expect((await store.log.append(stream, [anEvent()], 1)).revision).toBe(2);
    });

    it('keeps everything when it is closed and opened again', async () => {
      const other = await store.another();
      const stream = aStream();
      const last = await other.append(stream, someEvents(3), 'none');
      const before = await collect(other.readAll());
      await other.close();
      const reopened = await store.another();
      expect(await collect(reopened.readAll())).toEqual(before);
      expect(await reopened.head()).toBe(last.position);
      expect((await reopened.append(stream, [anEvent()], 2)).revision).toBe(3);
    });

    it('follows concurrent writers without losing, doubling or reordering an event', async () => {
      const other = await store.another();
      const recorder = new BatchRecorder();
      store.log.subscribe({ batchSize: 7 }, recorder.handler);
      const writers = [store.log, other, store.log, other].map(async (log) => {
        for (let round = 0; round < 25; round += 1) await log.append('bay-busy', someEvents(1 + (round % 2)), 'any');
      });
      await Promise.all(writers);
      await recorder.until(({ events }) => events.length === 148);
      expect(recorder.events).toEqual(await collect(store.log.readAll()));
    });

    it('stays gapless under random concurrent writers, taking each append once or refusing it', async () => {
      const other = await store.another();
      // fast-check prints the seed of a failing history.
      await fc.assert(fc.asyncProperty(histories, (history) => holdsFor(store, [store.log, other], history)), { numRuns: 15 });
    });
  });
}

interface Step {
  readonly instance: number;
  readonly stream: number;
  readonly size: number;
  readonly expected: Expected | 'next';
  readonly twice: boolean;
}

const step: fc.Arbitrary<Step> = fc.record({
  instance: fc.nat({ max: 1 }),
  stream: fc.nat({ max: 2 }),
  size: fc.integer({ min: 1, max: 3 }),
  expected: fc.oneof(fc.constantFrom<Step['expected'][]>('none', 'any', 'next', 'next', 'next'), fc.nat({ max: 12 })),
  twice: fc.boolean(),
});
/** Writers run side by side; the steps of one run one after the other. */
const histories = fc.array(fc.array(step, { maxLength: 8 }), { minLength: 2, maxLength: 4 });

interface Taken {
  readonly stream: string;
  readonly ids: readonly string[];
  readonly expected: Expected;
  readonly revision: number | undefined;
}

async function holdsFor(store: StoreFixture, logs: readonly EventLog[], history: readonly (readonly Step[])[]): Promise<void> {
  const streams = [aStream(), aStream(), aStream()];
  const after = await store.log.head();
  const taken = (await Promise.all(history.map((steps) => write(logs, streams, steps)))).flat();
  const events = await collect(store.log.readAll(after === undefined ? {} : { after }));
  for (const stream of streams) {
    const own = await collect(store.log.readStream(stream));
    expect(own).toEqual(events.filter((event) => event.stream === stream));
    expect(own.map(({ revision }) => revision)).toEqual(own.map((_, index) => index));
    expect(own.map(({ prevHash }) => prevHash)).toEqual([NO_HASH, ...own.map(({ hash }) => hash)].slice(0, own.length));
    expect(own.map(hashEvent)).toEqual(own.map(({ hash }) => hash));
    for (const append of taken.filter((one) => one.stream === stream)) assertTakenWhole(append, idsOf(own));
  }
  expect(events).toHaveLength(taken.reduce((sum, { ids, revision }) => sum + (revision === undefined ? 0 : ids.length), 0));
}

async function write(logs: readonly EventLog[], streams: readonly string[], steps: readonly Step[]): Promise<Taken[]> {
  const taken: Taken[] = [];
  for (const { instance, stream: index, size, expected: wanted, twice } of steps) {
    const stream = streams[index]!;
    const log = logs[instance]!;
    const events = someEvents(size);
    const expected = wanted === 'next' ? await headOf(log, stream) : wanted;
    const attempts = Array.from({ length: twice ? 2 : 1 }, () => log.append(stream, events, expected));
    const outcomes = await Promise.allSettled(attempts);
    for (const outcome of outcomes) if (outcome.status === 'rejected') expect(outcome.reason.code).toBe('REVISION_CONFLICT');
    const revisions = outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value.revision : undefined));
    taken.push({ stream, ids: idsOf(events), expected, revision: revisions.find((revision) => revision !== undefined) });
  }
  return taken;
}

async function headOf(log: EventLog, stream: string): Promise<Expected> {
  return (await collect(log.readStream(stream))).at(-1)?.revision ?? 'none';
}

function assertTakenWhole({ ids, expected, revision }: Taken, stored: readonly string[]): void {
  if (revision === undefined) {
    expect(stored.filter((id) => ids.includes(id))).toEqual([]);
    return;
  }
  const first = revision - ids.length + 1;
  expect(stored.slice(first, revision + 1)).toEqual(ids);
  if (expected !== 'any') expect(first).toBe(expected === 'none' ? 0 : expected + 1);
}
