import type { CloudLookups, CloudRouterInterface, CloudSubnet } from '@jeroboam/openstack';
import { requireMachineNetwork } from './machine-network.ts';

const subnet = (id: string, ipVersion: 4 | 6, networkId = 'metal'): CloudSubnet => ({ id, name: id, networkId, ipVersion });
const joint = (subnetId: string, leadsTo: CloudRouterInterface['leadsTo']): CloudRouterInterface => ({ subnetIds: [subnetId], leadsTo });
const OUT = { externalNetworkId: 'public' };

/** A network `metal` of project p1 with these subnets and routers, and an external one. */
function aCloud({ subnets = [subnet('four', 4)], joints = [] as readonly CloudRouterInterface[] } = {}): CloudLookups {
  const network = (id: string, external: boolean) => async (ident: string) => (ident === id ? { id, name: id, external, projectId: 'p1' } : undefined);
  return {
    network: network('metal', false), externalNetwork: network('public', true),
    subnet: async (ident: string) => [...subnets, subnet('elsewhere', 4, 'another')].find(({ id }) => id === ident),
    subnetsOf: async () => subnets, routerInterfaces: async () => joints,
  } as Partial<CloudLookups> as CloudLookups;
}

const spec = { serverType: 'bm', fixedNetwork: 'metal', fixedSubnet: null, floatingIpEnabled: false, externalNetworkId: 'public' } as const;
const owner = { projectId: 'p1' };
const guest = { projectId: 'p2' };

type Case = readonly [Partial<Record<keyof typeof spec, unknown>>, Parameters<typeof aCloud>[0], typeof owner];
const check = ([changes, cloud, asking]: Case) => requireMachineNetwork(aCloud(cloud), { ...spec, ...changes } as typeof spec, asking);
const floating = { floatingIpEnabled: true };

describe('the network of machines', () => {
  it.each<[string, ...Case]>([
    ['has an IPv4 subnet besides others', {}, { subnets: [subnet('six', 6), subnet('four', 4)] }, owner],
    ['is named by its IPv4 subnet', { fixedNetwork: null, fixedSubnet: 'four' }, { subnets: [subnet('six', 6), subnet('four', 4)] }, owner],
    ['has a router to the external network', floating, { joints: [joint('four', null), joint('four', OUT)] }, owner],
    ['has one that the caller may not see', floating, { joints: [joint('four', 'hidden')] }, owner],
    ['belongs to others, who alone see its routers', floating, {}, guest],
    ['needs no router without floating addresses', {}, {}, owner],
  ])('will do where it %s', async (_, ...given) => {
    await expect(check(given)).resolves.toBeUndefined();
  });

  it.each<[string, ...Case]>([
    ['fixed_network metal has no IPv4 subnet', {}, { subnets: [subnet('six', 6)] }, owner],
    ['fixed_network metal has no IPv4 subnet', {}, { subnets: [] }, owner],
    ['fixed_subnet six is no IPv4 subnet', { fixedSubnet: 'six' }, { subnets: [subnet('six', 6), subnet('four', 4)] }, owner],
    ['fixed_subnet elsewhere is not part of fixed_network metal', { fixedSubnet: 'elsewhere' }, {}, owner],
    ['floating_ip_enabled needs external_network_id', { ...floating, externalNetworkId: null }, {}, owner],
    ['a router from fixed_network metal to external network public, and there is none', floating, {}, owner],
    ['and there is none', floating, { joints: [joint('four', null), joint('four', { externalNetworkId: 'another' })] }, owner],
    [
      'a router from fixed_subnet four to', { ...floating, fixedSubnet: 'four' },
      { subnets: [subnet('four', 4), subnet('other', 4)], joints: [joint('other', OUT)] }, owner,
    ],
  ])('is refused, as %s', async (reason, ...given) => {
    await expect(check(given)).rejects.toMatchObject({ code: 'BAD_REQUEST', message: expect.stringContaining(reason) as string });
  });

  it('is looked for', async () => {
    await expect(check([{ fixedNetwork: 'gone' }, {}, owner])).rejects.toMatchObject({ code: 'CLOUD_RESOURCE_NOT_FOUND', message: 'Unable to find fixed network gone.' });
  });

  it('is of no concern for bays of servers', async () => {
    await expect(check([{ ...floating, serverType: 'vm', fixedNetwork: 'gone' }, {}, owner])).resolves.toBeUndefined();
  });
});
