export type { OpenReadModelHarness, ReadModelHarness } from './contract/store-fixture.ts';
export { readModelContract } from './read-model.contract.ts';
