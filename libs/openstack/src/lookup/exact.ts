import { CloudNameAmbiguous } from '../errors.ts';
import type { Sought } from './service-client.ts';

const UUID = /^[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}$/i;

/** Whether an ident can be an id at all: Glance and Neutron number with UUIDs. */
export function looksLikeId(ident: string): boolean {
  return UUID.test(ident);
}

/**
 * The one that bears exactly this name. Services compare names as their database does, which may ignore case or
 * accents, and Glance reads operators such as `in:` in them; so what they answer is compared again.
 *
 * @throws {CloudNameAmbiguous}
 */
export function onlyNamed<T extends { readonly name: string }>(candidates: readonly T[], sought: Sought): T | undefined {
  const named = candidates.filter(({ name }) => name === sought.ident);
  if (named.length > 1) throw new CloudNameAmbiguous(sought.kind, sought.ident);
  return named[0];
}
