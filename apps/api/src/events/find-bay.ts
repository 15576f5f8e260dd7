import { BayNotFound, DomainError } from '@jeroboam/domain';
import { BAYS, BAY_NAMES } from '@jeroboam/read-model';
import type { BayDocument, BayNameDocument, Query, ReadModel } from '@jeroboam/read-model';
import { projectOf, type Caller } from '../auth/caller.ts';
import { normalUuid } from '../wire/attribute.ts';
import { NameAmbiguous } from '../wire/find-one.ts';
import type { EventOwners } from './event-owners.ts';

/** How many of one name are listed for the caller to choose from. */
const MAX_LISTED = 20;

/** No bay has this name now, and several had it. */
export class DeletedBaysAmbiguous extends DomainError {
  readonly code = 'DELETED_BAYS_AMBIGUOUS';
  readonly kind = 'conflict';
  constructor(name: string, bays: readonly BayNameDocument[]) {
    const listed = bays.map(({ id, deletedAt }) => (deletedAt === null ? id : `${id} (deleted at ${deletedAt})`)).join(', ');
    const bayIds = bays.map(({ id }) => id);
    super(`Multiple clusters had the name ${name}. Please use the cluster uuid instead: ${listed}`, { name, bayIds });
  }
}

/** Whether what belongs to `projectId` (null: to nobody) may be shown. */
export function sees(caller: Caller, projectId: string | null): boolean {
  return caller.isAdmin || projectId === projectOf(caller);
}

/**
 * Id of the bay that `ident` (id or name) means to the caller, also when it was deleted long ago. Where a name was
 * used several times it means the bay that has it now.
 *
 * @throws {BayNotFound} also for a bay of another project, which the caller must not tell from none.
 * @throws {NameAmbiguous} {DeletedBaysAmbiguous}
 */
export async function findBayId(ident: string, caller: Caller, owners: EventOwners, readModel: ReadModel): Promise<string> {
  if (normalUuid(ident) !== undefined) {
    const projectId = await owners.projectOf(`bay-${ident}`);
    if (projectId === null || !sees(caller, projectId)) throw new BayNotFound(ident);
    return ident;
  }
  const where: NonNullable<Query['where']> = caller.isAdmin ? { name: ident } : { name: ident, projectId: projectOf(caller) };
  const [bay, another] = await readModel.find<BayDocument>(BAYS.name, { where, limit: 2 });
  if (another) throw new NameAmbiguous('clusters', 'cluster');
  if (bay) return bay.id;
  const past = await readModel.find<BayNameDocument>(BAY_NAMES.name, { where, descending: true, limit: MAX_LISTED });
  if (past.length > 1) throw new DeletedBaysAmbiguous(ident, past);
  if (!past[0]) throw new BayNotFound(ident);
  return past[0].id;
}
