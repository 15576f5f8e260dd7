import { setTimeout as sleep } from 'node:timers/promises';
import { ApiClient, login } from '../e2e/harness/client.ts';
import { EmbeddedProcess } from '../e2e/harness/process.ts';
import { BehindTheSandbox } from './behind-the-sandbox.ts';

const TIMEOUT_MS = 240_000;
type Shown = Readonly<Record<string, unknown>>;

// What the tests of the drivers show of every one, as users see it of one.
let jeroboam: EmbeddedProcess;
let api: ApiClient;
let behind: BehindTheSandbox;
beforeAll(async () => {
  jeroboam = await EmbeddedProcess.start({ env: { JEROBOAM_DRIVERS: '@jeroboam/driver-k8s-fedora-coreos' } });
  api = new ApiClient(jeroboam.apiUrl, await login({ authUrl: jeroboam.authUrl }));
  behind = await BehindTheSandbox.open({ url: jeroboam.authUrl.replace('/v3', '') });
}, 60_000);
afterAll(() => jeroboam?.stop());
afterEach(() => behind.mend());

/** Asks until the reason is there. */
async function untilSaid(bay: string, said: RegExp): Promise<Shown> {
  for (const end = Date.now() + TIMEOUT_MS / 2; ;) {
    const { body } = await api.call('GET', `/v1/clusters/${bay}`);
    if (said.test(String(body['status_reason']))) return body;
    if (Date.now() > end) throw new Error(`nothing is said of ${String(said)}: ${JSON.stringify([body['status'], body['status_reason']])}`);
    await sleep(50);
  }
}

const fails = (error: string, message: string) => ({ kind: 'fail', error, message });
const server = (action: 'create' | 'delete') => ({ type: 'OS::Nova::Server', action });

describe('a bay in a cloud where things go wrong', () => {
  let bay: string;

  it('has failed with the reason, and its node groups with it, when its stack fails whatever is tried', async () => {
    await behind.breaks(server('create'), fails('ResourceInError', 'No valid host was found'));
    bay = await api.createBay('kubernetes', { node_count: 1 });
    const failed = await api.until(bay, ['CREATE_FAILED', 'CREATE_COMPLETE'], TIMEOUT_MS);
    const reason: unknown = expect.stringMatching(/server \(OS::Nova::Server\) failed in the compute service: .*No valid host was found/);
    expect(failed).toMatchObject({ status: 'CREATE_FAILED', status_reason: reason, faults: { 'default-master': reason, 'default-worker': reason } });
    await api.call('DELETE', `/v1/clusters/${bay}`);
    await api.until(bay, ['GONE'], TIMEOUT_MS);
    expect(await behind.things()).toEqual([]);
  }, TIMEOUT_MS);

  it('says that it waits for room while it is made', async () => {
    await behind.limit(0);
    bay = await api.createBay('kubernetes', { node_count: 1 });
    expect(await untilSaid(bay, /Quota exceeded for instances/)).toMatchObject({ status: 'CREATE_IN_PROGRESS' });
    await behind.mend();
    await api.until(bay, ['CREATE_COMPLETE'], TIMEOUT_MS);
  }, TIMEOUT_MS);

  it('says that Heat is away while it is resized', async () => {
    await behind.breaks({ action: 'request', request: 'PATCH /orchestration/*' }, { kind: 'answer', status: 503 });
    await api.call('POST', `/v1/clusters/${bay}/actions/resize`, { node_count: 2 });
    expect(await untilSaid(bay, /orchestration service.*503|503.*orchestration/i)).toMatchObject({ status: 'UPDATE_IN_PROGRESS' });
    await behind.mend();
    expect((await api.until(bay, ['UPDATE_COMPLETE'], TIMEOUT_MS))['node_addresses']).toHaveLength(2);
  }, TIMEOUT_MS);

  it('has the fault of a node group that cannot be made, until that is deleted', async () => {
    await behind.breaks(server('create'), fails('ResourceInError', 'No valid host was found'));
    const { body } = await api.call<{ uuid: string }>('POST', `/v1/clusters/${bay}/nodegroups`, { name: 'gpu', node_count: 1 });
    expect(await api.until(bay, ['UPDATE_FAILED', 'UPDATE_COMPLETE'], TIMEOUT_MS)).toMatchObject({ status: 'UPDATE_FAILED', faults: { gpu: expect.stringContaining('No valid host was found') as unknown } });
    await behind.mend();
    await api.call('DELETE', `/v1/clusters/${bay}/nodegroups/${body.uuid}`);
    await api.until(bay, ['UPDATE_COMPLETE'], TIMEOUT_MS);
  }, TIMEOUT_MS);

  it('says what is in use while it is deleted, and goes once nothing is', async () => {
    await behind.breaks({ type: 'OS::Neutron::SecurityGroup', action: 'delete' }, fails('Conflict', 'Security Group is in use (HTTP 409)'));
    await behind.breaks(server('delete'), { kind: 'delay', ms: 2_000 });
    await api.call('DELETE', `/v1/clusters/${bay}`);
    expect(await untilSaid(bay, /security_group.*Security Group is in use/)).toMatchObject({ status: 'DELETE_IN_PROGRESS' });
    await behind.mend();
    await api.until(bay, ['GONE'], TIMEOUT_MS);
    expect(await behind.things()).toEqual([]);
  }, TIMEOUT_MS);
});
