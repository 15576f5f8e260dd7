import { one } from '../../http/query.ts';
import type { Query } from '../../http/query.ts';
import type { StackRecord } from '../engine/records.ts';
import type { StackStore } from '../engine/stack-store.ts';
import { badRequest } from './heat-error.ts';

/** Heat's own bound. */
const MAX_LIMIT = 1_000;

const SORT_KEYS: Readonly<Record<string, (stack: StackRecord) => string | number>> = {
  creation_time: ({ createdAtMs }) => createdAtMs,
  updated_time: ({ updatedAtMs }) => updatedAtMs ?? 0,
  stack_name: ({ name }) => name,
  stack_status: ({ action, status }) => `${action}_${status}`,
};

/** A page of the stacks of a project, the youngest first unless it is asked for otherwise. */
export function listedStacks(
  store: Pick<StackStore, 'stacks' | 'roots'>, projectId: string, query: Query,
): { readonly stacks: StackRecord[]; readonly count?: number } {
  const [deleted, nested, everybody, counted] = [
    'show_deleted', 'show_nested', 'global_tenant', 'with_count',
  ].map((name) => flag(query, name));
  const all = everybody || nested ? store.stacks() : store.roots(projectId);
  const wanted = all.filter((stack) => (everybody || stack.projectId === projectId) && (nested || stack.parentId === undefined)
    && (deleted || stack.deletedAtMs === null) && matches(stack, query));
  const keys = several(query, 'sort_keys').flatMap((key) => SORT_KEYS[key] ?? []);
  const direction = one(query, 'sort_dir') === 'asc' ? 1 : -1;
  // Stacks of the same time stay in the order they came in, or the other way round.
  const places = new Map(all.map((stack, index) => [stack, index]));
  const inOrder = (a: StackRecord, b: StackRecord): number => {
    const by = (keys.length > 0 ? keys : [SORT_KEYS['creation_time']!]).map((key) => compare(key(a), key(b))).find((order) => order !== 0);
    return direction * (by ?? places.get(a)! - places.get(b)!);
  };
  const sorted = wanted.toSorted(inOrder);
  // The last stack of the page before may have left what is listed; the next page begins after it all the same.
  const marker = all.find(({ id }) => id === one(query, 'marker'));
  const after = marker === undefined ? 0 : sorted.findIndex((stack) => inOrder(stack, marker) > 0);
  const start = after === -1 ? sorted.length : after;
  return { stacks: sorted.slice(start, start + limitOf(query)), ...(counted && { count: wanted.length }) };
}

/** The events or stacks that fit on a page. @throws {StackRefusal} 400 */
export function limitOf(query: Query): number {
  const text = one(query, 'limit');
  if (text === undefined) return MAX_LIMIT;
  if (!/^\d{1,9}$/.test(text)) throw badRequest("Only integer is acceptable by 'limit'.");
  return Math.min(Number(text), MAX_LIMIT);
}

function flag(query: Query, name: string): boolean {
  const value = one(query, name);
  if (value === undefined) return false;
  if (/^(true|false)$/i.test(value)) return value.toLowerCase() === 'true';
  throw badRequest(`Unrecognized value "${value}" for "${name}", acceptable values are: true, false.`);
}

function several(query: Query, name: string): string[] {
  return [query[name] ?? []].flat().flatMap((value) => value.split(','));
}

function matches({ id, name, action, status, tags }: StackRecord, query: Query): boolean {
  const fits = (filter: string, value: string) => query[filter] === undefined || several(query, filter).includes(value);
  return fits('id', id) && fits('name', name) && fits('stack_name', name) && fits('action', action) && fits('status', status)
    && several(query, 'tags').every((tag) => tags.includes(tag));
}

function compare(one: string | number, other: string | number): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
