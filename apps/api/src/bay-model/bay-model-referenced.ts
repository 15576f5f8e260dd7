import { DomainError } from '@jeroboam/domain';
import type { BayModelChanges } from '@jeroboam/domain';

/** Magnum's words. */
export class BayModelReferenced extends DomainError {
  readonly code = 'BAY_MODEL_REFERENCED';
  readonly kind = 'invalid';
  constructor(bayModelId: string) {
    super(`ClusterTemplate ${bayModelId} is referenced by one or multiple clusters.`, { bayModelId });
  }
}

/**
 * What a bay model that bays were made from may still become: another name, public, hidden or not, other tags; one of
 * these at a time.
 */
export function isHarmless(changes: BayModelChanges): boolean {
  const [field, ...more] = Object.keys(changes);
  if (field === undefined) return true;
  if (more.length > 0) return false;
  return field === 'name' || field === 'hidden' || changes.public === true || typeof changes.tags === 'string';
}
