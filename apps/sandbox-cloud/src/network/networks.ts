import { badRequest, CloudError } from '../inventory/cloud-error.ts';
import type { Inventory, Thing } from '../inventory/inventory.ts';
import type { Cloud, Network } from '../cloud/cloud.ts';
import { isMap, listed, textOf } from '../orchestration/hot/json.ts';
import type { Json, JsonMap } from '../orchestration/hot/json.ts';
import { addressNumber, addressText, gatewayOf, hostsOf } from './addresses.ts';

export interface NetworkView {
  readonly id: string;
  readonly name: string;
  readonly external: boolean;
  readonly portSecurity: boolean;
  readonly physicalNetwork: string | null;
}

export interface SubnetView {
  readonly id: string;
  readonly name: string;
  readonly networkId: string;
  readonly cidr: string;
  readonly gatewayIp: string | null;
  readonly pools: readonly { readonly start: string; readonly end: string }[];
}

/** The networks of the cloud file and those that were made, and who has which address on them. */
export class Networks {
  private readonly used = new Map<string, Set<number>>();
  private readonly cursors = new Map<string, number>();

  constructor(
    private readonly cloud: Cloud,
    private readonly inventory: Inventory,
  ) {
    for (const port of inventory.all('port')) {
      for (const { subnet, address } of addressesOf(port)) this.take(subnet, addressNumber(address));
    }
    for (const { document } of inventory.all('floating_ip')) {
      this.take(textOf(document['subnet_id']), addressNumber(textOf(document['floating_ip_address'])));
    }
  }

  /** By id, or by a name that the project can see. */
  network(projectId: string, idOrName: Json | undefined): NetworkView | undefined {
    const fixed = this.cloud.networks.find(({ id }) => id === idOrName)
      ?? this.cloud.networks.find((network) => network.name === idOrName && (network.external || network.shared || network.ownerId === projectId));
    const made = this.inventory.get('network', typeof idOrName === 'string' ? idOrName : undefined);
    if (made) return viewOf(made);
    if (fixed) return fixed;
    const named = this.inventory.find('network', projectId, idOrName);
    return named && viewOf(named);
  }

  subnet(projectId: string, idOrName: Json | undefined): SubnetView | undefined {
    const made = this.inventory.find('subnet', projectId, idOrName);
    if (made) return subnetViewOf(made);
    return this.cloud.networks.flatMap(fixedSubnets).find(({ id, name }) => id === idOrName || name === idOrName);
  }

  subnetsOf(networkId: string): SubnetView[] {
    const made = this.inventory.usersOf(networkId, 'subnet').map(subnetViewOf);
    return [...this.cloud.networks.filter(({ id }) => id === networkId).flatMap(fixedSubnets), ...made];
  }

  /** The network that a server without any is put on: the only one of its project, or the first shared one. */
  defaultNetwork(projectId: string): NetworkView | undefined {
    const own = [...this.inventory.all('network')].filter((network) => network.projectId === projectId);
    if (own.length === 1) return viewOf(own[0]!);
    return this.cloud.networks.find(({ shared, external, ownerId }) => !external && (shared || ownerId === projectId));
  }

  /** Takes the lowest address that is free, or the one asked for. @throws {CloudError} */
  allocate(subnet: SubnetView, wanted?: string): string {
    const taken = this.used.get(subnet.id) ?? new Set();
    if (wanted !== undefined) {
      if (taken.has(addressNumber(wanted))) {
        throw new CloudError('IpAddressAlreadyAllocatedClient', 409, `IP address ${wanted} already allocated in subnet ${subnet.id}`);
      }
      this.take(subnet.id, addressNumber(wanted));
      return wanted;
    }
    const { start, end } = subnet.pools[0] ?? {};
    const hosts = hostsOf(subnet.cidr);
    const first = start === undefined ? hosts.first : addressNumber(start);
    const last = end === undefined ? hosts.last : addressNumber(end);
    const gateway = subnet.gatewayIp === null ? -1 : addressNumber(subnet.gatewayIp);
    for (let value = Math.max(first, this.cursors.get(subnet.id) ?? first); value <= last; value += 1) {
      if (taken.has(value) || value === gateway) continue;
      this.take(subnet.id, value);
      this.cursors.set(subnet.id, value + 1);
      return addressText(value);
    }
    throw new CloudError('IpAddressGenerationFailureClient', 409, `No more IP addresses available on network ${subnet.networkId}.`);
  }

  release(subnetId: string, address: string): void {
    const value = addressNumber(address);
    this.used.get(subnetId)?.delete(value);
    this.cursors.set(subnetId, Math.min(value, this.cursors.get(subnetId) ?? value));
  }

  /** Whether a router leads from the subnet to that external network. */
  reaches(subnetId: string, external: NetworkView): boolean {
    const fixed = this.cloud.networks.find(({ subnets }) => subnets.some(({ id }) => id === subnetId));
    if (fixed?.router === external.name) return true;
    return this.inventory.usersOf(subnetId, 'router_interface').some(({ document }) =>
      gatewayNetworkOf(this.inventory.get('router', textOf(document['router_id']))) === external.id);
  }

  /** The security groups named, as ids. @throws {CloudError} for one that is not there. */
  securityGroups(projectId: string, names: Json | undefined): string[] {
    return listed(names).map((name) => {
      if (name === 'default') return 'default';
      const group = this.inventory.find('security_group', projectId, name);
      if (!group) throw badRequest(`Unable to find security_group with name or id '${textOf(name)}'`);
      return group.id;
    });
  }

  private take(subnetId: string, address: number): void {
    const taken = this.used.get(subnetId) ?? new Set();
    this.used.set(subnetId, taken.add(address));
  }
}

/** The addresses of a port and the subnets they are on. */
export function addressesOf(port: Thing): { readonly subnet: string; readonly address: string }[] {
  return listed(port.document['fixed_ips']).filter(isMap)
    .map((each) => ({ subnet: textOf(each['subnet_id']), address: textOf(each['ip_address']) }));
}

export function gatewayNetworkOf(router: Thing | undefined): Json {
  const gateway = router?.document['external_gateway_info'];
  return isMap(gateway) ? gateway['network_id'] ?? null : null;
}

function viewOf({ id, name, document }: Thing): NetworkView {
  return { id, name, external: false, portSecurity: document['port_security_enabled'] !== false, physicalNetwork: null };
}

function fixedSubnets({ subnets }: Network): SubnetView[] {
  // Servers get addresses of IPv4 only.
  return subnets.filter(({ cidr }) => !cidr.includes(':')).map((subnet) => ({ ...subnet, gatewayIp: gatewayOf(subnet.cidr), pools: [] }));
}

function subnetViewOf({ id, name, document }: Thing): SubnetView {
  const pools = listed(document['allocation_pools']) as JsonMap[];
  return {
    id, name, networkId: textOf(document['network_id']), cidr: textOf(document['cidr']),
    gatewayIp: document['gateway_ip'] === null ? null : textOf(document['gateway_ip']),
    pools: pools.map(({ start, end }) => ({ start: textOf(start), end: textOf(end) })),
  };
}
