import { BAYS, apply, at, idsOf, remove, upsert, useStore, type OpenReadModelHarness } from './store-fixture.ts';

/** What is kept, what an older event may not touch, and what declaring and dropping do. */
export function documents(openHarness: OpenReadModelHarness): void {
  describe('documents', () => {
    const store = useStore(openHarness);

    it('gives back the JSON it was given', async () => {
      const note = { text: 'ä"\n\u0000😀', list: [1, [null]], empty: {} };
      const bay = { id: 'a', project: 'p', status: null, nodes: 1.5, healthy: false, note };
      await apply(store.model, upsert(1, bay));
      expect(await store.model.get('bays', 'a')).toEqual(bay);
    });

    it('gives undefined for a document that is not there', async () => {
      expect(await store.model.get('bays', 'a')).toBeUndefined();
    });

    it('keeps the documents of each collection apart', async () => {
      await store.model.ensure([{ name: 'models', indexes: [] }]);
      await apply(store.model, upsert(1, { id: 'a', note: 'bay' }), upsert(1, { id: 'a', note: 'model' }, 'models'));
      expect(await store.model.get('bays', 'a')).toEqual({ id: 'a', note: 'bay' });
      expect(await store.model.get('models', 'a')).toEqual({ id: 'a', note: 'model' });
    });

    it('replaces a document whole', async () => {
      await apply(store.model, upsert(1, { id: 'a', project: 'p', nodes: 1 }));
      await apply(store.model, upsert(2, { id: 'a', nodes: 2 }));
      expect(await store.model.get('bays', 'a')).toEqual({ id: 'a', nodes: 2 });
      expect(await store.model.find('bays', { where: { project: 'p' } })).toEqual([]);
    });

    it('applies the changes of one commit in their order', async () => {
      const again = [upsert(1, { id: 'a', nodes: 1 }), remove(1, 'a'), upsert(1, { id: 'a', nodes: 2 })];
      await apply(store.model, ...again, upsert(1, { id: 'b' }), remove(1, 'b'));
      expect(await store.model.find('bays')).toEqual([{ id: 'a', nodes: 2 }]);
    });

    it('never lets an older event overwrite a newer one', async () => {
      await apply(store.model, upsert(5, { id: 'a', nodes: 5 }));
      await apply(store.model, upsert(4, { id: 'a', nodes: 4 }));
      expect(await store.model.get('bays', 'a')).toEqual({ id: 'a', nodes: 5 });
    });

    it('never lets an older event delete a newer document', async () => {
      await apply(store.model, upsert(5, { id: 'a' }));
      await apply(store.model, remove(4, 'a'));
      expect(await store.model.get('bays', 'a')).toEqual({ id: 'a' });
    });

    it('keeps a document deleted when an older event of it comes late', async () => {
      await apply(store.model, upsert(1, { id: 'a' }));
      await apply(store.model, remove(5, 'a'));
      await apply(store.model, upsert(4, { id: 'a' }));
      expect(await store.model.get('bays', 'a')).toBeUndefined();
    });

    it('keeps a document deleted that was deleted before it came', async () => {
      await apply(store.model, remove(5, 'a'));
      await apply(store.model, remove(3, 'a'));
      await apply(store.model, upsert(4, { id: 'a' }));
      expect(await store.model.get('bays', 'a')).toBeUndefined();
    });

    it('lets a newer event bring a deleted document back', async () => {
      await apply(store.model, remove(5, 'a'));
      await apply(store.model, upsert(6, { id: 'a', nodes: 6 }));
      expect(await store.model.get('bays', 'a')).toEqual({ id: 'a', nodes: 6 });
    });

    it('takes the same event again without changing anything', async () => {
      await apply(store.model, upsert(5, { id: 'a', nodes: 5 }), upsert(5, { id: 'b' }));
      await apply(store.model, upsert(5, { id: 'a', nodes: 5 }), upsert(5, { id: 'b' }));
      expect(await store.model.find('bays')).toEqual([{ id: 'a', nodes: 5 }, { id: 'b' }]);
    });
  });

  describe('declaring and dropping', () => {
    const store = useStore(openHarness);

    it('keeps what is there when a collection is declared again', async () => {
      await apply(store.model, upsert(1, { id: 'a' }));
      await store.model.ensure([BAYS, BAYS]);
      expect(await store.model.find('bays')).toEqual([{ id: 'a' }]);
    });

    it('indexes the documents that are there by a field declared later', async () => {
      await apply(store.model, upsert(1, { id: 'a', note: 'x' }), upsert(1, { id: 'b', note: 'y' }), upsert(1, { id: 'c', note: 'x' }));
      await store.model.ensure([{ name: 'bays', indexes: ['note'] }]);
      expect(idsOf(await store.model.find('bays', { where: { note: 'x' } }))).toEqual(['a', 'c']);
      expect(idsOf(await store.model.find('bays', { sortBy: 'note', descending: true }))).toEqual(['b', 'c', 'a']);
    });

    it('still finds by a field that a later declaration leaves out', async () => {
      await apply(store.model, upsert(1, { id: 'a', project: 'p' }));
      await store.model.ensure([{ name: 'bays', indexes: [] }]);
      expect(idsOf(await store.model.find('bays', { where: { project: 'p' } }))).toEqual(['a']);
    });

    it('fills an index that another process declared after this one', async () => {
      await (await store.another()).ensure([{ name: 'bays', indexes: ['note'] }]);
      await apply(store.model, upsert(1, { id: 'a', note: 'x' }));
      expect(idsOf(await store.model.find('bays', { where: { note: 'x' } }))).toEqual(['a']);
    });

    it('refuses collections and fields that nobody declared', async () => {
      await expect(store.model.get('unknown', 'a')).rejects.toThrow('unknown');
      await expect(store.model.find('bays', { where: { secret: 1 } })).rejects.toThrow('secret');
      await expect(store.model.find('bays', { sortBy: 'secret' })).rejects.toThrow('secret');
      await expect(store.model.commit('bays', undefined, at(1), [upsert(1, { id: 'a' }, 'unknown')])).rejects.toThrow('unknown');
    });

    it('forgets checkpoint, documents and deletions when dropped, and nothing else', async () => {
      await store.model.ensure([{ name: 'models', indexes: [] }]);
      await store.model.commit('models', undefined, at(1), [upsert(1, { id: 'm' }, 'models')]);
      await apply(store.model, upsert(5, { id: 'a' }), remove(5, 'b'));
      await store.model.drop('bays', ['bays']);
      expect(await store.model.checkpoint('bays')).toBeUndefined();
      expect(await store.model.find('bays')).toEqual([]);
      await apply(store.model, upsert(1, { id: 'b' }));
      expect(await store.model.find('bays')).toEqual([{ id: 'b' }]);
      expect(await store.model.checkpoint('models')).toBe(at(1));
      expect(await store.model.get('models', 'm')).toEqual({ id: 'm' });
    });
  });
}
