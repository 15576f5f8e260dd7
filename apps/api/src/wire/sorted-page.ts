import type { ReadDocument } from '@jeroboam/read-model';

export interface SortedPage<D> {
  /** What to sort by; of equals the order stays. */
  readonly by: (document: D) => unknown;
  readonly descending: boolean;
  readonly limit: number;
  /** The last one of the page before. */
  readonly afterId?: string | undefined;
}

/** One page of what is in memory, in the order a store would give it: null first, and turned round as a whole. */
export function sortedPage<D extends ReadDocument>(documents: readonly D[], { by, descending, limit, afterId }: SortedPage<D>): readonly D[] {
  const sorted = documents.toSorted((one, other) => compared(by(one), by(other)));
  if (descending) sorted.reverse();
  const from = afterId === undefined ? 0 : sorted.findIndex(({ id }) => id === afterId) + 1;
  return sorted.slice(from, from + limit);
}

function compared(one: unknown, other: unknown): number {
  const [left, right] = [comparable(one), comparable(other)];
  if (left === right) return 0;
  if (left === null) return -1;
  if (right === null) return 1;
  return left < right ? -1 : 1;
}

/** Maps and lists are JSON in Magnum's columns. */
function comparable(value: unknown): string | number | boolean | null {
  if (value === undefined || value === null) return null;
  return typeof value === 'object' ? JSON.stringify(value) : (value as string | number | boolean);
}
