import { badRequest, missing } from '../inventory/cloud-error.ts';
import type { Thing } from '../inventory/inventory.ts';
import type { SimulatedCloud } from '../inventory/simulated-cloud.ts';
import type { PortPlan } from '../baremetal/machines.ts';
import { addressesOf } from '../network/networks.ts';
import { portDocument, portRemoved, portUses } from '../network/ports.ts';
import type { ResourceContext } from '../orchestration/engine/resource-type.ts';
import { isMap, listed, textOf } from '../orchestration/hot/json.ts';
import type { Json, JsonMap } from '../orchestration/hot/json.ts';

interface Plugged {
  /** In the order of the server's networks. */
  readonly portIds: string[];
  /** Those made for the server, which go with it. */
  readonly ownPortIds: string[];
  readonly uses: string[];
  readonly plan: PortPlan;
}

/** What connects servers with networks. */
export class ServerPorts {
  constructor(private readonly sim: SimulatedCloud) {}

  /** @throws {CloudError} for a port or network that is not there, and when there is no address left. */
  plug(context: ResourceContext, serverId: string): Plugged {
    const { inventory, networks } = this.sim;
    const { properties, stack: { projectId } } = context;
    const asked = listed(properties['networks']).filter(isMap);
    const fallback = asked.length === 0 ? networks.defaultNetwork(projectId) : undefined;
    const wishes = fallback ? [{ network: fallback.id } as JsonMap] : asked;
    const own: string[] = [];
    const ports = wishes.map((wish) => {
      const named = wish['port'];
      if (typeof named !== 'string') {
        const port = this.newPort(context, wish, serverId);
        own.push(port.id);
        return port;
      }
      const port = inventory.find('port', projectId, named);
      if (!port) throw missing(`Port id ${named} could not be found. (HTTP 404)`);
      Object.assign(port.document, { device_id: serverId, device_owner: 'compute:nova' });
      inventory.save(port);
      return port;
    });
    const plan = ports.map(({ document }) => networks.network(projectId, document['network_id'])?.physicalNetwork ?? null);
    return { portIds: ports.map(({ id }) => id), ownPortIds: own, uses: ports.map(({ id }) => id), plan };
  }

  /** Ports made for the server go; those it was given are free again. */
  unplug({ document }: Thing): void {
    const { inventory, networks } = this.sim;
    const own = listed(document['own_port_ids']).map(textOf);
    for (const port of this.portsOf(document)) {
      if (own.includes(port.id)) {
        inventory.remove(port);
        portRemoved(inventory, networks, port);
      } else {
        Object.assign(port.document, { device_id: '', device_owner: '' });
        inventory.save(port);
      }
    }
  }

  /** The attributes of a server that its ports know. */
  attribute({ document }: Thing, name: string): Json | undefined {
    const ports = this.portsOf(document);
    if (name === 'first_address') return ports.flatMap(addressesOf)[0]?.address ?? '';
    if (name === 'accessIPv4' || name === 'accessIPv6') return '';
    if (name === 'networks') {
      return this.byNetwork(ports, (port) => [...addressesOf(port).map(({ address }) => address), ...this.floatingOf(port)]);
    }
    if (name !== 'addresses') return undefined;
    return this.byNetwork(ports, (port) => {
      const entry = (addr: string, kind: string): JsonMap => ({
        addr, version: 4, 'OS-EXT-IPS:type': kind, 'OS-EXT-IPS-MAC:mac_addr': port.document['mac_address'] ?? null, port: port.id,
      });
      return [
        ...addressesOf(port).map(({ address }) => entry(address, 'fixed')),
        ...this.floatingOf(port).map((address) => entry(address, 'floating')),
      ];
    });
  }

  private byNetwork(ports: readonly Thing[], of: (port: Thing) => Json[]): JsonMap {
    const all: Record<string, Json[]> = {};
    for (const port of ports) {
      const network = this.sim.networks.network(port.projectId, port.document['network_id']);
      const key = network?.name ?? textOf(port.document['network_id']);
      all[key] = [...all[key] ?? [], ...of(port)];
    }
    return all;
  }

  private floatingOf(port: Thing): string[] {
    return this.sim.inventory.usersOf(port.id, 'floating_ip').map(({ document }) => textOf(document['floating_ip_address']));
  }

  private portsOf(document: JsonMap): Thing[] {
    return listed(document['port_ids']).flatMap((id) => this.sim.inventory.get('port', textOf(id)) ?? []);
  }

  private newPort({ properties, stack: { projectId, id: stackId }, record }: ResourceContext, wish: JsonMap, serverId: string): Thing {
    const { inventory, networks, limits, ids, clock } = this.sim;
    const named = wish['network'] ?? wish['uuid'] ?? networks.subnet(projectId, wish['subnet'])?.networkId;
    const network = networks.network(projectId, named);
    if (!network) throw missing(`Unable to find network with name or id '${textOf(named)}'`);
    if (network.external) throw badRequest(`It is not allowed to create an interface on external network ${network.id} (HTTP 403)`);
    if (networks.subnetsOf(network.id).length === 0) {
      throw badRequest(`Network ${network.id} requires a subnet in order to boot instances on. (HTTP 400)`);
    }
    limits.require(projectId, 'port', inventory.amountOf('port', projectId));
    const address = wish['fixed_ip'];
    const wanted = wish['subnet'] !== undefined || typeof address === 'string'
      ? [{ subnet: wish['subnet'] ?? null, ip_address: address ?? null }]
      : null;
    // Nova leaves the security groups off where the network would not have them.
    const groups = network.portSecurity ? networks.securityGroups(projectId, properties['security_groups']) : [];
    const id = ids.uuid();
    const document = {
      ...portDocument(networks, { projectId, network, id, fixedIps: wanted, securityGroups: groups }), device_id: serverId,
      device_owner: 'compute:nova',
    };
    const now = clock.now();
    return inventory.add({
      id, kind: 'port', projectId, name: '', status: 'ACTIVE', document, uses: portUses({ document }), createdAtMs: now, readyAtMs: now,
      stackId,
      resource: record.name,
    });
  }
}
