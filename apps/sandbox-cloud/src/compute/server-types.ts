import { badRequest, CloudError, missing } from '../inventory/cloud-error.ts';
import type { Thing } from '../inventory/inventory.ts';
import type { SimulatedCloud } from '../inventory/simulated-cloud.ts';
import type { Flavor } from '../cloud/cloud.ts';
import { subnetsOfItsNetwork } from '../network/implied-dependencies.ts';
import { NeedsReplacement } from '../orchestration/engine/resource-type.ts';
import type { ResourceContext, ResourceType } from '../orchestration/engine/resource-type.ts';
import { textOf } from '../orchestration/hot/json.ts';
import type { Json, JsonMap } from '../orchestration/hot/json.ts';
import { cloudType, nameOf, picked } from '../orchestration/resources/cloud-type.ts';
import type { Made } from '../orchestration/resources/cloud-type.ts';
import { serverDocument } from './server-document.ts';
import { ServerPorts } from './server-ports.ts';
import type { UserDataRunner } from './user-data.ts';

/** Names of the stacks that a resource is in, for faults. */
export type StackNames = (context: ResourceContext) => readonly string[];

export function flavorOf({ cloud }: SimulatedCloud, named: Json | undefined): Flavor {
  const flavor = cloud.flavors.find(({ id, name }) => id === named || name === named);
  if (!flavor) throw missing(`No Flavor matching {'name': '${textOf(named)}'}. (HTTP 404)`);
  return flavor;
}

export function serverType(sim: SimulatedCloud, userData: UserDataRunner, stackNames: StackNames): ResourceType {
  const { inventory, limits, machines, latency, metering } = sim;
  const ports = new ServerPorts(sim);

  const requireRoom = (projectId: string, flavor: Flavor) => {
    limits.require(projectId, 'instances', inventory.amountOf('server', projectId));
    limits.require(projectId, 'cores', inventory.amountOf('cores', projectId), flavor.vcpus);
    limits.require(projectId, 'ram', inventory.amountOf('ram', projectId), flavor.ramMb);
  };
  const build = (context: ResourceContext, id: string): Made => {
    const { properties, stack: { projectId } } = context;
    const flavor = flavorOf(sim, properties['flavor']);
    requireRoom(projectId, flavor);
    const group = (properties['scheduler_hints'] as JsonMap | undefined)?.['group'];
    const plugged = ports.plug(context, id);
    // Nova finds a host only after it has taken the request: a server without one exists, and is in error.
    const machine = flavor.resourceClass === undefined ? undefined : machines.take(flavor.resourceClass, plugged.plan, id);
    const document: JsonMap = {
      ...picked(properties, ['metadata', 'key_name', 'availability_zone', 'tags', 'image']), flavor: flavor.name, port_ids: plugged.portIds,
      own_port_ids: plugged.ownPortIds, user_data: userDataOf(context, sim), instance_name: `instance-${id.slice(0, 8)}`,
      ...(typeof machine === 'string' && { fault: machine }), ...(typeof machine === 'object' && { machine: machine.name }),
    };
    return {
      name: nameOf(context), document, uses: [...plugged.uses, ...typeof group === 'string' ? [group] : []],
      amounts: {
        cores: flavor.vcpus, ram: flavor.ramMb,
      }, extraMs: flavor.resourceClass === undefined ? 0 : latency.of('baremetal', 'create'),
    };
  };
  return cloudType(sim, {
    name: 'OS::Nova::Server', kind: 'server', build, waitsFor: subnetsOfItsNetwork,
    ready(context, thing) {
      const { fault } = thing.document;
      if (fault !== undefined) {
        thing.status = 'ERROR';
        inventory.save(thing);
        throw new CloudError('ResourceInError', 500, `Went to status ERROR due to "Message: ${textOf(fault)}, Code: 500"`);
      }
      metering.began(thing, stackNames(context).at(-1) ?? null);
      userData.boot(thing, stackNames(context));
    },
    update: (context, thing, { changed }) => changeServer(sim, ports, context, { thing, changed }),
    attribute: (thing, name) => (name === 'show' ? serverDocument(sim, thing) : ports.attribute(thing, name)),
    removed(thing) {
      ports.unplug(thing);
      machines.release(thing.id, latency.of('baremetal', 'cleaning'));
    },
  });
}

interface ServerChange {
  readonly thing: Thing;
  readonly changed: readonly string[];
}

function changeServer(sim: SimulatedCloud, ports: ServerPorts, context: ResourceContext, { thing, changed }: ServerChange): void {
  const { properties } = context;
  const replaces = (property: string, policy: string) => changed.includes(property) && properties[policy] === 'REPLACE';
  if (replaces('flavor', 'flavor_update_policy') || replaces('image', 'image_update_policy') || replaces('user_data', 'user_data_update_policy')) {
    throw new NeedsReplacement();
  }
  if (changed.includes('flavor')) {
    const flavor = flavorOf(sim, properties['flavor']);
    if (flavor.resourceClass !== undefined) throw badRequest('Instances of bare metal cannot be resized. (HTTP 400)');
    thing.document['flavor'] = flavor.name;
  }
  if (changed.includes('networks')) {
    ports.unplug(thing);
    const { portIds, ownPortIds, uses } = ports.plug(context, thing.id);
    Object.assign(thing.document, { port_ids: portIds, own_port_ids: ownPortIds });
    sim.inventory.relink(thing, uses);
  }
  Object.assign(thing.document, picked(properties, ['metadata', 'tags', 'image']));
}

/** The text that the server would run: that of a software config when it is the id of one. */
function userDataOf({ properties }: ResourceContext, { inventory }: SimulatedCloud): string {
  const given = properties['user_data'];
  if (given === undefined || given === null) return '';
  const config = inventory.get('config', textOf(given));
  return config ? textOf(config.document['config']) : textOf(given);
}

export function serverGroupType(sim: SimulatedCloud): ResourceType {
  const { inventory } = sim;
  return cloudType(sim, {
    name: 'OS::Nova::ServerGroup', kind: 'server_group', quota: 'server_groups',
    build: (context) => ({ name: nameOf(context), uses: [], document: picked(context.properties, ['policies', 'rules']) }),
    attribute: ({ id }, name) => (name === 'members' ? inventory.usersOf(id, 'server').map((server) => server.id) : undefined),
  });
}

/** A key pair belongs to the user, not to the project; its id is its name. */
export function keypairType(sim: SimulatedCloud): ResourceType {
  const { inventory, keypairs } = sim;
  const plain = cloudType(sim, {
    name: 'OS::Nova::KeyPair', kind: 'keypair',
    build({ properties, stack: { userId } }) {
      const name = textOf(properties['name']);
      const { publicKey, fingerprint } = keypairs.get(userId, name);
      return { id: name, name, uses: [], document: { public_key: publicKey, fingerprint, user_id: userId, private_key: '' } };
    },
    removed: ({ name, document }) => keypairs.forget(textOf(document['user_id']), name),
  });
  return {
    ...plain,
    async create(context) {
      const { properties, stack: { userId }, record } = context;
      const given = properties['public_key'];
      if (!inventory.get('keypair', record.physicalId)) {
        await keypairs.create(
          userId, textOf(properties['name']), typeof given === 'string' && given !== '' ? given : undefined,
        ).catch((error: unknown) => {
          throw new CloudError('Conflict', 409, `${error instanceof Error ? error.message : ''} (HTTP 409)`);
        });
      }
      await plain.create(context);
    },
  };
}

