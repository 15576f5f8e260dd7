import { badRequest, missing } from '../inventory/cloud-error.ts';
import type { Thing } from '../inventory/inventory.ts';
import type { SimulatedCloud } from '../inventory/simulated-cloud.ts';
import type { ResourceType } from '../orchestration/engine/resource-type.ts';
import { textOf } from '../orchestration/hot/json.ts';
import type { Json, JsonMap } from '../orchestration/hot/json.ts';
import { cloudType } from '../orchestration/resources/cloud-type.ts';
import { typeSchema } from '../orchestration/resources/schemas.ts';
import { routerInterfaces } from './implied-dependencies.ts';
import { addressesOf, gatewayNetworkOf } from './networks.ts';
import type { NetworkView } from './networks.ts';

/** Floating addresses, and what ties them to ports. */
export function floatingIpTypes(sim: SimulatedCloud): ResourceType[] {
  return [floatingIpType(sim), associationType(sim)];
}

/** The part of a floating IP that says where it leads. @throws {CloudError} where no router leads there. */
function leadsTo(
  { inventory, networks }: SimulatedCloud, external: NetworkView, portId: Json | undefined, wanted: Json | undefined,
): JsonMap {
  if (typeof portId !== 'string' || portId === '') return { port_id: null, fixed_ip_address: null, router_id: null, subnet_of_port: null };
  const port = inventory.get('port', portId);
  if (!port) throw missing(`Port ${portId} could not be found.`);
  const address = addressesOf(port).find((each) => typeof wanted !== 'string' || each.address === wanted);
  if (!address) throw badRequest(`Cannot add floating IP to port ${portId} that has no fixed IPv4 addresses.`);
  if (!networks.reaches(address.subnet, external)) {
    throw missing(`External network ${external.id} is not reachable from subnet ${address.subnet}.  Therefore, cannot associate Port ${portId} with a Floating IP.`);
  }
  const through = inventory.usersOf(address.subnet, 'router_interface').map(({ document }) => textOf(document['router_id']))
    .find((id) => gatewayNetworkOf(inventory.get('router', id)) === external.id);
  return { port_id: portId, fixed_ip_address: address.address, router_id: through ?? null, subnet_of_port: address.subnet };
}

function usesOf({ document }: Pick<Thing, 'document'>): string[] {
  return ['floating_network_id', 'port_id', 'router_id'].flatMap((name) => (typeof document[name] === 'string' ? [document[name]] : []));
}

function point(sim: SimulatedCloud, floating: Thing, portId: Json | undefined, wanted: Json | undefined): void {
  const external = sim.networks.network(floating.projectId, floating.document['floating_network_id'])!;
  Object.assign(floating.document, leadsTo(sim, external, portId, wanted));
  sim.inventory.relink(floating, usesOf(floating));
}

function floatingIpType(sim: SimulatedCloud): ResourceType {
  const { networks } = sim;
  return cloudType(sim, {
    name: 'OS::Neutron::FloatingIP', kind: 'floating_ip', quota: 'floatingip', aliases: { floating_network_id: 'floating_network' },
    waitsFor: routerInterfaces,
    build({ properties, stack: { projectId } }) {
      const network = networks.network(projectId, properties['floating_network']);
      if (!network?.external) {
        throw badRequest(`Bad floatingip request: Network ${textOf(properties['floating_network'])} is not a valid external network.`);
      }
      const target = leadsTo(sim, network, properties['port_id'], properties['fixed_ip_address']);
      const [subnet] = networks.subnetsOf(network.id);
      if (!subnet) throw badRequest(`Network ${network.id} does not contain any IPv4 subnet`);
      const asked = properties['floating_ip_address'];
      const address = networks.allocate(subnet, typeof asked === 'string' ? asked : undefined);
      const document = { floating_network_id: network.id, floating_ip_address: address, subnet_id: subnet.id, ...target };
      return { name: address, document, uses: usesOf({ document }) };
    },
    update: ({ properties }, thing) => point(sim, thing, properties['port_id'], properties['fixed_ip_address']),
    removed: ({ document }) => networks.release(textOf(document['subnet_id']), textOf(document['floating_ip_address'])),
  });
}

/** Not a thing of its own: it points a floating IP somewhere, and back to nowhere when it is deleted. */
function associationType(sim: SimulatedCloud): ResourceType {
  const { inventory, clock, latency } = sim;
  const name = 'OS::Neutron::FloatingIPAssociation';
  const floatingOf = (properties: JsonMap) => inventory.get('floating_ip', textOf(properties['floatingip_id']));
  return {
    name, ...typeSchema(name), waitsFor: routerInterfaces,
    async create({ record, properties, signal, physicalName }) {
      await clock.sleep(latency.of(name, 'create'), signal);
      const floating = floatingOf(properties);
      if (!floating) throw missing(`Floating IP ${textOf(properties['floatingip_id'])} could not be found`);
      point(sim, floating, properties['port_id'], properties['fixed_ip_address']);
      record.physicalId = physicalName;
    },
    async update(context, { before }) {
      const former = floatingOf(before);
      if (former) point(sim, former, null, null);
      await this.create(context);
    },
    delete({ record }) {
      const floating = floatingOf(record.properties);
      if (floating && floating.document['port_id'] === record.properties['port_id']) point(sim, floating, null, null);
      return Promise.resolve();
    },
    attribute: () => null,
  };
}
