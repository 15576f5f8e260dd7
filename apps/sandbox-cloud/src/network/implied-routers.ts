import type { Cloud, Network } from '../cloud/cloud.ts';
import { stableUuid } from '../cloud/stable-id.ts';
import type { Thing, ThingKind } from '../inventory/inventory.ts';
import type { SimulatedCloud } from '../inventory/simulated-cloud.ts';
import { textOf } from '../orchestration/hot/json.ts';
import type { JsonMap } from '../orchestration/hot/json.ts';
import { gatewayOf } from './addresses.ts';

/** One for each network of the cloud file that has a way out. */
export function impliedRouters({ networks }: Cloud): readonly Thing[] {
  return routed(networks).map((network) => thing('router', routerId(network), network.ownerId, {
    external_gateway_info: { network_id: networks.find(({ name }) => name === network.router)!.id, enable_snat: true }, admin_state_up: true,
  }, `${network.name}-router`));
}

/** One for each joint of a router with a subnet. */
export function impliedPorts({ networks: all }: Cloud, { inventory, networks }: SimulatedCloud): readonly Thing[] {
  const ofFile = routed(all).map((network) => routerPort(stableUuid('router port', network.id), network.ownerId, routerId(network), network.id,
    networks.subnetsOf(network.id).map(({ id, cidr }) => ({ subnet_id: id, ip_address: gatewayOf(cidr) }))));
  const ofStacks = [...inventory.all('router_interface')].map(({ id, projectId, document }) => {
    const subnet = networks.subnet(projectId, document['subnet_id']);
    const addresses = subnet ? [{ subnet_id: subnet.id, ip_address: subnet.gatewayIp }] : [];
    return routerPort(stableUuid('router port', id), projectId, textOf(document['router_id']), subnet?.networkId ?? '', addresses);
  });
  return [...ofFile, ...ofStacks];
}

function routed(networks: readonly Network[]): readonly Network[] {
  return networks.filter(({ router }) => router !== null && networks.some(({ name }) => name === router));
}

function routerId({ id }: Network): string {
  return stableUuid('router', id);
}

function routerPort(id: string, projectId: string, routerOfPort: string, networkId: string, addresses: JsonMap[]): Thing {
  return thing('port', id, projectId, { network_id: networkId, device_id: routerOfPort, device_owner: 'network:router_interface', fixed_ips: addresses, admin_state_up: true });
}

function thing(kind: ThingKind, id: string, projectId: string, document: JsonMap, name = ''): Thing {
  return { id, kind, projectId, name, status: 'ACTIVE', document, uses: [], createdAtMs: 0, readyAtMs: 0 };
}
