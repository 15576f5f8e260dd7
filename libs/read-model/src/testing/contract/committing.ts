import { apply, at, remove, upsert, useStore, type OpenReadModelHarness, type SampleDocument } from './store-fixture.ts';

/** Checkpoint and effect: together or not at all, once, also with several projectors. */
export function committing(openHarness: OpenReadModelHarness): void {
  describe('committing', () => {
    const store = useStore(openHarness);

    it('has no checkpoint before the first commit', async () => {
      expect(await store.model.checkpoint('bays')).toBeUndefined();
    });

    it('moves the checkpoint together with the documents', async () => {
      expect(await store.model.commit('bays', undefined, at(3), [upsert(3, { id: 'a' })])).toBe(true);
      expect(await store.model.checkpoint('bays')).toBe(at(3));
      expect(await store.model.commit('bays', at(3), at(4), [])).toBe(true);
      expect(await store.model.checkpoint('bays')).toBe(at(4));
      expect(await store.model.get('bays', 'a')).toEqual({ id: 'a' });
    });

    it.each([
      ['behind', at(1)], ['ahead', at(3)], ['missing', undefined],
    ])('applies nothing when the checkpoint it starts from is %s', async (_how, from) => {
      await store.model.commit('bays', undefined, at(2), []);
      expect(await store.model.commit('bays', from, at(9), [upsert(9, { id: 'a' })])).toBe(false);
      expect(await store.model.checkpoint('bays')).toBe(at(2));
      expect(await store.model.get('bays', 'a')).toBeUndefined();
    });

    it('applies nothing when one of the changes cannot be', async () => {
      const nameless = upsert(1, {} as SampleDocument);
      await expect(store.model.commit('bays', undefined, at(1), [upsert(1, { id: 'a' }), nameless])).rejects.toThrow();
      expect(await store.model.checkpoint('bays')).toBeUndefined();
      expect(await store.model.get('bays', 'a')).toBeUndefined();
      await apply(store.model, upsert(1, { id: 'a' }));
    });

    it('refuses to move a checkpoint back', async () => {
      await store.model.commit('bays', undefined, at(2), []);
      await expect(store.model.commit('bays', at(2), at(1), [])).rejects.toThrow('back');
    });

    it('applies a commit whose documents are unchanged', async () => {
      await apply(store.model, upsert(1, { id: 'a', nodes: 1, note: { deep: [1] } }));
      const seen = (await store.model.get<SampleDocument>('bays', 'a'))!;
      const unchanged = [{ collection: 'bays', document: seen }];
      expect(await store.model.commit('bays', at(1), at(1), [upsert(1, { ...seen, nodes: 2 })], { unchanged })).toBe(true);
      expect(await store.model.get('bays', 'a')).toEqual({ ...seen, nodes: 2 });
      expect(await store.model.checkpoint('bays')).toBe(at(1));
    });

    it.each([
      ['has changed', upsert(2, { id: 'a', nodes: 2 })], ['was deleted', remove(2, 'a')],
    ])('applies nothing when a document it depends on %s', async (_how, change) => {
      await apply(store.model, upsert(1, { id: 'a', nodes: 1 }));
      const unchanged = [{ collection: 'bays', document: { id: 'a', nodes: 1 } }];
      await apply(store.model, change);
      expect(await store.model.commit('bays', at(2), at(3), [upsert(3, { id: 'b' })], { unchanged })).toBe(false);
      expect(await store.model.get('bays', 'b')).toBeUndefined();
      expect(await store.model.checkpoint('bays')).toBe(at(2));
    });

    it('keeps documents, deletions and checkpoint when opened again', async () => {
      await apply(store.model, upsert(2, { id: 'a', project: 'p' }), remove(2, 'b'));
      await store.model.close();
      const reopened = await store.another();
      await reopened.ensure([{ name: 'bays', indexes: ['project'] }]);
      expect(await reopened.find('bays', { where: { project: 'p' } })).toEqual([{ id: 'a', project: 'p' }]);
      expect(await reopened.checkpoint('bays')).toBe(at(1));
      await apply(reopened, upsert(1, { id: 'b' }));
      expect(await reopened.get('bays', 'b')).toBeUndefined();
    });
  });

  describe('two processes on one store', () => {
    const store = useStore(openHarness);

    it('shows each what the other has committed', async () => {
      const other = await store.another();
      await apply(store.model, upsert(1, { id: 'a' }));
      expect(await other.get('bays', 'a')).toEqual({ id: 'a' });
      expect(await other.checkpoint('bays')).toBe(at(1));
    });

    it('lets exactly one of two commits from the same checkpoint through', async () => {
      const other = await store.another();
      const outcomes = await Promise.all([
        store.model.commit('bays', undefined, at(1), [upsert(1, { id: 'a', note: 'first' })]),
        other.commit('bays', undefined, at(1), [upsert(1, { id: 'a', note: 'second' })]),
      ]);
      expect(outcomes.filter(Boolean)).toEqual([true]);
    });

    it('counts each event once, however many projectors compete', async () => {
      const events = 60;
      const project = async (model: typeof store.model): Promise<void> => {
        for (;;) {
          const from = await model.checkpoint('bays');
          const next = Number(from ?? 0) + 1;
          if (next > events) return;
          const nodes = ((await model.get<SampleDocument>('bays', 'total'))?.nodes ?? 0) + 1;
          await model.commit('bays', from, at(next), [upsert(next, { id: 'total', nodes })]);
        }
      };
      await Promise.all([project(store.model), project(store.model), project(await store.another())]);
      expect(await store.model.get('bays', 'total')).toEqual({ id: 'total', nodes: events });
    });

    it('finds a collection that another process has declared', async () => {
      await (await store.another()).ensure([{ name: 'models', indexes: ['note'] }]);
      expect(await store.model.find('models', { where: { note: 'x' } })).toEqual([]);
    });

    it('declares the same collections from both at once', async () => {
      const other = await store.another();
      const spec = { name: 'models', indexes: ['note', 'nodes'] };
      await Promise.all([store.model.ensure([spec]), other.ensure([spec])]);
      expect(await other.find('models', { where: { nodes: 1 } })).toEqual([]);
    });
  });
}
