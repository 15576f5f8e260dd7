import { CloudServiceUnavailable } from '../errors.ts';
import { numberOf, recordOf, recordsOf, textOf } from '../http/json.ts';
import type { JsonRecord } from '../http/json.ts';
import type { CloudFlavor, CloudKeypair } from './cloud-lookups.port.ts';
import type { ServiceClient, Sought } from './service-client.ts';

/** Nova gives at most 1,000 flavors a page (`max_limit`); a cloud with more than this many pages is refused. */
const MAX_FLAVOR_PAGES = 10;

/** By id or name in the caller's list of flavors, as Magnum does it; Nova has no filter for either. */
export async function findFlavor(client: ServiceClient, ident: string): Promise<CloudFlavor | undefined> {
  const sought: Sought = { kind: 'flavor', ident };
  let named: CloudFlavor | undefined;
  let marker: string | undefined;
  for (let page = 0; page < MAX_FLAVOR_PAGES; page += 1) {
    const query = marker === undefined ? '' : `?marker=${encodeURIComponent(marker)}`;
    const body = await client.get('compute', `/flavors/detail${query}`, sought);
    const flavors = recordsOf(body?.['flavors']).map(flavorOf);
    const byId = flavors.find(({ id }) => id === ident);
    if (byId) return byId;
    named ??= flavors.find(({ name }) => name === ident);
    marker = flavors.at(-1)?.id;
    if (marker === undefined || recordsOf(body?.['flavors_links']).length === 0) return named;
  }
  throw new CloudServiceUnavailable('compute', `it has more than ${MAX_FLAVOR_PAGES} pages of flavors`);
}

export async function findKeypair(client: ServiceClient, name: string): Promise<CloudKeypair | undefined> {
  const body = await client.get('compute', `/os-keypairs/${encodeURIComponent(name)}`, { kind: 'keypair', ident: name });
  const found = textOf(recordOf(body?.['keypair'])?.['name']);
  return found === name ? { name } : undefined;
}

function flavorOf(flavor: JsonRecord): CloudFlavor {
  return {
    id: textOf(flavor['id']) ?? '',
    name: textOf(flavor['name']) ?? '',
    vcpus: numberOf(flavor['vcpus']) ?? 0,
    ramMb: numberOf(flavor['ram']) ?? 0,
    diskGb: numberOf(flavor['disk']) ?? 0,
  };
}
