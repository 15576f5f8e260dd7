import { isIP } from 'node:net';
import type { SimulatedCloud } from '../inventory/simulated-cloud.ts';
import type { CustomConstraints } from './hot/constraints.ts';
import type { Json } from './hot/json.ts';
import { textOf } from './hot/json.ts';
import type { StackIdentity } from './engine/stack-view.ts';

type Check = (value: Json, stack: StackIdentity, sim: SimulatedCloud) => string | undefined;

function wrong(value: Json, problem: string): string {
  return `Error validating value '${textOf(value)}': ${problem}`;
}

function isCidr(value: Json): boolean {
  const [address = '', bits = '', further] = textOf(value).split('/');
  const version = isIP(address);
  return further === undefined && version !== 0 && /^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128);
}

function neutron(kind: 'port' | 'router' | 'security_group'): Check {
  return (value, { projectId }, { inventory }) =>
    (inventory.find(kind, projectId, value) || value === 'default' ? undefined : wrong(value, `Unable to find ${kind} with name or id '${textOf(value)}'`));
}

const CHECKS: Readonly<Record<string, Check>> = {
  'nova.flavor': (value, _, { cloud }) =>
    (cloud.flavors.some(({ id, name }) => id === value || name === value) ? undefined : wrong(value, `No Flavor matching {'name': '${textOf(value)}'}. (HTTP 404)`)),
  'glance.image': (value, { projectId }, { cloud }) => {
    const found = cloud.images.some(({ id, name, ownerId }) => (id === value || name === value) && (ownerId === undefined || ownerId === projectId));
    return found ? undefined : wrong(value, `No images matching {'name': '${textOf(value)}'}.`);
  },
  'nova.keypair': (value, { userId = '' }, { keypairs }) =>
    (keypairs.list(userId).some(({ name }) => name === value) ? undefined : wrong(value, `The Key (${textOf(value)}) could not be found.`)),
  'nova.server': (value, { projectId }, { inventory }) =>
    (inventory.find('server', projectId, value) ? undefined : wrong(value, `The Server (${textOf(value)}) could not be found.`)),
  'neutron.network': (value, { projectId }, { networks }) =>
    (networks.network(projectId, value) ? undefined : wrong(value, `Unable to find network with name or id '${textOf(value)}'`)),
  'neutron.subnet': (value, { projectId }, { networks }) =>
    (networks.subnet(projectId, value) ? undefined : wrong(value, `Unable to find subnet with name or id '${textOf(value)}'`)),
  'neutron.port': neutron('port'),
  'neutron.router': neutron('router'),
  'neutron.security_group': neutron('security_group'),
  'cinder.volume': (value, { projectId }, { inventory }) =>
    (inventory.find('volume', projectId, value) ? undefined : wrong(value, `The volume (${textOf(value)}) could not be found.`)),
  ip_addr: (value) => (isIP(textOf(value)) === 0 ? wrong(value, 'Invalid IP address') : undefined),
  mac_addr: (value) => (/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/i.test(textOf(value)) ? undefined : wrong(value, 'Invalid MAC address.')),
  net_cidr: (value) => (isCidr(value) ? undefined : wrong(value, `Invalid net cidr ${textOf(value)}`)),
  ip_or_cidr: (value) => (isCidr(value) || isIP(textOf(value)) !== 0 ? undefined : wrong(value, 'Invalid IP or CIDR')),
};

/** Heat has more of them, for services that the sandbox has not; these let everything pass. */
const KNOWN_PREFIXES = /^(nova|glance|neutron|cinder|octavia|lbaas|keystone|barbican|heat|manila|sahara|trove|zaqar|designate|magnum|monasca)\.|^(cron_expression|dns_domain|dns_name|rel_dns_name|expiration|iso_8601|test_constr|timezone)$/;

/** The constraints that ask the simulated cloud, in the words of Heat. */
export function cloudConstraints(sim: SimulatedCloud): (stack: StackIdentity) => CustomConstraints {
  return (stack) => (constraint, value) => {
    const check = CHECKS[constraint];
    // Heat lets the empty name of a resource that may be left out pass.
    if (check) return value === '' ? undefined : check(value, stack, sim);
    return KNOWN_PREFIXES.test(constraint) ? undefined : `"${textOf(value)}" does not validate ${constraint} (constraint not found)`;
  };
}
