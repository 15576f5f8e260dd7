import type { Position } from '@jeroboam/domain';
import type { DocumentChange, ReadDocument, ReadModel } from '../../read-model.port.ts';

/** One store of an adapter (a file, a database on a server), fresh for each test. */
export interface ReadModelHarness {
  /** Another instance on the same store, as another process would have one. */
  open(): Promise<ReadModel>;
  /** Throws the store away; every instance has been closed. */
  remove(): Promise<void>;
}

export type OpenReadModelHarness = () => Promise<ReadModelHarness>;

export interface StoreFixture {
  /** The first instance on this test's store. */
  readonly model: ReadModel;
  another(): Promise<ReadModel>;
}

/** What the suite keeps: cheap to make, easy to compare. */
export interface SampleDocument extends ReadDocument {
  readonly project?: string;
  readonly status?: string | null;
  readonly nodes?: number;
  readonly healthy?: boolean;
  readonly note?: unknown;
}

export const BAYS = { name: 'bays', indexes: ['project', 'status', 'nodes', 'healthy'] };

/** Gives each test of the enclosing `describe` a store with the collection `bays` and cleans up behind it. */
export function useStore(openHarness: OpenReadModelHarness): StoreFixture {
  let harness: ReadModelHarness | undefined;
  const models: ReadModel[] = [];
  const another = async (): Promise<ReadModel> => {
    const model = await harness!.open();
    models.push(model);
    return model;
  };
  beforeEach(async () => {
    harness = await openHarness();
    await (await another()).ensure([BAYS]);
  });
  afterEach(async () => {
    await Promise.all(models.splice(0).map((model) => model.close()));
    await harness?.remove();
    harness = undefined;
  });
  return {
    get model() {
      return models[0]!;
    },
    another,
  };
}

/** Positions are opaque but ordered: any fixed-width number will do. */
export const at = (place: number): Position => String(place).padStart(16, '0');

export const upsert = (place: number, document: SampleDocument, collection = BAYS.name): DocumentChange =>
  ({ kind: 'upsert', collection, document, position: at(place) });

export const remove = (place: number, id: string, collection = BAYS.name): DocumentChange =>
  ({ kind: 'delete', collection, id, position: at(place) });

/** Commits for the projection `bays`, from wherever it is, one place further. */
export async function apply(model: ReadModel, ...changes: readonly DocumentChange[]): Promise<void> {
  const from = await model.checkpoint('bays');
  const committed = await model.commit('bays', from, at(Number(from ?? 0) + 1), changes);
  expect(committed).toBe(true);
}

export const idsOf = (documents: readonly ReadDocument[]): string[] => documents.map(({ id }) => id);
