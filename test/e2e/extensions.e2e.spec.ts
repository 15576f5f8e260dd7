import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { ApiClient, login } from './harness/client.ts';
import { readLog } from './harness/history.ts';
import { EmbeddedProcess, nodeBinary, root } from './harness/process.ts';

describe('what a driver adds to the API', () => {
  let jeroboam: EmbeddedProcess;
  let api: ApiClient;
  let bay: string;

  beforeAll(async () => {
    jeroboam = await EmbeddedProcess.start({ env: { JEROBOAM_DRIVERS: join(import.meta.dirname, 'harness', 'extended-driver.ts') } });
    api = new ApiClient(jeroboam.apiUrl, await login(jeroboam));
    bay = await api.createBay(await api.fakeTemplate());
    await api.until(bay, ['CREATE_COMPLETE']);
  });
  afterAll(() => jeroboam?.stop());

  const identity = () => ({
    OS_AUTH_URL: jeroboam.authUrl, OS_USERNAME: 'demo', OS_PASSWORD: 'secret', OS_PROJECT_NAME: 'demo', OS_IDENTITY_API_VERSION: '3',
    OS_USER_DOMAIN_NAME: 'Default', OS_PROJECT_DOMAIN_NAME: 'Default', OS_REGION_NAME: 'RegionOne', HOME: jeroboam.dataDir, LC_ALL: 'C.UTF-8',
  });
  const run = (command: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
    execFileSync(command, args, { encoding: 'utf8', stdio: 'pipe', env: { PATH: '/usr/bin:/bin', ...identity(), ...env } });
  const openstack = (...words: readonly string[]) => run('/usr/bin/python3', ['/usr/bin/openstack', 'coe', 'ext', ...words], { PYTHONPATH: join(root, 'infra', 'osc-plugin'), PYTHONDONTWRITEBYTECODE: '1' });
  const jeroboamExt = (...words: readonly string[]) => run(nodeBinary, [join(root, 'apps', 'cli', 'bin', 'jeroboam.mjs'), 'ext', ...words]);

  it('is run by the driver under the bay’s lease, and is in its history with who asked', async () => {
    const { status, headers, body } = await api.call('POST', `/v1/clusters/${bay}/ext/fake/touch`, { node: 'default-worker-0' });
    expect([status, body]).toEqual([202, { uuid: bay }]);
    expect(await api.until(bay, ['UPDATE_COMPLETE', 'UPDATE_FAILED'])).toMatchObject({ status: 'UPDATE_COMPLETE' });
    const operation = headers.get('operation-id');
    const history = (await readLog(jeroboam.dataDir)).filter(({ data }) => data.operationId === operation);
    expect(history.map(({ type }) => type)).toEqual(expect.arrayContaining(['ExtensionRequested', 'OperationPlanned', 'OperationStepSucceeded', 'OperationSucceeded', 'ExtensionCompleted']));
    expect(history.find(({ type }) => type === 'ExtensionRequested')).toMatchObject({
      actor: { roles: expect.arrayContaining(['member']) as string[] }, data: { call: { alias: 'fake', command: 'touch', arguments: { node: 'default-worker-0' } } },
    });
  });

  it('fails like any operation, with a reason', async () => {
    await api.call('POST', `/v1/clusters/${bay}/ext/fake/touch`, { node: 'nobody' });
    expect(await api.until(bay, ['UPDATE_FAILED'])).toMatchObject({ status_reason: expect.stringContaining('there is no node nobody') as string });
  });

  it('cannot harm the rest of the API when it throws', async () => {
    const before = await api.call('GET', `/v1/clusters/${bay}`);
    const { status, body } = await api.call<{ errors: readonly { detail: string }[] }>('GET', `/v1/clusters/${bay}/ext/fake/throw`);
    expect([status, body.errors[0]!.detail]).toEqual([503, 'Extension fake throw has no answer: the driver is in a bad mood']);
    expect((await api.call('GET', `/v1/clusters/${bay}`)).body).toEqual(before.body);
  });

  it('is a command of ours, without anything known of it before', () => {
    expect(JSON.parse(jeroboamExt('fake', 'nodes', 'b1', '--json'))).toMatchObject({ count: 3 });
    expect(jeroboamExt('fake', 'touch', '--help')).toContain('--node <string>');
  });

  it('is a command of the openstack client, with the plug-in', () => {
    expect(JSON.parse(openstack('list', '-f', 'json'))).toContainEqual({ extension: 'fake', command: 'touch', help: 'Touch a node.' });
    expect(JSON.parse(openstack('fake', 'nodes', 'b1', '-f', 'json'))).toMatchObject({ count: 3 });
    expect(openstack('help', 'fake', 'touch')).toContain('--node <string>');
    const touched = JSON.parse(openstack('fake', 'touch', 'b1', '--node', 'default-worker-0', '-f', 'json')) as Record<string, unknown>;
    expect(touched).toEqual({ cluster: bay, operation: expect.any(String) as string });
    expect(() => openstack('fake', 'explode', 'b1')).toThrow(/There is no such command/);
  }, 60_000);
});
