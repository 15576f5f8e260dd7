import type { BaySpec } from '@jeroboam/domain';
import type { CloudLookups, CloudNetwork, CloudSubnet } from '@jeroboam/openstack';
import { BadRequest } from '../wire/errors.ts';
import { CloudResourceNotFound } from './cloud-resources.ts';

type MachineSpec = Pick<BaySpec, 'serverType' | 'fixedNetwork' | 'fixedSubnet' | 'floatingIpEnabled' | 'externalNetworkId'>;
interface Asking {
  readonly projectId: string | null;
}

/**
 * Nothing is made for machines but ports: the network they are wired to has to have addresses of IPv4, and a router to the
 * external network where floating addresses are asked for. Bays of servers, and of no network, are let through.
 *
 * @throws {BadRequest} {CloudResourceNotFound} and what look-ups throw.
 */
export async function requireMachineNetwork(lookups: CloudLookups, spec: MachineSpec, asking: Asking): Promise<void> {
  const { serverType, fixedNetwork, fixedSubnet } = spec;
  if (serverType !== 'bm' || (!fixedNetwork && !fixedSubnet)) return;
  const subnet = fixedSubnet ? found('subnet', fixedSubnet, await lookups.subnet(fixedSubnet)) : null;
  const ident = fixedNetwork ?? subnet!.networkId;
  const network = found('network', ident, await lookups.network(ident));
  await requireAddresses(lookups, network, subnet);
  if (spec.floatingIpEnabled) await requireWayOut(lookups, { network, subnet, external: spec.externalNetworkId }, asking);
}

async function requireAddresses(lookups: CloudLookups, network: CloudNetwork, subnet: CloudSubnet | null): Promise<void> {
  if (subnet && subnet.networkId !== network.id) throw new BadRequest(`fixed_subnet ${subnet.name} is not part of fixed_network ${network.name}.`);
  const usable = subnet ? [subnet] : await lookups.subnetsOf(network.id);
  if (usable.some(({ ipVersion }) => ipVersion === 4)) return;
  throw new BadRequest(`${subnet ? `fixed_subnet ${subnet.name} is no` : `fixed_network ${network.name} has no`} IPv4 subnet, which bare-metal clusters need.`);
}

interface Way {
  readonly network: CloudNetwork;
  readonly subnet: CloudSubnet | null;
  /** Id or name; null: none was given. */
  readonly external: string | null;
}

async function requireWayOut(lookups: CloudLookups, { network, subnet, external }: Way, asking: Asking): Promise<void> {
  const without = 'or set floating_ip_enabled to false: no router is made for bare-metal clusters.';
  if (external === null) throw new BadRequest(`floating_ip_enabled needs external_network_id. Name one, ${without}`);
  const outside = found('external network', external, await lookups.externalNetwork(external));
  const joints = (await lookups.routerInterfaces(network.id)).filter(({ subnetIds }) => !subnet || subnetIds.includes(subnet.id));
  const reaches = joints.some(({ leadsTo }) => leadsTo === 'hidden' || leadsTo?.externalNetworkId === outside.id);
  // On a network that is shared with the caller there may be routers that Neutron shows to its owner alone.
  if (reaches || network.projectId !== asking.projectId) return;
  throw new BadRequest(
    `floating_ip_enabled needs a router from fixed_${subnet ? `subnet ${subnet.name}` : `network ${network.name}`} to external network ${outside.name}, and there is none. Join them, ${without}`,
  );
}

function found<T>(resource: string, ident: string, thing: T | undefined): T {
  if (thing === undefined) throw new CloudResourceNotFound(resource === 'external network' ? resource : `fixed ${resource}`, ident);
  return thing;
}
