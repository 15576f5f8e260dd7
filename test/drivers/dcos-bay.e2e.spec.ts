import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { ApiClient, login } from '../e2e/harness/client.ts';
import { EmbeddedProcess, nodeBinary, root } from '../e2e/harness/process.ts';

const THINGS = { external_network_id: 'public', flavor_id: 'm1.small', master_flavor_id: 'm1.small' };

/** Both in one process on the sandbox cloud, as an operator would load them. */
describe('a DC/OS bay and a standalone Swarm', () => {
  let jeroboam: EmbeddedProcess;
  let api: ApiClient;
  let dcos: string;
  let swarm: string;

  beforeAll(async () => {
    jeroboam = await EmbeddedProcess.start({ env: { JEROBOAM_DRIVERS: '@jeroboam/driver-dcos-centos,@jeroboam/driver-swarm-fedora-atomic' } });
    api = new ApiClient(jeroboam.apiUrl, await login(jeroboam));
    await givenTemplate({ name: 'dcos', coe: 'dcos', image_id: 'centos', master_lb_enabled: true, volume_driver: 'rexray', labels: { oauth_enabled: 'false' } });
    await givenTemplate({ name: 'swarm', coe: 'swarm', image_id: 'fedora-atomic', network_driver: 'flannel', volume_driver: 'fuxi' });
    dcos = await givenBay({ name: 'd1', cluster_template_id: 'dcos', master_count: 3, node_count: 2 });
    swarm = await givenBay({ name: 's1', cluster_template_id: 'swarm', node_count: 1 });
    for (const bay of [dcos, swarm]) expect(await api.until(bay, ['CREATE_COMPLETE', 'CREATE_FAILED'])).toMatchObject({ status: 'CREATE_COMPLETE' });
  }, 120_000);
  afterAll(() => jeroboam?.stop());

  async function givenTemplate(fields: object): Promise<void> {
    const { status, body } = await api.call('POST', '/v1/clustertemplates', { ...THINGS, ...fields });
    if (status !== 201) throw new Error(JSON.stringify(body));
  }
  async function givenBay(fields: object): Promise<string> {
    const { status, body } = await api.call<{ uuid: string }>('POST', '/v1/clusters', fields);
    if (status !== 202) throw new Error(JSON.stringify(body));
    return body.uuid;
  }
  const identity = () => ({
    OS_AUTH_URL: jeroboam.authUrl, OS_USERNAME: 'demo', OS_PASSWORD: 'secret', OS_PROJECT_NAME: 'demo', OS_IDENTITY_API_VERSION: '3',
    OS_USER_DOMAIN_NAME: 'Default', OS_PROJECT_DOMAIN_NAME: 'Default', OS_REGION_NAME: 'RegionOne', HOME: jeroboam.dataDir, LC_ALL: 'C.UTF-8',
  });
  const run = (command: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
    JSON.parse(execFileSync(command, args, { encoding: 'utf8', stdio: 'pipe', env: { PATH: '/usr/bin:/bin', ...identity(), ...env } })) as unknown;

  it('tell by the extension dcos where the dashboard is: the API, our client and the one of OpenStack', async () => {
    const { body: bay } = await api.call<{ api_address: string }>('GET', `/v1/clusters/${dcos}`);
    expect(bay.api_address).toMatch(/^https:\/\/172\.24\.\d+\.\d+$/);
    const shown = { url: `${bay.api_address}/` };
    expect(await api.call('GET', `/v1/clusters/${dcos}/ext/dcos/ui`)).toMatchObject({ status: 200, body: shown });
    expect(run(nodeBinary, [join(root, 'apps', 'cli', 'bin', 'jeroboam.mjs'), 'ext', 'dcos', 'ui', 'd1', '--json'])).toEqual(shown);
    const plugin = { PYTHONPATH: join(root, 'infra', 'osc-plugin'), PYTHONDONTWRITEBYTECODE: '1' };
    expect(run('/usr/bin/python3', ['/usr/bin/openstack', 'coe', 'ext', 'dcos', 'ui', 'd1', '-f', 'json'], plugin)).toEqual(shown);
  }, 60_000);

  it('have the extension on bays of its own driver only', async () => {
    expect((await api.call('GET', `/v1/clusters/${swarm}/ext/dcos/ui`)).status).toBe(404);
    expect((await api.call<{ extensions: readonly { alias: string }[] }>('GET', '/v1/extensions')).body.extensions.map(({ alias }) => alias)).toEqual(['dcos']);
  });

  it('say of a driver that goes when it does, and keep what was chosen', async () => {
    const { status, headers } = await api.call('POST', '/v1/clustertemplates', { ...THINGS, coe: 'swarm', image_id: 'fedora-atomic' });
    expect([status, headers.get('sunset')]).toEqual([201, 'Tue, 01 Jun 2027 00:00:00 GMT']);
    const { body } = await api.call<{ api_address: string }>('GET', `/v1/clusters/${swarm}`);
    expect(body.api_address).toMatch(/^tcp:\/\/172\.24\.\d+\.\d+:2376$/);
    expect((await api.call('GET', '/v1/clustertemplates/swarm')).body).toMatchObject({ network_driver: 'flannel', volume_driver: 'fuxi' });
  });

  it('grow, shrink and go, and leave nothing', async () => {
    for (const bay of [dcos, swarm]) {
      await api.call('POST', `/v1/clusters/${bay}/actions/resize`, { node_count: 3 });
      expect((await api.until(bay, ['UPDATE_COMPLETE', 'UPDATE_FAILED']))['node_addresses']).toHaveLength(3);
      await api.call('DELETE', `/v1/clusters/${bay}`);
      await api.until(bay, ['GONE']);
    }
  }, 120_000);
});
