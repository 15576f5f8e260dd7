import { NO_HASH, hashEvent } from '../../stored-event.ts';
import { aStream, anEvent, someEvents } from '../an-event.ts';
import { collect, idsOf, positionsOf, useStore } from './store-fixture.ts';
import type { OpenHarness } from './store-fixture.ts';

export function reading(openHarness: OpenHarness): void {
  describe('reading', () => {
    const store = useStore(openHarness);

    it('finds nothing in an empty log', async () => {
      expect(await store.log.head()).toBeUndefined();
      expect(await collect(store.log.readAll())).toEqual([]);
      expect(await collect(store.log.readStream(aStream()))).toEqual([]);
    });

    it('reads a stream from a revision, inclusive, up to a limit', async () => {
      const stream = aStream();
      await store.log.append(stream, someEvents(2), 'none');
      await store.log.append(stream, someEvents(3), 1);
      await store.log.append(aStream(), someEvents(2), 'none');
      const revisions = async (options?: { from?: number; limit?: number }) =>
        (await collect(store.log.readStream(stream, options))).map(({ revision }) => revision);
      expect(await revisions()).toEqual([0, 1, 2, 3, 4]);
      expect(await revisions({ from: 1 })).toEqual([1, 2, 3, 4]);
      expect(await revisions({ from: 1, limit: 2 })).toEqual([1, 2]);
      expect(await revisions({ limit: 3 })).toEqual([0, 1, 2]);
      expect(await revisions({ limit: 0 })).toEqual([]);
      expect(await revisions({ from: 5 })).toEqual([]);
    });

    it('reads all streams in order of position, and positions are ordered as strings', async () => {
      const written: string[] = [];
      for (let round = 0; round < 12; round += 1) {
        const events = someEvents(1 + (round % 3));
        await store.log.append(aStream(), events, 'none');
        written.push(...idsOf(events));
      }
      const events = await collect(store.log.readAll());
      expect(idsOf(events)).toEqual(written);
      expect(positionsOf(events)).toEqual([...new Set(positionsOf(events))].sort());
      expect(await store.log.head()).toBe(events.at(-1)!.position);
    });

    it('reads strictly after a position, up to a limit', async () => {
      const stream = aStream();
      await store.log.append(stream, someEvents(2), 'none');
      await store.log.append(stream, someEvents(4), 1);
      const all = await collect(store.log.readAll());
      for (let index = 0; index < all.length; index += 1) {
        const after = all[index]!.position;
        expect(await collect(store.log.readAll({ after }))).toEqual(all.slice(index + 1));
        expect(await collect(store.log.readAll({ after, limit: 2 }))).toEqual(all.slice(index + 1, index + 3));
      }
      expect(await collect(store.log.readAll({ limit: 4 }))).toEqual(all.slice(0, 4));
      expect(await collect(store.log.readAll({ limit: 0 }))).toEqual([]);
    });

    it('filters by category, by type and by both', async () => {
      const [bay, project, plain] = [aStream('bay'), aStream('project'), 'bay'];
      await store.log.append(bay, [anEvent({ type: 'A' }), anEvent({ type: 'B' })], 'none');
      await store.log.append(project, [anEvent({ type: 'A' }), anEvent({ type: 'C' })], 'none');
      await store.log.append(plain, [anEvent({ type: 'A' })], 'none');
      await store.log.append('bayou-1', [anEvent({ type: 'A' })], 'none');
      const found = async (filter: { categories?: string[]; types?: string[]; limit?: number }) =>
        (await collect(store.log.readAll(filter))).map(({ stream, type }) => [stream, type]);
      expect(await found({ categories: ['bay'] })).toEqual([[bay, 'A'], [bay, 'B'], [plain, 'A']]);
      expect(await found({ types: ['A'] })).toEqual([[bay, 'A'], [project, 'A'], [plain, 'A'], ['bayou-1', 'A']]);
      expect(await found({ categories: ['project', 'bay'], types: ['B', 'C'] })).toEqual([[bay, 'B'], [project, 'C']]);
      expect(await found({ types: ['A'], limit: 2 })).toEqual([[bay, 'A'], [project, 'A']]);
      expect(await found({ types: ['Unheard'] })).toEqual([]);
      expect(await found({ categories: [] })).toEqual([]);
    });

    it('ends at the head as it was when the read began', async () => {
      await store.log.append(aStream(), someEvents(5), 'none');
      const read: string[] = [];
      for await (const { eventId } of store.log.readAll()) {
        read.push(eventId);
        await store.log.append(aStream(), [anEvent()], 'none');
      }
      expect(read).toHaveLength(5);
      expect(await collect(store.log.readAll())).toHaveLength(10);
    });

    it('reads many pages without losing or doubling an event', async () => {
      const written: string[] = [];
      for (let round = 0; round < 6; round += 1) {
        const events = someEvents(300, { type: round % 2 === 0 ? 'Even' : 'Odd' });
        await store.log.append('bay-long', events, 'any');
        written.push(...idsOf(events));
      }
      expect(idsOf(await collect(store.log.readAll()))).toEqual(written);
      expect(idsOf(await collect(store.log.readStream('bay-long')))).toEqual(written);
      expect(idsOf(await collect(store.log.readAll({ types: ['Odd'] })))).toEqual([300, 900, 1500].flatMap((at) => written.slice(at, at + 300)));
    });

    it('keeps big and unusual data exactly', async () => {
      const data = {
        big: 'ü€😀'.repeat(22_222), '1': 'integer key', a: '\u0000\u001f"\\/\u2028\ud800', 'ключ': [null, true, -0.5e-7, 1e21, Number.MAX_SAFE_INTEGER, {}, []],
      };
      const stream = 'bay-ü 😀.*>/%"\'';
      await store.log.append(stream, [anEvent({ data })], 'none');
      const [event] = await collect(store.log.readStream(stream));
      expect(event!.data).toEqual(data);
      expect(event!.stream).toBe(stream);
      expect(await collect(store.log.readAll())).toEqual([event]);
      expect(hashEvent(event!)).toBe(event!.hash);
    });

    it('links each stream by hashes that follow from the events alone', async () => {
      const streams = [aStream(), aStream()];
      for (let round = 0; round < 3; round += 1) for (const stream of streams) await store.log.append(stream, someEvents(2), 'any');
      for (const stream of streams) {
        const events = await collect(store.log.readStream(stream));
        expect(events.map(hashEvent)).toEqual(events.map(({ hash }) => hash));
        expect(events.map(({ prevHash }) => prevHash)).toEqual([NO_HASH, ...events.slice(0, -1).map(({ hash }) => hash)]);
      }
    });

    it('gives hashes that change with every part of an event', async () => {
      const stream = aStream();
      await store.log.append(stream, [anEvent()], 'none');
      const [event] = await collect(store.log.readStream(stream));
      const changes = { data: { nodeCount: 4 }, type: 'BayRenamed', actor: { ...event!.actor, userId: 'eve' }, revision: 1, recordedAt: 'later', stream: 'x' };
      for (const [member, value] of Object.entries(changes)) expect(hashEvent({ ...event!, [member]: value })).not.toBe(event!.hash);
    });
  });
}
