import { at, upsert, useStore, type OpenReadModelHarness } from './store-fixture.ts';

/** `reached`: read-your-writes across processes. The time limits here only end a test that would hang. */
export function waiting(openHarness: OpenReadModelHarness): void {
  const LONG_MS = 20_000;

  describe('waiting for a position', () => {
    const store = useStore(openHarness);

    it('answers at once when the projection is there or beyond', async () => {
      await store.model.commit('bays', undefined, at(5), []);
      expect(await store.model.reached('bays', at(5), 0)).toBe(true);
      expect(await store.model.reached('bays', at(4), 0)).toBe(true);
    });

    it('answers false when the time is up', async () => {
      await store.model.commit('bays', undefined, at(5), []);
      expect(await store.model.reached('bays', at(6), 0)).toBe(false);
      expect(await store.model.reached('bays', at(6), 30)).toBe(false);
      expect(await store.model.reached('never-seen', at(1), 1)).toBe(false);
    });

    it('answers as soon as this process commits', async () => {
      const reached = store.model.reached('bays', at(5), LONG_MS);
      await store.model.commit('bays', undefined, at(6), [upsert(6, { id: 'a' })]);
      expect(await reached).toBe(true);
      expect(await store.model.get('bays', 'a')).toEqual({ id: 'a' });
    });

    it('answers when another process commits', async () => {
      const other = await store.another();
      const reached = [store.model.reached('bays', at(5), LONG_MS), store.model.reached('bays', at(6), LONG_MS)];
      await other.commit('bays', undefined, at(4), []);
      await other.commit('bays', at(4), at(7), [upsert(7, { id: 'a' })]);
      expect(await Promise.all(reached)).toEqual([true, true]);
      expect(await store.model.get('bays', 'a')).toEqual({ id: 'a' });
    });

    it('is not woken by another projection', async () => {
      const reached = store.model.reached('bays', at(5), 50);
      await store.model.commit('models', undefined, at(9), []);
      await (await store.another()).commit('operations', undefined, at(9), []);
      expect(await reached).toBe(false);
    });

    it('answers each of many waiters at its own position', async () => {
      const answers: number[] = [];
      const waiters = [1, 2, 3].map(async (place) => {
        if (await store.model.reached('bays', at(place), LONG_MS)) answers.push(place);
      });
      await store.model.commit('bays', undefined, at(1), []);
      await waiters[0];
      expect(answers).toEqual([1]);
      await store.model.commit('bays', at(1), at(3), []);
      await Promise.all(waiters);
      expect(answers).toEqual([1, 2, 3]);
    });

    it('lets go of those who wait when it is closed', async () => {
      const reached = store.model.reached('bays', at(5), LONG_MS);
      await store.model.close();
      expect(await reached).toBe(false);
    });

    it('closes twice without harm', async () => {
      await store.model.close();
      await store.model.close();
    });
  });
}
