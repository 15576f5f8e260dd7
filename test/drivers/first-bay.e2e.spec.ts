import { setTimeout as sleep } from 'node:timers/promises';
import { ApiClient, login } from '../e2e/harness/client.ts';
import { EmbeddedProcess } from '../e2e/harness/process.ts';

interface Step {
  readonly name: string;
  readonly state: string;
  readonly error: string | null;
  readonly blocked_by: readonly string[];
}

interface Operation {
  readonly steps: readonly Step[];
}

/** A newcomer without root: the template that is there from the first start on, the sandbox cloud behind it. */
describe('a first Kubernetes bay', () => {
  let jeroboam: EmbeddedProcess;
  let api: ApiClient;
  let admin: string;

  beforeAll(async () => {
    jeroboam = await EmbeddedProcess.start({ env: { JEROBOAM_DRIVERS: '@jeroboam/driver-k8s-fedora-coreos', JEROBOAM_TELEMETRY_FAST_INTERVAL_SECONDS: '1' } });
    api = new ApiClient(jeroboam.apiUrl, await login({ authUrl: jeroboam.authUrl }));
    admin = await login({ authUrl: jeroboam.authUrl, username: 'admin', projectName: 'admin' });
  }, 60_000);
  afterAll(() => jeroboam?.stop());

  async function behindTheCloud(method: string, path: string, body?: unknown): Promise<Record<string, never>> {
    const response = await fetch(`${jeroboam.authUrl.replace('/v3', '')}/admin/${path}`, {
      method, headers: { 'x-auth-token': admin, 'content-type': 'application/json' }, ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return (text === '' ? {} : JSON.parse(text)) as Record<string, never>;
  }
  /** The step of the newest operation that is being tried again. */
  async function waiting(bayId: string): Promise<Step> {
    for (const end = Date.now() + 30_000; ;) {
      const { body } = await api.call<{ operations: Operation[] }>('GET', `/v1/clusters/${bayId}/operations`);
      const step = body.operations.flatMap(({ steps }) => steps).find(({ state, error }) => error !== null && state !== 'SUCCEEDED');
      if (step) return step;
      if (Date.now() > end) throw new Error(`no step is waiting: ${JSON.stringify(body)}`);
      await sleep(50);
    }
  }
  const inventory = async (): Promise<string[]> => ((await behindTheCloud('GET', 'inventory'))['things'] as unknown as { kind: string }[]).map(({ kind }) => kind);

  it('is made from a template that is there, resized, looked at, and leaves nothing behind', async () => {
    const bay = await api.createBay('kubernetes');
    const made = await api.until(bay, ['CREATE_COMPLETE', 'CREATE_FAILED']);
    expect(made).toMatchObject({ status: 'CREATE_COMPLETE', node_count: 2, coe_version: 'v1.31.4', api_address: expect.stringMatching(/^https:\/\/172\.24\.\d+\.\d+:6443$/) as string });
    expect(made['node_addresses']).toHaveLength(2);
    await api.untilHealth(bay, 'HEALTHY');
    await api.call('POST', `/v1/clusters/${bay}/actions/resize`, { node_count: 1 });
    expect((await api.until(bay, ['UPDATE_COMPLETE', 'UPDATE_FAILED']))['node_addresses']).toHaveLength(1);
    await api.call('DELETE', `/v1/clusters/${bay}`);
    await api.until(bay, ['GONE', 'DELETE_FAILED']);
    expect(await inventory()).toEqual([]);
  }, 120_000);

  it('says which quota is full while it goes on trying, and is made once there is room', async () => {
    const { fault } = (await behindTheCloud('POST', 'faults', {
      match: { type: 'OS::Nova::Server', action: 'create' }, effect: { kind: 'fail', error: 'Forbidden', message: 'Quota exceeded for cores: Requested 1, but already used 20 of 20 cores (HTTP 403)' },
    })) as unknown as { fault: { id: string } };
    const bay = await api.createBay('kubernetes', { name: 'full' });
    expect(await waiting(bay)).toMatchObject({ name: 'await-stack', error: expect.stringMatching(/in the compute service: .*Quota exceeded for cores/) as string });
    const { body } = await api.call('GET', `/v1/clusters/${bay}`);
    expect(body).toMatchObject({ status: 'CREATE_IN_PROGRESS', status_reason: expect.stringContaining('Quota exceeded for cores') as string });
    await behindTheCloud('DELETE', `faults/${fault.id}`);
    await api.until(bay, ['CREATE_COMPLETE', 'CREATE_FAILED']);
    await api.call('DELETE', `/v1/clusters/${bay}`);
    await api.until(bay, ['GONE', 'DELETE_FAILED']);
    expect(await inventory()).toEqual([]);
  }, 180_000);

  it('names what keeps it from being deleted, and goes once that is gone', async () => {
    const bay = await api.createBay('kubernetes', { name: 'stuck' });
    await api.until(bay, ['CREATE_COMPLETE', 'CREATE_FAILED']);
    const things = (await behindTheCloud('GET', 'inventory'))['things'] as unknown as { kind: string; id: string; project_id: string }[];
    const group = things.find(({ kind }) => kind === 'security_group')!;
    const { thing } = (await behindTheCloud('POST', 'inventory', { kind: 'port', projectId: group.project_id, name: 'of somebody else', uses: [group.id] })) as unknown as { thing: { id: string } };
    await api.call('DELETE', `/v1/clusters/${bay}`);
    const step = await waiting(bay);
    expect(step).toMatchObject({ name: 'delete-stack', error: expect.stringContaining(group.id) as string });
    expect(step.blocked_by).not.toEqual([]);
    await behindTheCloud('DELETE', `inventory/port/${thing.id}`);
    await api.until(bay, ['GONE', 'DELETE_FAILED']);
    expect(await inventory()).toEqual([]);
  }, 180_000);
});
