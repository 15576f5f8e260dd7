export { FakeHeat, fakeHeatCloud } from './fake-heat.ts';
export type { FakeFault } from './fake-heat.ts';
export { openOnFakeHeat } from './heat-harness.ts';
