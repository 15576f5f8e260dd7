import { scriptedHttp } from '../testing/scripted-http.ts';
import type { ScriptedAnswer } from '../testing/scripted-http.ts';
import type { TokenInfo } from '../token/token-validator.port.ts';
import type { CloudLookups } from './cloud-lookups.port.ts';
import { openCloudLookups } from './openstack-lookups.ts';

const START = Date.parse('2026-01-31T12:00:00Z');
const ID = '6f0f3c0e-2f5a-4b6e-9d3f-4b61f1a0c2d7';

const INFO: TokenInfo = {
  userId: 'u1', userName: 'demo', userDomainId: 'default', projectId: 'p1', projectName: 'demo', projectDomainId: 'default',
  roles: ['member', 'reader'], expiresAt: '2026-01-31T13:00:00Z',
  catalog: ['image', 'compute', 'network', 'identity'].map((type) => ({
    type, name: type, endpoints: [{ interface: 'public', region: 'RegionOne', url: `http://cloud/${type}` }],
  })),
};

/** A cloud that gives one answer to everything, or one by path and query below the service. */
function aCloud(answer: ScriptedAnswer | Record<string, unknown>, options: { cacheTtlSeconds?: number; cacheSize?: number } = {}) {
  const clock = { ms: START };
  const isAnswer = 'status' in answer || 'fails' in answer || 'body' in answer;
  const http = scriptedHttp(({ url }) => {
    if (isAnswer) return answer;
    const body = (answer as Record<string, unknown>)[url.replace('http://cloud/', '')];
    return body === undefined ? { status: 404 } : { body };
  });
  const source = openCloudLookups({ http: http.call, now: () => clock.ms, ...options });
  const as = (info: Partial<TokenInfo> = {}, token = 'secret-token') => source.for({ token, info: { ...INFO, ...info } });
  return { as, http, clock, paths: () => http.seen.map(({ url }) => url.replace('http://cloud/', '')) };
}

const IMAGE = { id: ID, name: 'fedora-coreos', os_distro: 'fedora-coreos', status: 'active' };
const IMAGE_BY_NAME = 'image/v2/images?name=fedora-coreos&limit=100';

describe('look-up of an image', () => {
  it('gives its distribution and the driver it was made for', async () => {
    const { as } = aCloud({ [IMAGE_BY_NAME]: { images: [{ ...IMAGE, magnum_driver: 'k8s_fedora_coreos' }] } });
    expect(await as().image('fedora-coreos'))
      .toEqual({ id: ID, name: 'fedora-coreos', osDistro: 'fedora-coreos', magnumDriver: 'k8s_fedora_coreos' });
  });

  it('finds also an image without a distribution, and says so', async () => {
    const { as } = aCloud({ [IMAGE_BY_NAME]: { images: [{ id: ID, name: 'fedora-coreos' }] } });
    expect(await as().image('fedora-coreos')).toEqual({ id: ID, name: 'fedora-coreos', osDistro: null });
  });

  it('asks for what looks like an id by id first, then by name', async () => {
    const { as, paths } = aCloud({ status: 404 });
    expect(await as().image(ID)).toBeUndefined();
    expect(paths()).toEqual([`image/v2/images/${ID}`, `image/v2/images?name=${ID}&limit=100`]);
  });

  it('takes only the exact name, whatever the database of the cloud takes for equal', async () => {
    const { as } = aCloud({ [IMAGE_BY_NAME]: { images: [{ ...IMAGE, id: '1', name: 'Fedora-CoreOS' }, IMAGE] } });
    expect(await as().image('fedora-coreos')).toMatchObject({ id: ID });
  });

  it('refuses to choose between two of the same name', async () => {
    const { as } = aCloud({ [IMAGE_BY_NAME]: { images: [IMAGE, { ...IMAGE, id: '2' }] } });
    await expect(as().image('fedora-coreos')).rejects.toMatchObject({
      code: 'CLOUD_NAME_AMBIGUOUS', message: "Multiple images exist with same name 'fedora-coreos'. Please use the image ID instead.",
    });
  });
});

describe('look-up of a flavor', () => {
  const flavor = (id: string, name: string) => ({ id, name, vcpus: 1, ram: 512, disk: 1 });

  it('prefers an id to a name', async () => {
    const { as } = aCloud({ 'compute/v2.1/flavors/detail': { flavors: [flavor('2', '1'), flavor('1', 'm1.tiny')] } });
    expect(await as().flavor('1')).toEqual({ id: '1', name: 'm1.tiny', vcpus: 1, ramMb: 512, diskGb: 1 });
  });

  it('follows the pages of a long list', async () => {
    const next = [{ rel: 'next', href: 'http://elsewhere/' }];
    const { as } = aCloud({
      'compute/v2.1/flavors/detail': { flavors: [flavor('a b', 'm1.tiny')], flavors_links: next },
      'compute/v2.1/flavors/detail?marker=a%20b': { flavors: [flavor('2', 'm1.small')] },
    });
    expect(await as().flavor('m1.small')).toMatchObject({ id: '2' });
  });

  it('gives up on a list without end', async () => {
    const { as, http } = aCloud({ body: { flavors: [flavor('1', 'm1.tiny')], flavors_links: [{ rel: 'next', href: '' }] } });
    await expect(as().flavor('m1.small')).rejects.toMatchObject({ code: 'CLOUD_SERVICE_UNAVAILABLE' });
    expect(http.seen).toHaveLength(10);
  });
});

describe('look-up of a network', () => {
  it('asks only for networks that lead outside when an external one is wanted', async () => {
    const { as, paths } = aCloud({ body: { networks: [{ id: 'n1', name: 'public', 'router:external': true, project_id: 'p9' }] } });
    expect(await as().externalNetwork('public')).toEqual({ id: 'n1', name: 'public', external: true, projectId: 'p9' });
    expect(paths()).toEqual(['network/v2.0/networks?fields=id&fields=name&fields=router:external&fields=project_id&router:external=true&name=public']);
  });

  it('tells the versions of the addresses on its subnets', async () => {
    const subnet = (id: string, version: number) => ({ id, name: id, network_id: 'n1', ip_version: version });
    const { as, paths } = aCloud({ body: { subnets: [subnet('s4', 4), subnet('s6', 6), { ...subnet('s7', 4), network_id: 'n2' }] } });
    expect((await as().subnetsOf('n1')).map(({ id, ipVersion }) => [id, ipVersion])).toEqual([['s4', 4], ['s6', 6]]);
    expect(paths()).toEqual(['network/v2.0/subnets?fields=id&fields=name&fields=network_id&fields=ip_version&network_id=n1']);
  });

  it('tells which routers are on it, where they lead, and which of them the caller may not see', async () => {
    const port = (owner: string, router: string, subnet: string) => ({ device_owner: owner, device_id: router, fixed_ips: [{ subnet_id: subnet, ip_address: '10.0.0.1' }] });
    const router = (id: string) => `network/v2.0/routers?fields=id&fields=external_gateway_info&id=${id}`;
    const { as } = aCloud({
      'network/v2.0/ports?fields=device_id&fields=device_owner&fields=fixed_ips&network_id=n1': {
        ports: [
          port('network:router_interface', 'r1', 's1'), port('network:router_interface_distributed', 'r2', 's2'), port('network:ha_router_replicated_interface', 'r3', 's3'),
          port('compute:nova', 'server', 's1'), port('network:dhcp', 'dhcp', 's1'),
        ],
      },
      [router('r1')]: { routers: [{ id: 'r1', external_gateway_info: { network_id: 'public' } }] },
      [router('r2')]: { routers: [{ id: 'r2', external_gateway_info: null }] },
      [router('r3')]: { routers: [] },
    });
    expect(await as().routerInterfaces('n1')).toEqual([
      { subnetIds: ['s1'], leadsTo: { externalNetworkId: 'public' } }, { subnetIds: ['s2'], leadsTo: null }, { subnetIds: ['s3'], leadsTo: 'hidden' },
    ]);
  });

  it('asks anew each time what is on a network: who was refused may have changed it', async () => {
    const { as, http } = aCloud({ body: { subnets: [{ id: 's4', network_id: 'n1', ip_version: 4 }], ports: [] } });
    for (const _ of [1, 2]) await as().subnetsOf('n1').then(async () => as().routerInterfaces('n1'));
    expect(http.seen).toHaveLength(4);
  });

  it('names the kind of network whose name is ambiguous', async () => {
    const { as } = aCloud({ body: { networks: [{ id: 'n1', name: 'public' }, { id: 'n2', name: 'public' }] } });
    await expect(as().externalNetwork('public')).rejects.toMatchObject({
      message: "Multiple external networks exist with same name 'public'. Please use the external network ID instead.",
    });
    await expect(as().network('public')).rejects.toMatchObject({
      message: "Multiple networks exist with same name 'public'. Please use the network ID instead.",
    });
  });
});

describe('look-up of a project', () => {
  it('asks Keystone by id, and takes no other project for it', async () => {
    const answer = { project: { id: 'p2', name: 'demo' } };
    const { as, paths } = aCloud({ 'identity/v3/projects/p2': answer, 'identity/v3/projects/P2': answer });
    expect(await as().project('p2')).toEqual({ id: 'p2', name: 'demo' });
    expect(await as().project('P2')).toBeUndefined();
    expect(await as().project('p 3/x')).toBeUndefined();
    expect(paths()).toEqual(['p2', 'P2', 'p%203%2Fx'].map((id) => `identity/v3/projects/${id}`));
  });
});

describe('what look-ups remember', () => {
  const found = { [IMAGE_BY_NAME]: { images: [IMAGE] }, 'compute/v2.1/os-keypairs/default': { keypair: { name: 'default' } } };

  it('is a find, for the time to live', async () => {
    const { as, http, clock } = aCloud(found);
    await as().image('fedora-coreos');
    clock.ms += 9_999;
    await as({}, 'another-token').image('fedora-coreos');
    expect(http.seen).toHaveLength(1);
    clock.ms += 1;
    await as().image('fedora-coreos');
    expect(http.seen).toHaveLength(2);
  });

  it('is not an absence', async () => {
    const { as, http } = aCloud({ status: 404 });
    await as().keypair('new');
    await as().keypair('new');
    expect(http.seen).toHaveLength(2);
  });

  it('stays within one project and its roles', async () => {
    const { as, http } = aCloud(found);
    for (const info of [{}, { projectId: 'p2' }, { roles: ['admin', 'member', 'reader'] }]) await as(info).image('fedora-coreos');
    expect(http.seen).toHaveLength(3);
  });

  it('is each user’s own for key pairs', async () => {
    const { as, http } = aCloud(found);
    for (const info of [{}, { projectId: 'p2' }, { userId: 'u2' }]) await as(info).keypair('default');
    expect(http.seen).toHaveLength(2);
  });

  it('is bounded', async () => {
    const { as, http } = aCloud({ body: { keypair: { name: 'a' } } }, { cacheSize: 1 });
    await as().keypair('a');
    await as({ userId: 'u2' }).keypair('a');
    await as().keypair('a');
    expect(http.seen).toHaveLength(3);
  });

  it('shares a request under way between equal tokens only', async () => {
    const { as, http } = aCloud(found);
    await Promise.all([as().image('fedora-coreos'), as().image('fedora-coreos'), as({}, 'another-token').image('fedora-coreos')]);
    expect(http.seen).toHaveLength(2);
  });
});

describe('a look-up that fails', () => {
  const kinds: readonly (keyof CloudLookups)[] = ['image', 'flavor', 'keypair', 'externalNetwork', 'network', 'subnet', 'project'];

  it.each(kinds)('says that the caller may not see the %s', async (kind) => {
    await expect(aCloud({ status: 403 }).as()[kind]('x')).rejects.toMatchObject({
      code: 'CLOUD_LOOKUP_FORBIDDEN', kind: 'forbidden', message: expect.stringMatching(/^Not authorized for [a-z ]+ x\.$/) as string,
    });
  });

  it.each<[string, ScriptedAnswer, string]>([
    ['is too slow', { fails: 'no answer within 5000 ms' }, 'The image service (Glance) is unavailable: no answer within 5000 ms'],
    ['answers 500', { status: 500 }, 'The image service (Glance) is unavailable: it answered with status 500'],
    ['redirects', { status: 302 }, 'The image service (Glance) is unavailable: it answered with status 302'],
    ['answers no JSON', { body: '<html>' }, 'The image service (Glance) is unavailable: it answered with something that is no JSON object'],
  ])('names the service that %s', async (_, answer, message) => {
    await expect(aCloud(answer).as().image('x')).rejects.toMatchObject({ code: 'CLOUD_SERVICE_UNAVAILABLE', kind: 'unavailable', message });
  });

  it.each(kinds)('finds no %s in an answer of another shape', async (kind) => {
    const { as } = aCloud({ body: { images: 5, flavors: [null], keypair: [], networks: {}, subnets: 'none' } });
    expect(await as()[kind]('x')).toBeUndefined();
  });

  it('never shows the token', async () => {
    const failure = await aCloud({ fails: 'refused' }).as().image('x').catch((error: unknown) => error);
    expect(JSON.stringify(failure) + String(failure)).not.toContain('secret-token');
  });
});
