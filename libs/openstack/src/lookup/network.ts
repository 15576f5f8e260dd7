import { recordsOf, textOf } from '../http/json.ts';
import type { JsonRecord } from '../http/json.ts';
import type { CloudNetwork, CloudSubnet } from './cloud-lookups.port.ts';
import { looksLikeId, onlyNamed } from './exact.ts';
import type { ServiceClient, Sought } from './service-client.ts';

export function findNetwork(client: ServiceClient, ident: string, externalOnly: boolean): Promise<CloudNetwork | undefined> {
  const sought: Sought = { kind: externalOnly ? 'external network' : 'network', ident };
  const filter = externalOnly ? '&router:external=true' : '';
  return find(client, sought, `/networks?fields=id&fields=name&fields=router:external${filter}`, 'networks', networkOf);
}

export function findSubnet(client: ServiceClient, ident: string): Promise<CloudSubnet | undefined> {
  return find(client, { kind: 'subnet', ident }, '/subnets?fields=id&fields=name&fields=network_id', 'subnets', subnetOf);
}

async function find<T extends { readonly id: string; readonly name: string }>(
  client: ServiceClient, sought: Sought, path: string, key: string, read: (row: JsonRecord) => T,
): Promise<T | undefined> {
  const ask = async (filter: string): Promise<readonly T[]> => {
    const body = await client.get('network', `${path}&${filter}=${encodeURIComponent(sought.ident)}`, sought);
    return recordsOf(body?.[key]).map(read);
  };
  if (looksLikeId(sought.ident)) {
    const byId = (await ask('id')).find(({ id }) => id === sought.ident);
    if (byId) return byId;
  }
  return onlyNamed(await ask('name'), sought);
}

function networkOf(network: JsonRecord): CloudNetwork {
  return { id: textOf(network['id']) ?? '', name: textOf(network['name']) ?? '', external: network['router:external'] === true };
}

function subnetOf(subnet: JsonRecord): CloudSubnet {
  return { id: textOf(subnet['id']) ?? '', name: textOf(subnet['name']) ?? '', networkId: textOf(subnet['network_id']) ?? '' };
}
