import fc from 'fast-check';
import type { DocumentChange, ReadModel } from '../../read-model.port.ts';
import { BAYS, at, remove, upsert, type OpenReadModelHarness } from './store-fixture.ts';

const IDS = ['a', 'b', 'c'];
const anyHistory = fc.array(fc.record({ id: fc.constantFrom(...IDS), deleted: fc.boolean() }), { minLength: 1, maxLength: 12 });

function changeOf({ id, deleted }: { id: string; deleted: boolean }, index: number): DocumentChange {
  return deleted ? remove(index + 1, id) : upsert(index + 1, { id, nodes: index });
}

async function deliver(model: ReadModel, changes: readonly DocumentChange[]): Promise<void> {
  let from = await model.checkpoint('bays');
  for (const [index, change] of changes.entries()) {
    expect(await model.commit('bays', from, at(index + 1), [change])).toBe(true);
    from = at(index + 1);
  }
}

const byId = (model: ReadModel): Promise<readonly unknown[]> => Promise.all(IDS.map((id) => model.get('bays', id)));

/** Rule R8 of an event-sourced service: a redelivered event changes nothing. A failure prints its seed. */
export function redelivery(openHarness: OpenReadModelHarness): void {
  describe('redelivery', () => {
    it('leaves the same documents when every event comes three times, in any order', async () => {
      const harness = await openHarness();
      const model = await harness.open();
      await model.ensure([BAYS]);
      const property = fc.asyncProperty(anyHistory, fc.infiniteStream(fc.nat()), async (history, shuffle) => {
        const changes = history.map(changeOf);
        await model.drop('bays', ['bays']);
        await deliver(model, changes);
        const once = await byId(model);
        await model.drop('bays', ['bays']);
        const thrice = [...changes, ...changes, ...changes].map((change) => ({ change, key: shuffle.next().value }));
        await deliver(model, thrice.sort((a, b) => a.key - b.key).map(({ change }) => change));
        expect(await byId(model)).toEqual(once);
      });
      try {
        await fc.assert(property, { numRuns: 40 });
      } finally {
        await model.close();
        await harness.remove();
      }
    });
  });
}
