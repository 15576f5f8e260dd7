import type { LedgerEntry, StepContext } from '@jeroboam/driver-sdk';
import type { BayRecord } from '../bay/bay-record.ts';
import type { EngineApis } from '../bay/bay-site.ts';
import type { Fence } from '../bay/fence.ts';
import type { BayNames } from '../bay/names.ts';
import { writeRecord } from '../bay/record-store.ts';

/** What every step works with. */
export interface Work {
  readonly names: BayNames;
  readonly dataDir: string;
  readonly fence: Fence;
  readonly apis: EngineApis;
  readonly context: StepContext;
}

/** To be called before every effect: throws once the step is no longer wanted or somebody newer is at work. */
export function guard({ context, fence }: Pick<Work, 'context' | 'fence'>): void {
  context.signal.throwIfAborted();
  // A bay without a directory has no fence; only steps that remove what is left get here then.
  if (fence.exists()) fence.check();
}

export function save(work: Work, record: BayRecord): BayRecord {
  guard(work);
  writeRecord(work.names.bayDir, record);
  return record;
}

/** Tells the ledger what will be made, unless it knows. */
export async function intend({ context: { bay, ledger } }: Work, resources: readonly LedgerEntry[]): Promise<void> {
  const known = new Set(bay.resources.map((resource) => resource.resourceId));
  const unknown = resources.filter((resource) => !known.has(resource.resourceId));
  if (unknown.length > 0) await ledger.intend(unknown);
}

/** Tells the ledger what is there now, unless it knows. */
export async function recordMade(
  { context: { bay, ledger } }: Work,
  resources: readonly (LedgerEntry & { readonly externalId?: string })[],
): Promise<void> {
  const known = new Map(bay.resources.map((resource) => [resource.resourceId, resource]));
  const news = resources.filter(
    ({ resourceId, externalId }) => known.get(resourceId)?.state !== 'recorded' || known.get(resourceId)?.externalId !== externalId,
  );
  if (news.length > 0) await ledger.record(news);
}

/** Has the ledger forget all of these types that it knows of this bay. */
export async function releaseTypes({ context: { bay, ledger } }: Work, types: readonly string[]): Promise<void> {
  const gone = bay.resources.filter((resource) => types.includes(resource.type)).map((resource) => resource.resourceId);
  if (gone.length > 0) await ledger.release(gone);
}

/** Waits for all, also when one fails, so that nothing goes on behind the back of a step that has ended. */
export async function together<T>(works: readonly Promise<T>[]): Promise<T[]> {
  const results = await Promise.allSettled(works);
  const failed = results.find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
  return results.map((result) => (result as PromiseFulfilledResult<T>).value);
}
