import { BAYS, apply, at, idsOf, remove, upsert, useStore, type OpenReadModelHarness } from './store-fixture.ts';

const STAGED = { name: 'bays@next', indexes: BAYS.indexes };
const BOTH = [{ live: 'bays', staged: 'bays@next' }];

/** The switch of a blue/green rebuild. */
export function replacing(openHarness: OpenReadModelHarness): void {
  describe('replacing', () => {
    const store = useStore(openHarness);
    beforeEach(async () => {
      await store.model.ensure([STAGED]);
      await store.model.commit('bays', undefined, at(5), [upsert(5, { id: 'old', project: 'p' })]);
    });

    const stage = (place: number): Promise<boolean> => {
      const changes = [upsert(4, { id: 'new', project: 'q' }, 'bays@next'), remove(5, 'gone', 'bays@next')];
      return store.model.commit('bays@next', undefined, at(place), changes);
    };

    it('puts the staged documents, deletions and checkpoint in the place of the live ones', async () => {
      await stage(6);
      expect(await store.model.replace('bays', 'bays@next', BOTH)).toBe(true);
      expect(await store.model.find('bays')).toEqual([{ id: 'new', project: 'q' }]);
      expect(idsOf(await store.model.find('bays', { where: { project: 'q' } }))).toEqual(['new']);
      expect(await store.model.checkpoint('bays')).toBe(at(6));
      expect(await store.model.checkpoint('bays@next')).toBeUndefined();
      await apply(store.model, upsert(4, { id: 'gone' }));
      expect(await store.model.get('bays', 'gone')).toBeUndefined();
    });

    it('changes nothing while the staged projection is behind', async () => {
      expect(await store.model.replace('bays', 'bays@next', BOTH)).toBe(false);
      await stage(4);
      expect(await store.model.replace('bays', 'bays@next', BOTH)).toBe(false);
      expect(idsOf(await store.model.find('bays'))).toEqual(['old']);
      expect(await store.model.checkpoint('bays')).toBe(at(5));
      expect(idsOf(await store.model.find('bays@next'))).toEqual(['new']);
    });

    it('can be done again and again', async () => {
      for (const place of [6, 7, 8]) {
        await store.model.ensure([STAGED]);
        await stage(place);
        expect(await store.model.replace('bays', 'bays@next', BOTH)).toBe(true);
        expect(idsOf(await store.model.find('bays', { where: { project: 'q' }, sortBy: 'status' }))).toEqual(['new']);
      }
    });

    it('is seen by other processes without a failed read', async () => {
      const other = await store.another();
      expect(idsOf(await other.find('bays', { where: { project: 'p' } }))).toEqual(['old']);
      await stage(6);
      await store.model.replace('bays', 'bays@next', BOTH);
      expect(await other.get('bays', 'old')).toBeUndefined();
      expect(idsOf(await other.find('bays', { where: { project: 'q' } }))).toEqual(['new']);
      await apply(other, upsert(7, { id: 'newer', project: 'q' }));
      expect(await store.model.count('bays', { project: 'q' })).toBe(2);
    });

    it('still finds by a field the new collection no longer declares', async () => {
      await store.model.ensure([{ name: 'slim@next', indexes: [] }]);
      await store.model.commit('slim@next', undefined, at(6), [upsert(6, { id: 'new', project: 'q' }, 'slim@next')]);
      await store.model.replace('bays', 'slim@next', [{ live: 'bays', staged: 'slim@next' }]);
      expect(idsOf(await store.model.find('bays', { where: { project: 'q' } }))).toEqual(['new']);
    });

    it('wakes those who wait for the position it brings', async () => {
      const other = await store.another();
      const reached = [store.model.reached('bays', at(6), 20_000), other.reached('bays', at(6), 20_000)];
      await stage(6);
      await store.model.replace('bays', 'bays@next', BOTH);
      expect(await Promise.all(reached)).toEqual([true, true]);
    });
  });
}
