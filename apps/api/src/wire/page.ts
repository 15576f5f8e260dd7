import type { Query, ReadDocument, ReadModel } from '@jeroboam/read-model';
import { BadRequest } from './errors.ts';
import type { BaseUrl } from './links.ts';
import { sortedPage } from './sorted-page.ts';
import { integerArgument, textArgument, uuidArgument, type Given } from './query.ts';

/** Arguments of every list. */
export const PAGE_ARGUMENTS = { marker: uuidArgument, limit: integerArgument, sort_key: textArgument, sort_dir: textArgument };
export type PageArguments = Given<typeof PAGE_ARGUMENTS>;

export interface ListOf<D extends ReadDocument> {
  readonly collection: string;
  /** Magnum's column names, with the fields they are kept in. */
  readonly sortKeys: Readonly<Record<string, string>>;
  /** Columns that are seldom sorted by and have no index: all that the caller may see is read for them. @default none */
  readonly seldomKeys?: Readonly<Record<string, (document: D) => unknown>>;
  /** What the caller may see; absent: everything. */
  readonly where: Query['where'];
  readonly maxLimit: number;
  /** Finds the marker as the caller would; throws 404 of the resource. */
  readonly marker: (id: string) => Promise<D>;
  /** What names a document as a marker. @default its id */
  readonly markerOf?: (document: D) => string;
}

export interface Page<D> {
  readonly documents: readonly D[];
  /** Query of the next page; absent when this one is not full. */
  readonly nextQuery?: string;
}

/**
 * One page of a list, by Magnum's rules: contract section 2, "Pagination".
 * @throws {BadRequest} and what `marker` throws.
 */
export async function readPage<D extends ReadDocument>(
  readModel: Pick<ReadModel, 'find'>, list: ListOf<D>, given: PageArguments,
): Promise<Page<D>> {
  const { marker, sort_dir: direction = 'asc' } = given;
  // To Magnum an empty one is none.
  const sortKey = given.sort_key || 'id';
  const limit = limitOf(given.limit, list.maxLimit);
  if (direction !== 'asc' && direction !== 'desc') {
    throw new BadRequest(`Invalid sort direction: ${direction}. Acceptable values are 'asc' or 'desc'`);
  }
  const after = marker === undefined ? undefined : await list.marker(marker);
  const documents = await sorted(readModel, list, { sortKey, descending: direction === 'desc', limit, afterId: after?.id });
  const last = documents.at(-1);
  // Also when it is the last page: Magnum does not look ahead.
  if (!last || documents.length < limit) return { documents };
  const next = list.markerOf?.(last) ?? last.id;
  return { documents, nextQuery: `sort_key=${sortKey}&sort_dir=${direction}&limit=${limit}&marker=${next}` };
}

interface Order {
  readonly sortKey: string;
  readonly descending: boolean;
  readonly limit: number;
  readonly afterId: string | undefined;
}

async function sorted<D extends ReadDocument>(
  readModel: Pick<ReadModel, 'find'>, { collection: name, sortKeys, seldomKeys = {}, where }: ListOf<D>, { sortKey, ...order }: Order,
): Promise<readonly D[]> {
  const visible = where ? { where } : {};
  if (Object.hasOwn(seldomKeys, sortKey)) return sortedPage(await readModel.find<D>(name, visible), { ...order, by: seldomKeys[sortKey]! });
  const sortBy = Object.hasOwn(sortKeys, sortKey) ? sortKeys[sortKey] : undefined;
  if (sortBy === undefined) throw new BadRequest(`The sort_key value "${sortKey}" is an invalid field for sorting`);
  const { afterId, ...rest } = order;
  return readModel.find<D>(name, { ...visible, sortBy, ...rest, ...(afterId === undefined ? {} : { afterId }) });
}

function limitOf(given: number | undefined, maxLimit: number): number {
  if (given === undefined) return maxLimit;
  if (given <= 0) throw new BadRequest('Limit must be positive');
  return Math.min(given, maxLimit);
}

/** The body of a list: `{"clusters": […], "next": …}`. */
export function collection(name: string, items: readonly unknown[], page: Page<unknown>, base: BaseUrl, path: string): object {
  return page.nextQuery === undefined ? { [name]: items } : { [name]: items, next: `${base}/v1/${path}?${page.nextQuery}` };
}

/** The same of items that are JSON already. */
export function collectionText(name: string, items: readonly string[], page: Page<unknown>, base: BaseUrl, path: string): string {
  const next = page.nextQuery === undefined ? '' : `,"next":${JSON.stringify(`${base}/v1/${path}?${page.nextQuery}`)}`;
  return `{${JSON.stringify(name)}:[${items.join(',')}]${next}}`;
}
