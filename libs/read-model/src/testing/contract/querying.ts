import type { Query } from '../../read-model.port.ts';
import { apply, idsOf, remove, upsert, useStore, type OpenReadModelHarness, type SampleDocument } from './store-fixture.ts';

/** In order of creation. Every sort has ties in it. */
const SAMPLES: readonly SampleDocument[] = [
  { id: 'e', project: 'p1', status: 'ok', nodes: 3, healthy: true },
  { id: 'd', project: 'p2', status: 'ok', nodes: 1, healthy: false },
  { id: 'c', project: 'p1', status: null, nodes: 3 },
  { id: 'b', project: 'p2', status: 'bad', nodes: 10, healthy: true },
  { id: 'a', project: 'p1', status: 'bad', nodes: 1 },
];

const SELECTIONS: readonly (readonly [rule: string, where: Query['where'], ids: string])[] = [
  ['everything without a filter', undefined, 'edcba'],
  ['everything with an empty filter', {}, 'edcba'],
  ['by equality of a string', { project: 'p1' }, 'eca'],
  ['by equality of a number', { nodes: 1 }, 'da'],
  ['by true', { healthy: true }, 'eb'],
  ['by false', { healthy: false }, 'd'],
  ['by null, which a missing field is too', { healthy: null }, 'ca'],
  ['by null', { status: null }, 'c'],
  ['by any value of an array', { status: ['bad', 'gone'] }, 'ba'],
  ['by any number of an array', { nodes: [10, 3] }, 'ecb'],
  ['nothing by an empty array', { status: [] }, ''],
  ['by several fields at once', { project: 'p1', status: ['ok', 'bad'], nodes: 3 }, 'e'],
  ['nothing by a value of another type', { nodes: '1' }, ''],
  ['nothing by a number where there is a boolean', { healthy: 1 }, ''],
  ['nothing by a value that is not there', { project: 'p3' }, ''],
];

const ORDERS: readonly (readonly [rule: string, query: Query, ids: string])[] = [
  ['in order of creation', {}, 'edcba'],
  ['in order of creation by name', { sortBy: 'created' }, 'edcba'],
  ['in the reverse order of creation', { descending: true }, 'abcde'],
  ['by a number, ties in order of creation', { sortBy: 'nodes' }, 'daecb'],
  ['by a number downwards, ties reversed too', { sortBy: 'nodes', descending: true }, 'bcead'],
  ['by a string, null first', { sortBy: 'status' }, 'cbaed'],
  ['by a string downwards, null last', { sortBy: 'status', descending: true }, 'deabc'],
  ['filtered and sorted', { where: { project: 'p1' }, sortBy: 'status' }, 'cae'],
];

/** Selection, order and pages. */
export function querying(openHarness: OpenReadModelHarness): void {
  describe('querying', () => {
    const store = useStore(openHarness);
    beforeEach(() => apply(store.model, ...SAMPLES.map((sample) => upsert(1, sample))));

    it.each(SELECTIONS)('finds %s', async (_rule, where, ids) => {
      expect(idsOf(await store.model.find('bays', { where })).join('')).toBe(ids);
    });

    it.each(SELECTIONS)('counts %s', async (_rule, where, ids) => {
      expect(await store.model.count('bays', where)).toBe(ids.length);
    });

    it.each(ORDERS)('lists %s', async (_rule, query, ids) => {
      expect(idsOf(await store.model.find('bays', query)).join('')).toBe(ids);
    });

    it.each(ORDERS)('pages without gap or repetition %s', async (_rule, query, ids) => {
      for (const limit of [1, 2, 3, 5]) {
        const seen: string[] = [];
        for (;;) {
          const page = await store.model.find('bays', { ...query, limit, afterId: seen.at(-1) });
          seen.push(...idsOf(page));
          if (page.length < limit) break;
        }
        expect(seen.join('')).toBe(ids);
      }
    });

    it('keeps the place of a document that changes', async () => {
      await apply(store.model, upsert(2, { ...SAMPLES[0]!, nodes: 99 }));
      expect(idsOf(await store.model.find('bays')).join('')).toBe('edcba');
    });

    it('puts a document that was deleted and comes back at the end', async () => {
      await apply(store.model, remove(2, 'e'));
      await apply(store.model, upsert(3, SAMPLES[0]!));
      expect(idsOf(await store.model.find('bays')).join('')).toBe('dcbae');
    });

    it('goes on with a page although documents came and went meanwhile', async () => {
      await apply(store.model, upsert(2, { id: 'f', nodes: 1 }), remove(2, 'd'));
      expect(idsOf(await store.model.find('bays', { sortBy: 'nodes', afterId: 'a', limit: 2 })).join('')).toBe('fe');
    });

    it('ends the list after a document that is not there', async () => {
      expect(await store.model.find('bays', { afterId: 'zzz' })).toEqual([]);
      expect(await store.model.find('bays', { sortBy: 'nodes', descending: true, afterId: 'zzz' })).toEqual([]);
    });

    it('finds nothing with a limit of 0', async () => {
      expect(await store.model.find('bays', { limit: 0 })).toEqual([]);
    });

    it('refuses a filter whose value is undefined, rather than showing everything', async () => {
      const where = { project: undefined } as unknown as Query['where'];
      await expect(store.model.find('bays', { where })).rejects.toThrow('project');
      await expect(store.model.count('bays', where)).rejects.toThrow('project');
    });
  });
}
