import { ApiClient, login } from './harness/client.ts';
import { fetchDescribed } from './harness/contract.ts';
import { readLog } from './harness/history.ts';
import { EmbeddedProcess } from './harness/process.ts';

let jeroboam: EmbeddedProcess;
let api: ApiClient;
let template: string;

beforeAll(async () => {
  jeroboam = await EmbeddedProcess.start();
  api = new ApiClient(jeroboam.apiUrl, await login(jeroboam));
  template = await api.fakeTemplate();
});
afterAll(() => jeroboam?.stop());

const bay = (more: Record<string, unknown>) => ({ name: 'b1', cluster_template_id: template, ...more });
const deep = `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`;

const bad: readonly [string, number, () => Parameters<ApiClient['call']>][] = [
  ['a node count that is text', 400, () => ['POST', '/v1/clusters', bay({ node_count: 'many' })]],
  ['a negative node count', 400, () => ['POST', '/v1/clusters', bay({ node_count: -1 })]],
  ['no masters', 400, () => ['POST', '/v1/clusters', bay({ master_count: 0 })]],
  ['an even number of masters', 400, () => ['POST', '/v1/clusters', bay({ master_count: 2, master_lb_enabled: true })]],
  ['more masters than one without a load balancer', 400, () => ['POST', '/v1/clusters', bay({ master_count: 3 })]],
  ['an unknown field', 400, () => ['POST', '/v1/clusters', bay({ bogus: 1 })]],
  ['a read-only field', 400, () => ['POST', '/v1/clusters', bay({ api_address: 'tcp://1.2.3.4' })]],
  ['an unknown template', 404, () => ['POST', '/v1/clusters', { name: 'b1', cluster_template_id: 'nope' }]],
  ['a name that does not begin with a letter', 400, () => ['POST', '/v1/clusters', bay({ name: '1bay' })]],
  ['an empty name', 400, () => ['POST', '/v1/clusters', bay({ name: '' })]],
  ['a name that is too long', 400, () => ['POST', '/v1/clusters', bay({ name: 'b'.repeat(300) })]],
  ['a keypair that is not there', 404, () => ['POST', '/v1/clusters', bay({ keypair: 'nope' })]],
  ['a flavor that is not there', 400, () => ['POST', '/v1/clusters', bay({ flavor_id: 'nope' })]],
  ['labels that are no map', 400, () => ['POST', '/v1/clusters', bay({ labels: 'a=b' })]],
  ['broken JSON', 400, () => ['POST', '/v1/clusters', '{"name": ']],
  ['a list where an object belongs', 400, () => ['POST', '/v1/clusters', []]],
  ['null where an object belongs', 400, () => ['POST', '/v1/clusters', 'null']],
  ['an empty body', 400, () => ['POST', '/v1/clusters', '']],
  ['a body of two megabytes', 413, () => ['POST', '/v1/clusters', bay({ name: 'x'.repeat(2_000_000) })]],
  ['an object 20,000 levels deep', 400, () => ['POST', '/v1/clusters', deep]],
  ['a body that is not JSON by its type', 415, () => ['POST', '/v1/clusters', '<a/>', { 'content-type': 'application/xml' }]],
  ['a microversion that is not there', 406, () => ['GET', '/v1/clusters', undefined, { 'openstack-api-version': 'container-infra 9.9' }]],
  ['a microversion nobody can read', 406, () => ['GET', '/v1/clusters', undefined, { 'openstack-api-version': 'container-infra garbage' }]],
  ['an Accept that excludes JSON', 406, () => ['GET', '/v1/clusters', undefined, { accept: 'application/xml' }]],
  ['an unknown query argument', 400, () => ['GET', '/v1/clusters?foo=1']],
  ['a limit of zero', 400, () => ['GET', '/v1/clusters?limit=0']],
  ['an unknown sort key', 400, () => ['GET', '/v1/clusters?sort_key=bogus']],
  ['an unknown path', 404, () => ['GET', '/v1/nonsense']],
  ['an unknown bay', 404, () => ['GET', '/v1/clusters/nope']],
  ['a verb the path does not know', 405, () => ['PUT', '/v1/clusters', {}]],
  ['a resize to nothing before 1.10', 400, () => ['POST', '/v1/clusters', bay({ node_count: 0 }), { 'openstack-api-version': 'container-infra 1.9' }]],
  ['an unknown COE', 400, () => ['POST', '/v1/clustertemplates', { name: 't', coe: 'nope', image_id: 'cirros' }]],
  ['an unknown image', 400, () => ['POST', '/v1/clustertemplates', { name: 't', coe: 'swarm-mode', image_id: 'nope' }]],
  ['a template without a COE', 400, () => ['POST', '/v1/clustertemplates', { name: 't', image_id: 'cirros' }]],
  ['a public template by an ordinary user', 403, () => ['POST', '/v1/clustertemplates', { name: 't', coe: 'swarm-mode', image_id: 'cirros', external_network_id: 'public', public: true }]],
  ['a patch that is no list', 400, () => ['PATCH', '/v1/clusters/nope', {}]],
  ['a CSR for a bay that is not there', 400, () => ['POST', '/v1/certificates', { cluster_uuid: 'nope', csr: 'x' }]],
];

describe('bad input', () => {
  it.each(bad)('answers %s with %i in Magnum’s shape and changes nothing', async (_what, expected, request) => {
    const before = (await readLog(jeroboam.dataDir)).length;
    const { status, body, headers } = await api.call<{ errors: { status?: number; code: string; title: string }[] }>(...request());
    expect({ status, body }).toMatchObject({ status: expected, body: { errors: [{ title: expect.any(String) }] } });
    expect(body.errors).toHaveLength(1);
    expect(headers.get('x-openstack-request-id')).toMatch(/^req-[0-9a-f-]{36}$/);
    expect((await readLog(jeroboam.dataDir)).length).toBe(before);
  });
  it('answers a request without a token as keystonemiddleware does', async () => {
    const response = await fetchDescribed(jeroboam.apiUrl, '/v1/clusters');
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe(`Keystone uri="${jeroboam.authUrl}"`);
    expect(await response.json()).toEqual({ error: { code: 401, title: 'Unauthorized', message: 'The request you have made requires authentication.' } });
  });
  it('hides a bay of another project as if it were not there', async () => {
    const bayId = await api.createBay(template, { name: 'hidden' });
    const other = new ApiClient(jeroboam.apiUrl, await login({ authUrl: jeroboam.authUrl, username: 'other', projectName: 'other' }));
    for (const [method, path, body] of [['GET', ''], ['DELETE', ''], ['GET', '/events'], ['PATCH', '', [{ op: 'replace', path: '/node_count', value: 3 }]], ['POST', '/actions/resize', { node_count: 3 }]] as const) {
      expect((await other.call(method, `/v1/clusters/${bayId}${path}`, body)).status).toBe(404);
    }
    expect((await other.call<{ clusters: unknown[] }>('GET', '/v1/clusters')).body.clusters).toEqual([]);
  });
  it('lets a reader look and not touch', async () => {
    const reader = new ApiClient(jeroboam.apiUrl, await login({ authUrl: jeroboam.authUrl, username: 'reader' }));
    expect((await reader.call('GET', '/v1/clusters')).status).toBe(200);
    expect((await reader.call('POST', '/v1/clusters', bay({ name: 'nope' }))).status).toBe(403);
  });
});
