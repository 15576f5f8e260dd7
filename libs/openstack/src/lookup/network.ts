import { recordOf, recordsOf, textOf } from '../http/json.ts';
import type { JsonRecord } from '../http/json.ts';
import type { CloudNetwork, CloudRouterInterface, CloudSubnet } from './cloud-lookups.port.ts';
import { looksLikeId, onlyNamed } from './exact.ts';
import type { ServiceClient, Sought } from './service-client.ts';

const SUBNETS = '/subnets?fields=id&fields=name&fields=network_id&fields=ip_version';

export function findNetwork(client: ServiceClient, ident: string, externalOnly: boolean): Promise<CloudNetwork | undefined> {
  const sought: Sought = { kind: externalOnly ? 'external network' : 'network', ident };
  const filter = externalOnly ? '&router:external=true' : '';
  return find(client, sought, `/networks?fields=id&fields=name&fields=router:external&fields=project_id${filter}`, 'networks', networkOf);
}

export function findSubnet(client: ServiceClient, ident: string): Promise<CloudSubnet | undefined> {
  return find(client, { kind: 'subnet', ident }, SUBNETS, 'subnets', subnetOf);
}

export async function findSubnetsOf(client: ServiceClient, networkId: string): Promise<readonly CloudSubnet[]> {
  const body = await client.get('network', `${SUBNETS}&network_id=${encodeURIComponent(networkId)}`, { kind: 'network', ident: networkId });
  return recordsOf(body?.['subnets']).map(subnetOf).filter((subnet) => subnet.networkId === networkId);
}

/** Each kind of router names the owner of its ports in a way of its own: `network:router_interface_distributed` and others. */
const OF_ROUTER = /^network:(router_interface|ha_router_replicated_interface)/;

export async function findRouterInterfaces(client: ServiceClient, networkId: string): Promise<readonly CloudRouterInterface[]> {
  const sought: Sought = { kind: 'network', ident: networkId };
  const body = await client.get('network', `/ports?fields=device_id&fields=device_owner&fields=fixed_ips&network_id=${encodeURIComponent(networkId)}`, sought);
  const ports = recordsOf(body?.['ports']).filter((port) => OF_ROUTER.test(textOf(port['device_owner']) ?? ''));
  const ids = [...new Set(ports.map((port) => textOf(port['device_id']) ?? ''))];
  const routers = new Map(await Promise.all(ids.map(async (id) => [id, await leadsTo(client, id, sought)] as const)));
  return ports.map((port) => ({
    subnetIds: recordsOf(port['fixed_ips']).map((each) => textOf(each['subnet_id']) ?? ''), leadsTo: routers.get(textOf(port['device_id']) ?? '') ?? null,
  }));
}

async function leadsTo(client: ServiceClient, routerId: string, sought: Sought): Promise<CloudRouterInterface['leadsTo']> {
  const body = await client.get('network', `/routers?fields=id&fields=external_gateway_info&id=${encodeURIComponent(routerId)}`, sought);
  const router = recordsOf(body?.['routers']).find(({ id }) => id === routerId);
  if (!router) return 'hidden';
  const externalNetworkId = textOf(recordOf(router['external_gateway_info'])?.['network_id']);
  return externalNetworkId === undefined ? null : { externalNetworkId };
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
  return {
    id: textOf(network['id']) ?? '', name: textOf(network['name']) ?? '', external: network['router:external'] === true,
    projectId: textOf(network['project_id']) ?? '',
  };
}

function subnetOf(subnet: JsonRecord): CloudSubnet {
  return {
    id: textOf(subnet['id']) ?? '', name: textOf(subnet['name']) ?? '', networkId: textOf(subnet['network_id']) ?? '',
    ipVersion: subnet['ip_version'] === 6 ? 6 : 4,
  };
}
