import type { Projection } from '../read-model.port.ts';
import { bayModelsProjection } from './bay-models.projection.ts';
import { bayNamesProjection } from './bay-names.projection.ts';
import { baysProjection } from './bays.projection.ts';
import { deprecatedUsesProjection } from './deprecated-uses.projection.ts';
import { driversProjection } from './drivers.projection.ts';
import { operationsProjection } from './operations.projection.ts';
import { quotasProjection } from './quotas.projection.ts';
import { usageProjection } from './usage/usage.projection.ts';

/** Everything the API reads. Whoever writes the read model runs all of them. */
export function apiProjections(): Projection[] {
  // Those a client waits for before its 202 come first: they are told of an event in this order.
  return [
    baysProjection, operationsProjection, bayModelsProjection, bayNamesProjection, quotasProjection, usageProjection, deprecatedUsesProjection,
    driversProjection,
  ];
}
