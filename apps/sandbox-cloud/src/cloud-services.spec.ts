import { stableId, stableUuid } from './cloud/stable-id.ts';
import { cloudFileWith } from './testing/cloud-file-with.ts';
import type { TemporaryCloudFile } from './testing/cloud-file-with.ts';
import { openInjectedSandbox } from './testing/injected-sandbox.ts';
import type { Answer, InjectedSandbox } from './testing/injected-sandbox.ts';

let file: TemporaryCloudFile;
let sandbox: InjectedSandbox;
let demo: string;
let other: string;
let admin: string;

beforeAll(async () => {
  file = cloudFileWith({
    images: [{ name: 'private', osDistro: 'debian', magnumDriver: 'swarm_local', project: 'demo' }],
    networks: [{ name: 'own', project: 'demo', router: 'public', subnets: [{ name: 'own-4', cidr: '10.9.0.0/24' }, { name: 'own-6', cidr: 'fd00:9::/64' }] }],
    users: [{ name: 'owner', password: 'secret', roles: { demo: ['member'] }, keypairs: [{ name: 'own' }] }],
  });
  sandbox = await openInjectedSandbox({ cloudFile: file.path });
  demo = await sandbox.logIn('demo', 'demo');
  other = await sandbox.logIn('other', 'other');
  admin = await sandbox.logIn('admin', 'admin');
});
afterAll(async () => {
  await sandbox.close();
  file.remove();
});

/** Names in a list, whatever it is called. */
function names({ json }: Answer, collection: string): string[] {
  return json[collection].map(({ name }: { name: string }) => name);
}

describe('every service', () => {
  it.each(['/image/v2/images', '/compute/v2.1/flavors', '/compute/v2.1/os-keypairs', '/network/v2.0/networks', '/network/v2.0/subnets'])(
    'refuses %s without a token that lives, and says where to get one', async (path) => {
      for (const token of [undefined, 'made-up']) {
        expect(await sandbox.get(path, token)).toMatchObject({
          status: 401, headers: { 'www-authenticate': 'Keystone uri="http://sandbox.test/v3"' },
          json: { error: { code: 401, message: 'The request you have made requires authentication.', title: 'Unauthorized' } },
        });
      }
    },
  );

  it.each([
    ['/image', 300, 'v2.9', 'http://sandbox.test/image/v2/'],
    ['/compute/', 200, 'v2.1', 'http://sandbox.test/compute/v2.1/'],
    ['/network/', 200, 'v2.0', 'http://sandbox.test/network/v2.0/'],
  ])('tells its versions at %s without a token', async (path, status, id, href) => {
    const answer = await sandbox.get(path);
    expect(answer).toMatchObject({ status, json: { versions: [{ id, status: 'CURRENT', links: [{ rel: 'self', href }] }] } });
  });

  it('writes a refusal the way the real one does', async () => {
    expect((await sandbox.get('/image/v2/images/nope', demo)).text).toBe('404 Not Found\n\nNo image found with ID nope\n\n');
    expect((await sandbox.get('/compute/v2.1/flavors/nope', demo)).json)
      .toEqual({ itemNotFound: { code: 404, message: 'Flavor nope could not be found.' } });
    expect((await sandbox.get('/network/v2.0/networks/nope', demo)).json)
      .toEqual({ NeutronError: { type: 'HTTPNotFound', message: 'Network nope could not be found.', detail: '' } });
  });

  it.each([
    ['/image/v2/images', 'images'], ['/compute/v2.1/flavors/detail', 'flavors'],
    ['/compute/v2.1/flavors', 'flavors'], ['/network/v2.0/networks', 'networks'],
  ])('pages %s by limit and marker', async (path, collection) => {
    const all = (await sandbox.get(path, demo)).json[collection];
    const first = (await sandbox.get(`${path}?limit=1`, demo)).json[collection];
    const rest = (await sandbox.get(`${path}?marker=${first[0].id}`, demo)).json[collection];
    expect([...first, ...rest]).toEqual(all);
    expect((await sandbox.get(`${path}?limit=0`, demo)).json[collection]).toEqual([]);
    for (const query of ['limit=x', 'limit=-1', 'marker=nope']) expect((await sandbox.get(`${path}?${query}`, demo)).status).toBe(400);
  });
});

describe('image service', () => {
  it('shows an image with its distribution and driver', async () => {
    const { json } = await sandbox.get(`/image/v2/images/${stableUuid('image', 'private')}`, demo);
    expect(json).toMatchObject({
      name: 'private', os_distro: 'debian', magnum_driver: 'swarm_local',
      status: 'active', visibility: 'private', owner: stableId('project', 'demo'),
    });
  });

  it.each([
    ['name=cirros', ['cirros']],
    [`id=${stableUuid('image', 'debian')}`, ['debian']],
    ['os_distro=ubuntu', ['ubuntu']],
    ['visibility=private', ['private']],
    ['name=cirros&os_distro=ubuntu', []],
    ['status=queued', []],
  ])('lists what matches %s', async (query, expected) => {
    expect(names(await sandbox.get(`/image/v2/images?${query}`, demo), 'images')).toEqual(expected);
  });

  it('keeps the address of the next page within the same filters', async () => {
    const { json } = await sandbox.get('/image/v2/images?limit=1&status=active', demo);
    expect(json.next).toBe(`/v2/images?limit=1&status=active&marker=${json.images[0].id}`);
    expect((await sandbox.get('/image/v2/images', demo)).json).not.toHaveProperty('next');
  });

  it('hides the image of another project, except from administrators', async () => {
    const path = `/image/v2/images/${stableUuid('image', 'private')}`;
    expect((await sandbox.get(path, other)).status).toBe(404);
    expect(names(await sandbox.get('/image/v2/images', other), 'images')).not.toContain('private');
    expect((await sandbox.get(path, admin)).status).toBe(200);
  });

  it('tells clients what an image looks like', async () => {
    const { json } = await sandbox.get('/image/v2/schemas/image', demo);
    expect(json).toMatchObject({ name: 'image', additionalProperties: { type: 'string' } });
  });
});

describe('compute service', () => {
  it('shows the sizes of flavors in detail only', async () => {
    expect((await sandbox.get('/compute/v2.1/flavors', demo)).json.flavors[0]).not.toHaveProperty('ram');
    expect((await sandbox.get('/compute/v2.1/flavors/detail', demo)).json.flavors[0])
      .toMatchObject({ id: '1', name: 'm1.tiny', vcpus: 1, ram: 512, disk: 1 });
    expect((await sandbox.get('/compute/v2.1/flavors/2', demo)).json.flavor).toMatchObject({ name: 'm1.small', ram: 2048 });
    expect((await sandbox.get('/compute/v2.1/flavors/2/os-extra_specs', demo)).json).toEqual({ extra_specs: {} });
  });

  it('links to the next page of flavors', async () => {
    const { json } = await sandbox.get('/compute/v2.1/flavors/detail?limit=1', demo);
    expect(json.flavors_links).toEqual([{ rel: 'next', href: 'http://sandbox.test/compute/v2.1/flavors/detail?limit=1&marker=1' }]);
  });

  it('has the key pairs of the cloud file, some for everybody, some for one user', async () => {
    const listed = async (token: string) => {
      const { json } = await sandbox.get('/compute/v2.1/os-keypairs', token);
      return (json.keypairs as { keypair: { name: string } }[]).map(({ keypair }) => keypair.name);
    };
    expect([await listed(await sandbox.logIn('owner', 'demo')), await listed(demo)]).toEqual([['default', 'own'], ['default']]);
    expect((await sandbox.get('/compute/v2.1/os-keypairs/default', demo)).json.keypair)
      .toMatchObject({ name: 'default', user_id: stableId('user', 'demo') });
    expect(await sandbox.get('/compute/v2.1/os-keypairs/own', other)).toMatchObject({ status: 404, json: { itemNotFound: { code: 404 } } });
  });

  describe('key pairs', () => {
    const make = (keypair: unknown) => sandbox.send('POST', '/compute/v2.1/os-keypairs', { token: other, body: { keypair } });

    it('can be made, seen by their user alone, and deleted', async () => {
      const { status, json } = await make({ name: 'made' });
      expect(status).toBe(200);
      expect(json.keypair.name).toBe('made');
      expect(json.keypair.public_key).toMatch(/^ssh-rsa AAAAB3NzaC1yc2E/);
      expect(json.keypair.fingerprint).toMatch(/^([0-9a-f]{2}:){15}[0-9a-f]{2}$/);
      expect(json.keypair.private_key).toMatch(/^-----BEGIN RSA PRIVATE KEY-----/);
      expect((await sandbox.get('/compute/v2.1/os-keypairs/made', other)).json.keypair).not.toHaveProperty('private_key');
      expect((await sandbox.get('/compute/v2.1/os-keypairs/made', demo)).status).toBe(404);
      const remove = () => sandbox.send('DELETE', '/compute/v2.1/os-keypairs/made', { token: other });
      expect([(await remove()).status, (await remove()).status]).toEqual([202, 404]);
    });

    it('can be made of a public key, without a private one in the answer', async () => {
      const { json: { keypair: { public_key: publicKey, fingerprint } } } = await make({ name: 'first' });
      const { json } = await make({ name: 'second', public_key: publicKey });
      expect(json.keypair).toEqual({ name: 'second', public_key: publicKey, fingerprint, user_id: stableId('user', 'other') });
    });

    it.each([
      [409, { name: 'default' }],
      [400, { name: 'bad', public_key: 'no key' }],
      [400, { name: 'bad', public_key: 'ssh-rsa AAAA' }],
      [400, { name: 'a/b' }],
      [400, { name: '' }],
      [400, undefined],
    ])('answers %i to %j', async (status, keypair) => {
      expect((await make(keypair)).status).toBe(status);
    });

    it('are a hundred at most', async () => {
      const { json: { keypair: { public_key: key } } } = await sandbox.get('/compute/v2.1/os-keypairs/default', admin);
      const send = (name: string) =>
        sandbox.send('POST', '/compute/v2.1/os-keypairs', { token: admin, body: { keypair: { name, public_key: key } } });
      for (let i = 2; i <= 100; i += 1) expect((await send(`key-${i}`)).status).toBe(200);
      expect(await send('key-101')).toMatchObject({ status: 403, json: { forbidden: { code: 403 } } });
    });
  });
});

describe('network service', () => {
  it.each([
    ['name=public', ['public']],
    [`id=${stableUuid('network', 'private')}`, ['private']],
    ['router:external=true', ['public']],
    ['router:external=False', ['private', 'metal', 'own']],
    ['shared=1', ['private', 'metal']],
    ['name=public&router:external=false', []],
  ])('lists networks that match %s', async (query, expected) => {
    expect(names(await sandbox.get(`/network/v2.0/networks?${query}`, demo), 'networks')).toEqual(expected);
  });

  it('gives only the fields that are asked for', async () => {
    const { json } = await sandbox.get('/network/v2.0/networks?name=public&fields=name&fields=router:external', demo);
    expect(json.networks).toEqual([{ name: 'public', 'router:external': true }]);
  });

  it('shows networks with their subnets', async () => {
    const [id, subnetId] = [stableUuid('network', 'private'), stableUuid('subnet', stableUuid('network', 'private'), 'private-subnet')];
    expect((await sandbox.get(`/network/v2.0/networks/${id}`, demo)).json.network)
      .toMatchObject({ name: 'private', subnets: [subnetId], 'router:external': false });
    expect((await sandbox.get(`/network/v2.0/subnets/${subnetId}`, demo)).json.subnet)
      .toMatchObject({ network_id: id, cidr: '10.0.0.0/24', gateway_ip: '10.0.0.1' });
    expect(names(await sandbox.get(`/network/v2.0/subnets?network_id=${id}`, demo), 'subnets')).toEqual(['private-subnet']);
    expect((await sandbox.get('/network/v2.0/subnets/nope', demo)).status).toBe(404);
  });

  it('tells IPv6 subnets from others', async () => {
    const subnets = `/network/v2.0/subnets?network_id=${stableUuid('network', 'own')}`;
    expect(names(await sandbox.get(`${subnets}&ip_version=4`, demo), 'subnets')).toEqual(['own-4']);
    expect((await sandbox.get(`${subnets}&ip_version=6`, demo)).json.subnets).toMatchObject([{ name: 'own-6', ip_version: 6, gateway_ip: 'fd00:9::1' }]);
  });

  it('shows the routers of its file, and their ports, to who owns the network', async () => {
    const ports = `/network/v2.0/ports?device_owner=network:router_interface&network_id=${stableUuid('network', 'own')}`;
    const [port] = (await sandbox.get(ports, demo)).json.ports;
    const subnetId = stableUuid('subnet', stableUuid('network', 'own'), 'own-4');
    expect(port.fixed_ips).toEqual([{ subnet_id: subnetId, ip_address: '10.9.0.1' }]);
    expect((await sandbox.get(`/network/v2.0/ports/${port.id}`, demo)).json.port).toEqual(port);
    const router = `/network/v2.0/routers/${port.device_id}`;
    expect((await sandbox.get(router, demo)).json.router).toMatchObject({ name: 'own-router', external_gateway_info: { network_id: stableUuid('network', 'public') } });
    expect(names(await sandbox.get('/network/v2.0/routers', demo), 'routers')).toEqual(['own-router']);
    expect(names(await sandbox.get('/network/v2.0/routers', admin), 'routers')).toEqual(['private-router', 'metal-router', 'own-router']);
    expect((await sandbox.get(ports, other)).json.ports).toEqual([]);
    expect((await sandbox.get(router, other)).status).toBe(404);
    expect((await sandbox.get('/network/v2.0/ports/nope', demo)).status).toBe(404);
  });

  it('hides the network of another project, except from administrators', async () => {
    const path = `/network/v2.0/networks/${stableUuid('network', 'own')}`;
    expect((await sandbox.get(path, demo)).json.network.project_id).toBe(stableId('project', 'demo'));
    expect((await sandbox.get(path, other)).status).toBe(404);
    expect((await sandbox.get(path, admin)).status).toBe(200);
  });

  it('names its resources and extensions', async () => {
    expect(names(await sandbox.get('/network/v2.0', demo), 'resources')).toEqual(['network', 'subnet', 'port', 'router', 'extension']);
    expect((await sandbox.get('/network/v2.0/extensions', demo)).json.extensions).toMatchObject([{ alias: 'external-net' }]);
    expect((await sandbox.get('/network/v2.0/extensions/external-net', demo)).json.extension.alias).toBe('external-net');
    expect((await sandbox.get('/network/v2.0/extensions/nope', demo)).status).toBe(404);
  });
});
