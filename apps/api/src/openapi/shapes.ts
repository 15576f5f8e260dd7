import { TEXT, UUID, listOf, named, object, type Schema } from './schema.ts';

// What answers of several resources have in common.

export const LINKS = listOf(named('Link', object({ href: { ...TEXT, format: 'uri' }, rel: TEXT })));

/** All that Magnum says of a cluster it has taken in. */
export const ACCEPTED = named('Accepted', object({ uuid: UUID }));

/** A page of a list. */
export function pageOf(name: string, items: Schema): Schema {
  const next = { ...TEXT, format: 'uri', description: 'The next page; there where this one is full.' };
  return object({ [name]: listOf(items) }, { next });
}
