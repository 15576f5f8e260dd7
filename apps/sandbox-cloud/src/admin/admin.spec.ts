import { setImmediate } from 'node:timers/promises';
import { stableId } from '../cloud/stable-id.ts';
import { openInjectedSandbox } from '../testing/injected-sandbox.ts';
import type { InjectedSandbox } from '../testing/injected-sandbox.ts';

const DEMO = stableId('project', 'demo');
const STACKS = `/orchestration/v1/${DEMO}/stacks`;
const GROUP = { heat_template_version: '2018-08-31', resources: { group: { type: 'OS::Neutron::SecurityGroup' } } };

let sandbox: InjectedSandbox;
let demo: string;
let admin: string;

beforeAll(async () => {
  sandbox = await openInjectedSandbox();
  demo = await sandbox.logIn('demo', 'demo');
  admin = await sandbox.logIn('admin', 'admin');
});
afterAll(() => sandbox.close());
afterEach(async () => {
  await sandbox.send('DELETE', '/admin/faults', { token: admin });
});

const post = (path: string, body: unknown, token = admin) => sandbox.send('POST', path, { token, body });
const finished = async (path: string): Promise<{ stack_status: string; stack_status_reason: string }> => {
  for (;;) {
    const { json } = await sandbox.get(path, demo);
    if (!json.stack.stack_status.endsWith('IN_PROGRESS')) return json.stack;
    // Requests that are handed over leave no room for timers by themselves.
    await setImmediate();
  }
};
const makeStack = async (name: string): Promise<string> =>
  `${STACKS}/${name}/${(await post(STACKS, { stack_name: name, template: GROUP }, demo)).json.stack.id}`;

describe('a stack that cannot be deleted', () => {
  it('goes on showing what could not go, and why', async () => {
    const path = await makeStack('stuck');
    await finished(path);
    await post('/admin/faults', { match: { action: 'delete' }, effect: { kind: 'fail', error: 'Conflict', message: 'in use (HTTP 409)' } });
    await sandbox.send('DELETE', path, { token: demo });
    expect(await finished(path)).toMatchObject({ stack_status: 'DELETE_FAILED' });
    expect((await sandbox.get(`${path}/resources`, demo)).json.resources).toMatchObject([
      { resource_name: 'group', resource_status: 'DELETE_FAILED', resource_status_reason: 'Conflict: resources.group: in use (HTTP 409)' },
    ]);
    await sandbox.send('DELETE', '/admin/faults', { token: admin });
    await sandbox.send('DELETE', path, { token: demo });
    expect(await finished(path)).toMatchObject({ stack_status: 'DELETE_COMPLETE' });
    expect((await sandbox.get(`${path}/resources`, demo)).json.resources).toEqual([]);
  });
});

describe('what stacks have made', () => {
  it('is listed, shown and deleted by its own service too, unless it is in use', async () => {
    const template = { heat_template_version: '2018-08-31', resources: {
      net: { type: 'OS::Neutron::Net', properties: { name: 'mine' } },
      subnet: { type: 'OS::Neutron::Subnet', properties: { network: { get_resource: 'net' }, cidr: '10.7.0.0/24' } },
      node: {
        type: 'OS::Nova::Server',
        properties: { name: 'node', image: 'debian', flavor: 'm1.small', networks: [{ network: { get_resource: 'net' } }] },
      },
      volume: { type: 'OS::Cinder::Volume', properties: { size: 1 } },
    } };
    const { json: { stack } } = await post(STACKS, { stack_name: 'listed', template }, demo);
    const path = `${STACKS}/listed/${stack.id as string}`;
    await finished(path);
    const { json: { servers: [server] } } = await sandbox.get('/compute/v2.1/servers/detail?name=node', demo);
    expect(server).toMatchObject({
      name: 'node', status: 'ACTIVE', tenant_id: DEMO, flavor: { id: '2' }, addresses: { mine: [{ addr: '10.7.0.2' }] },
    });
    expect(server).not.toHaveProperty('user_data');
    const { json: { ports: [port] } } = await sandbox.get(`/network/v2.0/ports?device_id=${server.id}`, demo);
    expect(port.fixed_ips).toMatchObject([{ ip_address: '10.7.0.2' }]);
    expect((await sandbox.get('/network/v2.0/networks?name=mine', demo)).json.networks).toMatchObject([{ id: port.network_id, project_id: DEMO }]);
    expect((await sandbox.get(`/network/v2.0/subnets?network_id=${port.network_id}`, demo)).json.subnets).toMatchObject([{ cidr: '10.7.0.0/24' }]);
    const { json: { volumes: [volume] } } = await sandbox.get(`/volume/v3/${DEMO}/volumes/detail`, demo);
    expect((await sandbox.get('/compute/v2.1/servers', await sandbox.logIn('other', 'other'))).json.servers).toEqual([]);
    expect(await sandbox.send('DELETE', `/network/v2.0/ports/${port.id}`, { token: demo })).toMatchObject({ status: 409 });
    expect((await sandbox.send('DELETE', `/volume/v3/${DEMO}/volumes/${volume.id}`, { token: demo })).status).toBe(204);
    await sandbox.send('DELETE', path, { token: demo });
    expect((await finished(path)).stack_status).toBe('DELETE_COMPLETE');
  });
});

describe('the view behind the sandbox', () => {
  it('is for administrators only', async () => {
    expect((await sandbox.get('/admin/inventory')).status).toBe(401);
    expect((await sandbox.get('/admin/inventory', demo)).status).toBe(403);
  });

  it('shows what exists, and what it belongs to', async () => {
    const path = await makeStack('shown');
    await finished(path);
    const { json } = await sandbox.get(`/admin/inventory?project_id=${DEMO}`, admin);
    const id = path.split('/').at(-1);
    expect(json.stacks).toEqual([{ id, name: 'shown', project_id: DEMO, parent_id: null, status: 'CREATE_COMPLETE' }]);
    expect(json.things).toMatchObject([{ kind: 'security_group', status: 'ACTIVE', project_id: DEMO, stack_id: id, root_stack_id: id, resource: 'group', uses: [] }]);
    expect((await sandbox.get('/admin/inventory?kind=server', admin)).json.things).toEqual([]);
    await sandbox.send('DELETE', path, { token: demo });
    await finished(path);
    expect((await sandbox.get('/admin/inventory', admin)).json).toEqual({ things: [], stacks: [] });
  });

  it('plants what keeps a stack from being deleted, and takes it away', async () => {
    const path = await makeStack('blocked');
    await finished(path);
    const { json: { things: [group] } } = await sandbox.get('/admin/inventory?kind=security_group', admin);
    const { status, json: { thing } } = await post('/admin/inventory', { kind: 'port', projectId: DEMO, uses: [group.id] });
    expect(status).toBe(201);
    await sandbox.send('DELETE', path, { token: demo });
    expect((await finished(path)).stack_status_reason).toBe(`Resource DELETE failed: Conflict: resources.group: Security Group ${group.id} in use.`);
    expect((await sandbox.get(`/network/v2.0/ports?project_id=${DEMO}`, demo)).json.ports).toMatchObject([{ id: thing.id }]);
    expect((await sandbox.send('DELETE', `/admin/inventory/port/${thing.id}`, { token: admin })).status).toBe(204);
    await sandbox.send('DELETE', path, { token: demo });
    expect((await finished(path)).stack_status).toBe('DELETE_COMPLETE');
  });

  it('makes resources fail as often as it is told', async () => {
    const { status, json } = await post('/admin/faults', {
      match: { type: 'OS::Neutron::*', action: 'create', stack: 'unlucky*' }, effect: {
        kind: 'fail', error: 'OverQuotaClient', message: 'Too many.',
      }, times: 1,
    });
    expect([status, json.fault]).toMatchObject([201, { remaining: 1, seen: 0 }]);
    const [lucky, unlucky] = [await makeStack('lucky'), await makeStack('unlucky-1')];
    expect((await finished(lucky)).stack_status).toBe('CREATE_COMPLETE');
    expect((await finished(unlucky)).stack_status_reason).toBe('Resource CREATE failed: OverQuotaClient: resources.group: Too many.');
    expect((await sandbox.get('/admin/faults', admin)).json.faults).toMatchObject([{ remaining: 0, seen: 1 }]);
    for (const path of [lucky, unlucky]) await sandbox.send('DELETE', path, { token: demo });
  });

  it('answers requests instead of the service, in its shape', async () => {
    await post(
      '/admin/faults',
      {
        match: { request: 'GET /orchestration/*' }, effect: { kind: 'answer', status: 503, message: 'Away.', retryAfterSeconds: 2 },
        times: 1,
      },
    );
    await post('/admin/faults', { match: { request: 'GET /network/*' }, effect: { kind: 'answer', status: 500 }, times: 1 });
    expect(await sandbox.get(STACKS, demo)).toMatchObject({
      status: 503, headers: { 'retry-after': '2' }, json: { code: 503, title: 'Service Unavailable', error: { message: 'Away.' } },
    });
    expect((await sandbox.get('/network/v2.0/networks', demo)).json).toHaveProperty('NeutronError');
    expect([(await sandbox.get(STACKS, demo)).status, (await sandbox.get('/network/v2.0/networks', demo)).status]).toEqual([200, 200]);
  });

  it('sets quotas and latencies', async () => {
    expect((await sandbox.send('PUT', `/admin/quotas/${DEMO}`, { token: admin, body: { security_group: 0 } })).json.quotas).toMatchObject({
      security_group: 0, stacks: 10_000,
    });
    const path = await makeStack('poor');
    expect((await finished(path)).stack_status_reason).toBe("Resource CREATE failed: OverQuotaClient: resources.group: Quota exceeded for resources: ['security_group'].");
    await sandbox.send('PUT', `/admin/quotas/${DEMO}`, { token: admin, body: { security_group: -1, stacks: 0 } });
    expect(await post(STACKS, { stack_name: 'more', template: GROUP }, demo)).toMatchObject({
      status: 403, json: { error: { type: 'RequestLimitExceeded' } },
    });
    await sandbox.send('PUT', `/admin/quotas/${DEMO}`, { token: admin, body: { stacks: -1 } });
    expect((await sandbox.send('PUT', '/admin/latency', { token: admin, body: { '*': 1 } })).json).toEqual({ latency: { '*': 1 } });
    await sandbox.send('PUT', '/admin/latency', { token: admin, body: {} });
    await sandbox.send('DELETE', path, { token: demo });
  });

  it('shows the machines', async () => {
    const { json: { machines } } = await sandbox.get('/admin/machines', admin);
    expect(machines[0]).toMatchObject({
      name: 'metal-1', state: 'available', resource_class: 'baremetal', server_id: null, ports: ['physnet1'],
    });
  });

  it.each([
    ['/admin/faults', { match: {}, effect: { kind: 'explode' } }],
    ['/admin/faults', { match: { colour: 'red' }, effect: { kind: 'hang' } }],
    ['/admin/inventory', { kind: 'dragon', projectId: DEMO }],
  ])('refuses %s with %j', async (path, body) => {
    expect((await post(path, body)).status).toBe(400);
  });
});
