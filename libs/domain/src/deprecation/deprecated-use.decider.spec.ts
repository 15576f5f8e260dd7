import { deciderSpec } from '../testing/decider-spec.ts';
import { deprecatedUseDecider } from './deprecated-use.decider.ts';
import type { DeprecatedUse } from './deprecated-use.decider.ts';

const counting = deciderSpec(deprecatedUseDecider);
const metadata = { now: '2026-11-23T12:00:00.000Z' };
const data = (...uses: readonly DeprecatedUse[]) => ({ day: '2026-11-23', uses });
const use: DeprecatedUse = { feature: 'endpoint:bays', projectId: 'p1', client: 'gophercloud', count: 3 };

describe('counting deprecated use', () => {
  it('records what was seen, however often it was seen before', () => {
    const counted = { type: 'DeprecatedUseCounted', schemaVersion: 1, data: data(use) } as const;
    counting.given(counted).when({ type: 'CountDeprecatedUse', metadata, data: data(use) }).then(counted);
  });

  it('is silent where nothing was seen', () => {
    counting.given().when({ type: 'CountDeprecatedUse', metadata, data: data() }).thenNothing();
  });
});
