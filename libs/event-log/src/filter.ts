import { categoryOf } from '@jeroboam/domain';
import type { ReadFilter } from './event-log.port.ts';

/** Whether an event passes, for adapters that filter while they read. */
export function matcherOf({ categories, types }: ReadFilter): (event: { readonly stream: string; readonly type: string }) => boolean {
  const categorySet = categories && new Set(categories);
  const typeSet = types && new Set(types);
  return ({ stream, type }) => (!categorySet || categorySet.has(categoryOf(stream))) && (!typeSet || typeSet.has(type));
}
