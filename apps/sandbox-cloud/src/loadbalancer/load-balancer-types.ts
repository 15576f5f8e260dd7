import { badRequest, CloudError, missing } from '../inventory/cloud-error.ts';
import type { ThingKind } from '../inventory/inventory.ts';
import type { SimulatedCloud } from '../inventory/simulated-cloud.ts';
import { portDocument, portRemoved, portUses } from '../network/ports.ts';
import type { ResourceContext, ResourceType } from '../orchestration/engine/resource-type.ts';
import { textOf } from '../orchestration/hot/json.ts';
import type { Json } from '../orchestration/hot/json.ts';
import { cloudType, nameOf, picked } from '../orchestration/resources/cloud-type.ts';
import type { CloudTypeSpec, Made } from '../orchestration/resources/cloud-type.ts';

/** Octavia's resources. */
export function loadBalancerTypes(sim: SimulatedCloud): ResourceType[] {
  return [loadBalancerType(sim), ...partTypes(sim)];
}

function loadBalancerType(sim: SimulatedCloud): ResourceType {
  const { inventory, networks, ids, clock } = sim;
  return cloudType(sim, {
    name: 'OS::Octavia::LoadBalancer', kind: 'load_balancer', quota: 'load_balancer', statuses: {
      making: 'PENDING_CREATE', made: 'ACTIVE',
    },
    build(context, id) {
      const { properties, stack: { projectId, id: stackId }, record } = context;
      const subnet = networks.subnet(projectId, properties['vip_subnet']);
      const network = subnet && networks.network(projectId, subnet.networkId);
      if (!subnet || !network) throw badRequest(`Subnet ${textOf(properties['vip_subnet'])} not found. (HTTP 400)`);
      const portId = ids.uuid();
      const document = portDocument(networks, {
        projectId, network, id: portId, securityGroups: [],
        fixedIps: [{ subnet: subnet.id, ip_address: properties['vip_address'] ?? null }],
      });
      Object.assign(document, { device_owner: 'Octavia', device_id: `lb-${id}` });
      const now = clock.now();
      inventory.add({
        id: portId, kind: 'port', projectId, name: `octavia-lb-${id}`, status: 'ACTIVE', document, uses: portUses({ document }),
        createdAtMs: now,
        readyAtMs: now, stackId, resource: record.name,
      });
      const [address] = document['fixed_ips'] as { ip_address: Json }[];
      const vip = { vip_subnet_id: subnet.id, vip_port_id: portId, vip_address: address?.ip_address ?? null };
      return {
        name: nameOf(context), uses: [portId, subnet.id, network.id],
        document: { ...picked(properties, ['description', 'provider', 'flavor']), ...vip },
      };
    },
    attribute: ({ id, document }, name) => {
      if (name === 'pools') return inventory.usersOf(id, 'pool').map((pool) => ({ id: pool.id }));
      return name === 'flavor_id' ? document['flavor'] ?? null : undefined;
    },
    requireUnused({ id }) {
      if (inventory.usersOf(id).every(({ kind }) => kind === 'floating_ip')) return;
      throw new CloudError('OctaviaClientException', 409, `Cannot delete Load Balancer ${id} - it has children (HTTP 409)`);
    },
    removed({ document }) {
      const port = inventory.get('port', textOf(document['vip_port_id']));
      if (!port) return;
      inventory.remove(port);
      portRemoved(inventory, networks, port);
    },
  });
}

/** What hangs on a load balancer, each on another of these. */
function partTypes(sim: SimulatedCloud): ResourceType[] {
  const { inventory } = sim;
  const parent = (context: ResourceContext, property: string, kind: ThingKind): string | undefined => {
    const named = context.properties[property];
    if (named === undefined || named === null) return undefined;
    const found = inventory.find(kind, context.stack.projectId, named);
    if (!found) throw missing(`${kind} ${textOf(named)} not found. (HTTP 404)`);
    return found.id;
  };
  const part = (
    spec: Pick<CloudTypeSpec,
    'name' | 'kind'> & { readonly parents: Readonly<Record<string, ThingKind>>; readonly fields: readonly string[] },
  ) =>
    cloudType(sim, {
      name: spec.name, kind: spec.kind,
      build(context): Made {
        const uses = Object.entries(spec.parents)
          .map(([property, kind]) => [`${property}_id`, parent(context, property, kind) ?? null] as const);
        return {
          name: nameOf(context), uses: uses.flatMap(([, id]) => id ?? []),
          document: { ...picked(context.properties, spec.fields), ...Object.fromEntries(uses) },
        };
      },
      update: ({ properties }, thing) => Object.assign(thing.document, picked(properties, spec.fields)),
      attribute: ({ id, document }, name) => {
        if (name === 'default_pool_id') return document['default_pool_id'] ?? null;
        if (name === 'members') return inventory.usersOf(id, 'member').map((member) => member.id);
        if (name === 'healthmonitor_id') return inventory.usersOf(id, 'health_monitor')[0]?.id ?? null;
        if (name === 'loadbalancers') return document['loadbalancer_id'] === null ? [] : [{ id: document['loadbalancer_id']! }];
        if (name === 'listeners') return document['listener_id'] === null ? [] : [{ id: document['listener_id']! }];
        return name === 'pools' ? [{ id: document['pool_id'] ?? null }] : undefined;
      },
    });
  return [
    part({
      name: 'OS::Octavia::Listener', kind: 'listener', parents: { loadbalancer: 'load_balancer', default_pool: 'pool' },
      fields: ['protocol', 'protocol_port', 'connection_limit', 'allowed_cidrs'],
    }),
    part({
      name: 'OS::Octavia::Pool', kind: 'pool', parents: { loadbalancer: 'load_balancer', listener: 'listener' },
      fields: ['protocol', 'lb_algorithm', 'session_persistence'],
    }),
    part({ name: 'OS::Octavia::PoolMember', kind: 'member', parents: { pool: 'pool' }, fields: ['address', 'protocol_port', 'weight'] }),
    part({
      name: 'OS::Octavia::HealthMonitor', kind: 'health_monitor', parents: { pool: 'pool' },
      fields: ['type', 'delay', 'timeout', 'max_retries', 'url_path', 'http_method'],
    }),
  ];
}
