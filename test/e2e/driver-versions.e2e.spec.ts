import { join } from 'node:path';
import { ApiClient, login } from './harness/client.ts';
import { readLog } from './harness/history.ts';
import { EmbeddedProcess } from './harness/process.ts';

const demo = (...names: readonly string[]) => names.map((name) => join(import.meta.dirname, 'harness', `demo-driver-${name}.ts`)).join(',');
const drivers = { JEROBOAM_DRIVERS: demo('1-2-0') };

interface WireDriver { readonly version: string; readonly state: string }

describe('versions of a driver, side by side', () => {
  let jeroboam: EmbeddedProcess;
  let api: ApiClient;
  let admin: ApiClient;
  let template: string;
  let old: string;

  async function restartWith(...names: readonly string[]): Promise<void> {
    await jeroboam.kill('SIGTERM');
    drivers.JEROBOAM_DRIVERS = demo(...names);
    await jeroboam.start();
    await logIn();
  }

  async function logIn(): Promise<void> {
    api = new ApiClient(jeroboam.apiUrl, await login(jeroboam));
    admin = new ApiClient(jeroboam.apiUrl, await login({ authUrl: jeroboam.authUrl, username: 'admin', projectName: 'admin' }));
  }

  const versions = async () => (await api.call<readonly WireDriver[]>('GET', '/v1/drivers')).body.map(({ version, state }) => `${version} ${state}`);
  const eventsOf = async (bayId: string) => (await readLog(jeroboam.dataDir)).filter(({ stream }) => stream.endsWith(bayId));
  const ranBy = async (bayId: string) => {
    const steps = (await eventsOf(bayId)).filter(({ type }) => type === 'OperationStepSucceeded');
    return [...new Set(steps.map(({ driver }) => driver?.version))];
  };

  beforeAll(async () => {
    // The environment is read at every start: changing it is registering other drivers.
    jeroboam = await EmbeddedProcess.start({ env: drivers });
    await logIn();
    template = await api.fakeTemplate();
    old = await api.createBay(template);
    await api.until(old, ['CREATE_COMPLETE']);
  });
  afterAll(() => jeroboam?.stop());

  it('leaves a bay with the version that made it, and gives new bays the highest active one', async () => {
    await restartWith('1-2-0', '1-3-0', '2-0-0');
    expect(await versions()).toEqual(['1.2.0 active', '1.3.0 active', '2.0.0 active']);
    await api.call('POST', `/v1/clusters/${old}/actions/resize`, { node_count: 3 });
    expect(await api.until(old, ['UPDATE_COMPLETE', 'UPDATE_FAILED'])).toMatchObject({ status: 'UPDATE_COMPLETE', cluster_id: 'made-by-1.2.0' });
    expect(await ranBy(old)).toEqual(['1.2.0']);

    const young = await api.createBay(template, { name: 'young' });
    expect(await api.until(young, ['CREATE_COMPLETE', 'CREATE_FAILED'])).toMatchObject({ cluster_id: 'made-by-2.0.0' });
    expect(await ranBy(young)).toEqual(['2.0.0']);
  });

  it('tells in each bay’s history which driver and template it was made with', async () => {
    const made = (await readLog(jeroboam.dataDir)).filter(({ type }) => type === 'BayCreationRequested');
    expect(made.map(({ driver, templateVersion, data }) => [driver, templateVersion, (data['spec'] as { driver: object }).driver])).toMatchObject([
      [{ name: 'demo', version: '1.2.0' }, '1.0.0', { version: '1.2.0', templateVersion: '1.0.0', templateDigest: expect.stringMatching(/^[0-9a-f]{64}$/) }],
      [{ name: 'demo', version: '2.0.0' }, '2.0.0', { version: '2.0.0', templateVersion: '2.0.0', driverDigest: expect.stringMatching(/^[0-9a-f]{64}$/) }],
    ]);
  });

  it('does not retire a version while a bay lives, and keeps what an operator said over a restart', async () => {
    const refused = await admin.call<{ errors: readonly { detail: string }[] }>('PATCH', '/v1/drivers/demo/1.2.0', { state: 'retired' });
    expect(refused.status).toBe(409);
    expect(refused.body.errors[0]!.detail).toContain(old);
    expect((await admin.call('PATCH', '/v1/drivers/demo/2.0.0', { state: 'deprecated' })).status).toBe(200);
    await restartWith('1-2-0', '1-3-0', '2-0-0');
    expect(await versions()).toEqual(['1.2.0 active', '1.3.0 active', '2.0.0 deprecated']);
    const next = await api.createBay(template, { name: 'next' });
    expect(await api.until(next, ['CREATE_COMPLETE', 'CREATE_FAILED'])).toMatchObject({ cluster_id: 'made-by-1.3.0' });
  });

  it('keeps a bay readable whose version is gone, refuses its operations, and serves it when the version is back', async () => {
    await restartWith('1-3-0', '2-0-0');
    const gone = await api.call<{ errors?: readonly { detail: string }[]; name?: string }>('GET', `/v1/clusters/${old}`);
    expect(gone.body).toMatchObject({ name: 'b1', status: 'UPDATE_COMPLETE' });
    const { status, body } = await api.call<{ errors: readonly { detail: string }[] }>('POST', `/v1/clusters/${old}/actions/resize`, { node_count: 1 });
    expect([status, body.errors[0]!.detail]).toEqual([409, 'Driver demo 1.2.0, which made this cluster, is not available.']);
    await restartWith('1-2-0', '1-3-0', '2-0-0');
    await api.call('DELETE', `/v1/clusters/${old}`);
    await api.until(old, ['GONE']);
    expect(await ranBy(old)).toEqual(['1.2.0']);
  });

  it('leads a bay to a newer template of its major version by the driver that has it, and to no other', async () => {
    await admin.call('PATCH', '/v1/drivers/demo/1.3.0', { state: 'beta' });
    const bay = await api.createBay(template, { name: 'moved' });
    expect(await api.until(bay, ['CREATE_COMPLETE', 'CREATE_FAILED'])).toMatchObject({ cluster_id: 'made-by-1.2.0' });
    const move = (version: string) => api.call(`POST`, `/v1/clusters/${bay}/actions/upgrade_template`, { template_version: version });
    expect((await move('2.0.0')).status).toBe(409);
    expect((await move('1.1.0')).status).toBe(202);
    expect(await api.until(bay, ['UPDATE_COMPLETE', 'UPDATE_FAILED'])).toMatchObject({ status: 'UPDATE_COMPLETE', node_count: 2 });
    expect((await move('1.0.0')).status).toBe(409);
    await api.call('DELETE', `/v1/clusters/${bay}`);
    await api.until(bay, ['GONE']);
    expect(await ranBy(bay)).toEqual(['1.2.0', '1.3.0']);
    const upgraded = (await eventsOf(bay)).find(({ type }) => type === 'BayUpgraded');
    expect(upgraded?.data).toMatchObject({ to: { driver: { version: '1.3.0', templateVersion: '1.1.0', templateDigest: expect.stringMatching(/^[0-9a-f]{64}$/) } } });
  });

  it('does not start with a template that is not what it was', async () => {
    await jeroboam.kill('SIGTERM');
    drivers.JEROBOAM_DRIVERS = demo('changed');
    await expect(jeroboam.start()).rejects.toThrow(/Template 1\.0\.0 of driver demo 1\.2\.0 was published with digest/);
  });
});
