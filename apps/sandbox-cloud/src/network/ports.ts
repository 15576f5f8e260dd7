import { badRequest } from '../inventory/cloud-error.ts';
import type { Inventory, Thing } from '../inventory/inventory.ts';
import { isMap, listed, textOf } from '../orchestration/hot/json.ts';
import type { Json, JsonMap } from '../orchestration/hot/json.ts';
import { addressesOf } from './networks.ts';
import type { Networks, NetworkView } from './networks.ts';

export interface PortRequest {
  readonly projectId: string;
  readonly network: NetworkView;
  /** `{subnet, ip_address}` each; without any, one address of the first subnet. */
  readonly fixedIps: Json | undefined;
  readonly securityGroups: readonly string[];
  readonly portSecurity?: boolean | undefined;
  readonly id: string;
}

/** What Neutron says of a new port, its addresses taken. @throws {CloudError} */
export function portDocument(networks: Networks, { projectId, network, fixedIps, securityGroups, portSecurity, id }: PortRequest): JsonMap {
  const secured = portSecurity ?? network.portSecurity;
  if (!secured && securityGroups.length > 0) {
    throw badRequest('Port security must be enabled and port must have an IP address in order to use security groups.');
  }
  return {
    network_id: network.id, mac_address: macOf(id), admin_state_up: true, port_security_enabled: secured,
    security_groups: [...securityGroups],
    fixed_ips: addressesFor(networks, projectId, network, fixedIps), device_id: '', device_owner: '', allowed_address_pairs: [],
  };
}

export function addressesFor(networks: Networks, projectId: string, network: NetworkView, asked: Json | undefined): JsonMap[] {
  const subnets = networks.subnetsOf(network.id);
  const wishes = listed(asked).filter(isMap);
  if (wishes.length === 0) return subnets.slice(0, 1).map((subnet) => ({ subnet_id: subnet.id, ip_address: networks.allocate(subnet) }));
  return wishes.map((wish) => {
    const named = wish['subnet'] ?? wish['subnet_id'];
    const address = typeof wish['ip_address'] === 'string' ? wish['ip_address'] : undefined;
    const subnet = typeof named === 'string' ? networks.subnet(projectId, named) : subnets[0];
    if (subnet?.networkId !== network.id) {
      throw badRequest(`Failed to create port on network ${network.id}, because fixed_ips included invalid subnet ${textOf(named)}.`);
    }
    return { subnet_id: subnet.id, ip_address: networks.allocate(subnet, address) };
  });
}

/** Ids of everything that a port keeps from being deleted. */
export function portUses({ document }: Pick<Thing, 'document'>): string[] {
  const subnets = listed(document['fixed_ips']).filter(isMap).map((each) => textOf(each['subnet_id']));
  return [textOf(document['network_id']), ...subnets, ...listed(document['security_groups']).map(textOf)];
}

/** Its addresses are free again, and floating ones that led to it lead nowhere. */
export function portRemoved(inventory: Inventory, networks: Networks, port: Thing): void {
  for (const { subnet, address } of addressesOf(port)) networks.release(subnet, address);
  for (const floating of inventory.usersOf(port.id, 'floating_ip')) {
    Object.assign(floating.document, { port_id: null, fixed_ip_address: null });
    inventory.relink(floating, floating.uses.filter((id) => id !== port.id));
  }
}

/** Neutron's prefix, and the end of the id: the same port has the same address in every run. */
function macOf(id: string): string {
  return `fa:16:3e:${id.replaceAll('-', '').slice(-6).match(/../g)!.join(':')}`;
}
