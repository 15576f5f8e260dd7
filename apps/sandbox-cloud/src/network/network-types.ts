import { badRequest, CloudError, conflict, missing } from '../inventory/cloud-error.ts';
import type { SimulatedCloud } from '../inventory/simulated-cloud.ts';
import type { ResourceContext, ResourceType } from '../orchestration/engine/resource-type.ts';
import { isMap, listed, textOf } from '../orchestration/hot/json.ts';
import type { Json, JsonMap } from '../orchestration/hot/json.ts';
import { cloudType, nameOf, picked } from '../orchestration/resources/cloud-type.ts';
import { gatewayOf } from './addresses.ts';
import { floatingIpTypes } from './floating-ip-types.ts';
import { subnetsOfItsNetwork } from './implied-dependencies.ts';
import type { NetworkView } from './networks.ts';
import { addressesFor, portDocument, portRemoved, portUses } from './ports.ts';

/** Neutron's resources. */
export function networkTypes(sim: SimulatedCloud): ResourceType[] {
  return [
    netType(sim), subnetType(sim), routerType(sim), routerInterfaceType(sim), portType(sim), securityGroupType(sim), ruleType(sim),
    ...floatingIpTypes(sim),
  ];
}

/** @throws {CloudError} for a network that the project cannot see. */
export function networkOf({ networks }: SimulatedCloud, { stack }: Pick<ResourceContext, 'stack'>, named: Json | undefined): NetworkView {
  const network = networks.network(stack.projectId, named);
  if (!network) throw missing(`Unable to find network with name or id '${textOf(named)}'`);
  return network;
}

function netType(sim: SimulatedCloud): ResourceType {
  const { inventory } = sim;
  return cloudType(sim, {
    name: 'OS::Neutron::Net', kind: 'network', quota: 'network',
    build: (context) => ({
      name: nameOf(context), uses: [],
      document: {
        ...picked(context.properties, ['admin_state_up', 'shared', 'tags']),
        port_security_enabled: context.properties['port_security_enabled'] ?? true, mtu: 1_450,
      },
    }),
    update: ({ properties }, thing) => Object.assign(
      thing.document, picked(properties, ['admin_state_up', 'shared', 'tags', 'port_security_enabled']),
    ),
    attribute: ({ id }, name) => (name === 'subnets' ? inventory.usersOf(id, 'subnet').map((subnet) => subnet.id) : undefined),
    requireUnused({ id }) {
      if (inventory.usersOf(id, 'port').length === 0) return;
      throw conflict(`Unable to complete operation on network ${id}. There are one or more ports still in use on the network.`);
    },
    removed: ({ id }) => inventory.usersOf(id, 'subnet').forEach((subnet) => inventory.remove(subnet)),
  });
}

function subnetType(sim: SimulatedCloud): ResourceType {
  const { inventory } = sim;
  const fields = ['ip_version', 'enable_dhcp', 'dns_nameservers', 'allocation_pools', 'host_routes', 'tags'];
  return cloudType(sim, {
    name: 'OS::Neutron::Subnet', kind: 'subnet', quota: 'subnet', aliases: { network_id: 'network' },
    build(context) {
      const { properties } = context;
      const network = networkOf(sim, context, properties['network']);
      const cidr = properties['cidr'];
      if (typeof cidr !== 'string') throw badRequest('a subnetpool or a cidr must be specified in the absence of a default subnetpool');
      const gateway = properties['gateway_ip'] === '' ? null : properties['gateway_ip'] ?? gatewayOf(cidr);
      return {
        name: nameOf(context), uses: [network.id],
        document: { network_id: network.id, cidr, gateway_ip: gateway, ...picked(properties, fields) },
      };
    },
    update: ({ properties }, thing) => Object.assign(thing.document, picked(properties, fields)),
    requireUnused({ id }) {
      if (inventory.usersOf(id, 'port').length === 0) return;
      throw conflict(`Unable to complete operation on subnet ${id}: One or more ports have an IP allocation from this subnet.`);
    },
  });
}

function routerType(sim: SimulatedCloud): ResourceType {
  const { inventory } = sim;
  const gatewayFor = (context: ResourceContext): { readonly info: Json; readonly uses: string[] } => {
    const asked = context.properties['external_gateway_info'];
    if (!isMap(asked) || (asked['network'] ?? null) === null) return { info: null, uses: [] };
    const network = networkOf(sim, context, asked['network']);
    if (!network.external) throw badRequest(`Bad router request: Network ${network.id} is not an external network.`);
    return { info: { network_id: network.id, enable_snat: asked['enable_snat'] ?? true }, uses: [network.id] };
  };
  return cloudType(sim, {
    name: 'OS::Neutron::Router', kind: 'router', quota: 'router',
    build(context) {
      const { info, uses } = gatewayFor(context);
      return { name: nameOf(context), uses, document: { external_gateway_info: info, admin_state_up: true } };
    },
    update(context, thing) {
      const { info, uses } = gatewayFor(context);
      thing.document['external_gateway_info'] = info;
      inventory.relink(thing, uses);
    },
    requireUnused({ id }) {
      if (inventory.usersOf(id, 'router_interface').length > 0) throw conflict(`Router ${id} still has ports`);
    },
  });
}

function routerInterfaceType(sim: SimulatedCloud): ResourceType {
  const { inventory, networks } = sim;
  return cloudType(sim, {
    name: 'OS::Neutron::RouterInterface', kind: 'router_interface', aliases: { router_id: 'router', subnet_id: 'subnet', port_id: 'port' },
    build({ properties, stack: { projectId }, physicalName }) {
      const router = inventory.find('router', projectId, properties['router']);
      if (!router) throw missing(`Unable to find router with name or id '${textOf(properties['router'])}'`);
      const port = inventory.find('port', projectId, properties['port']);
      const [address] = listed(port?.document['fixed_ips']) as JsonMap[];
      const subnet = networks.subnet(projectId, address?.['subnet_id'] ?? properties['subnet']);
      if (!subnet) throw badRequest('Either subnet or port must be specified');
      const uses = [router.id, subnet.id, subnet.networkId, ...(port ? [port.id] : [])];
      return {
        id: `${router.id}:subnet_id=${subnet.id}`, name: physicalName, uses, document: { router_id: router.id, subnet_id: subnet.id },
      };
    },
    requireUnused({ document }) {
      // Neutron refuses while floating addresses go through it.
      const router = textOf(document['router_id']);
      const through = [...inventory.usersOf(router, 'floating_ip')]
        .some((floating) => floating.document['subnet_of_port'] === document['subnet_id']);
      if (through) {
        throw conflict(`Router interface for subnet ${textOf(document['subnet_id'])} on router ${router} cannot be deleted, as it is required by one or more floating IPs.`);
      }
    },
  });
}

function portType(sim: SimulatedCloud): ResourceType {
  const { inventory, networks } = sim;
  const plain = ['admin_state_up', 'device_id', 'device_owner', 'allowed_address_pairs', 'tags'];
  return cloudType(sim, {
    name: 'OS::Neutron::Port', kind: 'port', quota: 'port', aliases: { network_id: 'network' }, waitsFor: subnetsOfItsNetwork,
    build(context, id) {
      const { properties, stack: { projectId } } = context;
      const document = portDocument(networks, {
        projectId, id, network: networkOf(sim, context, properties['network']), fixedIps: properties['fixed_ips'],
        securityGroups: networks.securityGroups(projectId, properties['security_groups']),
        portSecurity: properties['port_security_enabled'] as boolean | undefined,
      });
      const given = Object.fromEntries(Object.entries(picked(properties, plain)).filter(([, value]) => value !== null));
      return { name: nameOf(context), document: { ...document, ...given }, uses: portUses({ document }) };
    },
    update({ properties, stack: { projectId } }, thing, { changed }) {
      const given = Object.fromEntries(Object.entries(picked(properties, plain)).filter(([name]) => changed.includes(name)));
      Object.assign(thing.document, given);
      if (changed.includes('security_groups')) {
        thing.document['security_groups'] = networks.securityGroups(projectId, properties['security_groups']);
      }
      if (changed.includes('fixed_ips')) {
        for (const address of listed(thing.document['fixed_ips']) as JsonMap[]) {
          networks.release(textOf(address['subnet_id']), textOf(address['ip_address']));
        }
        const network = networks.network(projectId, thing.document['network_id']);
        if (network) thing.document['fixed_ips'] = addressesFor(networks, projectId, network, properties['fixed_ips']);
      }
      inventory.relink(thing, portUses(thing));
    },
    attribute({ document }, name) {
      if (name === 'network') return { id: document['network_id'] ?? null };
      if (name !== 'subnets') return undefined;
      return (listed(document['fixed_ips']) as JsonMap[]).flatMap(({ subnet_id: id }) => {
        const subnet = networks.subnet('', id ?? null);
        return subnet
          ? [{ id: subnet.id, name: subnet.name, cidr: subnet.cidr, gateway_ip: subnet.gatewayIp, network_id: subnet.networkId }]
          : [];
      });
    },
    removed: (port) => portRemoved(inventory, networks, port),
  });
}

function securityGroupType(sim: SimulatedCloud): ResourceType {
  const { inventory } = sim;
  return cloudType(sim, {
    name: 'OS::Neutron::SecurityGroup', kind: 'security_group', quota: 'security_group',
    build: (context) => ({ name: nameOf(context), uses: [], document: picked(context.properties, ['description', 'rules']) }),
    update: ({ properties }, thing) => Object.assign(thing.document, picked(properties, ['description', 'rules'])),
    requireUnused({ id }) {
      if (inventory.usersOf(id, 'port').length > 0) throw conflict(`Security Group ${id} in use.`);
    },
    removed: ({ id }) => inventory.usersOf(id, 'security_group_rule').forEach((rule) => inventory.remove(rule)),
  });
}

function ruleType(sim: SimulatedCloud): ResourceType {
  const { networks } = sim;
  const fields = ['direction', 'ethertype', 'protocol', 'port_range_min', 'port_range_max', 'remote_ip_prefix', 'description'];
  return cloudType(sim, {
    name: 'OS::Neutron::SecurityGroupRule', kind: 'security_group_rule', quota: 'security_group_rule',
    build({ properties, physicalName, stack: { projectId } }) {
      const [group] = networks.securityGroups(projectId, properties['security_group']);
      if (group === undefined) throw new CloudError('NotFound', 404, 'Security group does not exist.');
      const remote = networks.securityGroups(projectId, properties['remote_group']);
      const document = { ...picked(properties, fields), security_group_id: group, remote_group_id: remote[0] ?? null };
      return { name: physicalName, uses: [group, ...remote], document };
    },
  });
}
