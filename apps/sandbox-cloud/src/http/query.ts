import { ApiError } from './api-error.ts';

/** Query of a request: a name given several times has several values. */
export type Query = Readonly<Record<string, string | string[] | undefined>>;

/** The value of one filter; the last one wins, as in most of OpenStack. */
export function one(query: Query, name: string): string | undefined {
  const value = query[name];
  return Array.isArray(value) ? value.at(-1) : value;
}

/** Whether a thing passes all filters that are asked for; a filter that is left out lets everything pass. */
export function passes(query: Query, values: Readonly<Record<string, string | undefined>>): boolean {
  return Object.entries(values).every(([name, value]) => {
    const wanted = one(query, name);
    return wanted === undefined || wanted === value;
  });
}

/** Only the fields that are asked for, as Neutron's `fields` has it. */
export function chosen(query: Query, document: Readonly<Record<string, unknown>>): unknown {
  const fields = [query['fields'] ?? []].flat();
  return fields.length === 0 ? document : Object.fromEntries(Object.entries(document).filter(([name]) => fields.includes(name)));
}

export interface Page<T> {
  readonly items: readonly T[];
  /** Whether something follows after the last item. */
  readonly more: boolean;
}

/** The real services' usual bound. */
const MAX_LIMIT = 1_000;

/**
 * One page of a list: what follows `marker`, at most `limit` of it.
 *
 * @throws {ApiError} 400 for a limit that is none, or a marker that is not in the list.
 */
export function page<T extends { readonly id: string }>(things: readonly T[], query: Query): Page<T> {
  const limit = limitOf(one(query, 'limit'));
  const marker = one(query, 'marker');
  const start = marker === undefined ? 0 : things.findIndex(({ id }) => id === marker) + 1;
  if (marker !== undefined && start === 0) throw new ApiError(400, `marker [${marker}] not found`);
  const items = things.slice(start, start + limit);
  return { items, more: items.length > 0 && start + limit < things.length };
}

function limitOf(text: string | undefined): number {
  if (text === undefined) return MAX_LIMIT;
  const limit = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isNaN(limit)) throw new ApiError(400, 'limit param must be an integer');
  return Math.min(limit, MAX_LIMIT);
}
