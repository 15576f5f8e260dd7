import type { NodeView } from '@jeroboam/domain';
import { ApiHarness, errorOf, type Answer } from '../testing/api-harness.ts';

const node = (name: string, address: string, more: Partial<NodeView> = {}): NodeView => ({
  name, nodeGroup: name.replace(/-\d+$/, ''), address, ...more,
});
const MASTER = node('default-master-0', '10.0.0.2', { externalId: 'server-1' });
const WORKERS = [node('default-worker-0', '10.0.0.3'), node('default-worker-1', '10.0.0.4')];

describe('/v1/clusters/{ident}/nodes', () => {
  let api: ApiHarness;
  let bayId: string;
  beforeEach(async () => {
    api = await ApiHarness.open();
    const fields = { name: 'web', node_count: 2, labels: { availability_zone: 'az2' }, merge_labels: true };
    bayId = await api.givenBay(await api.givenBayModel(), fields);
  });
  afterEach(() => api.close());

  const observe = (joined: readonly NodeView[], removed: readonly string[] = []) =>
    api.services.tell(bayId, { type: 'ObserveBay', data: { operationId: 'op-1', joined, removed } });
  const names = ({ body }: Answer): string[] => body.nodes.map(({ name }: NodeView) => name);
  const states = ({ body }: Answer): string[] => body.nodes.map(({ state }: { state: string }) => state);
  const nodes = (query = '') => api.call(`GET /v1/clusters/web/nodes${query}`);

  it('shows what is there, where it is and by which event it came', async () => {
    expect((await nodes()).body).toEqual({ nodes: [] });
    await observe([MASTER, ...WORKERS]);
    const [first, second] = (await api.call(`GET /v1/clusters/${bayId}/nodes`)).body.nodes;
    const { body: { events } } = await api.call(`GET /v1/clusters/${bayId}/events`);
    const joined = events.filter(({ type }: { type: string }) => type === 'NodeJoined');
    expect(first).toEqual({
      name: 'default-master-0', server_id: 'server-1', nodegroup: 'default-master', role: 'master', az: 'az2', flavor: 'm1.small',
      image: 'fedora-coreos-38', state: 'READY', address: '10.0.0.2', created_at: '2026-01-31T12:00:00+00:00',
      created_by_event: joined[0].event_id,
    });
    expect(second).toMatchObject({ name: 'default-worker-0', server_id: null, created_by_event: joined[1].event_id });
  });

  it('shows no node that went, and one that moved with its first event', async () => {
    await observe([MASTER, ...WORKERS]);
    const before = (await nodes()).body.nodes[2];
    await observe([{ ...WORKERS[1]!, address: '10.0.0.9' }], ['default-worker-0']);
    const { body } = await nodes();
    expect(body.nodes.map(({ name }: NodeView) => name)).toEqual(['default-master-0', 'default-worker-1']);
    expect(body.nodes[1]).toEqual({ ...before, address: '10.0.0.9' });
  });

  it('says of each node whether its COE finds it ready, and whether it is leaving', async () => {
    await observe([MASTER, ...WORKERS]);
    const reason = { api: 'ok', 'default-worker-0.Ready': 'False', 'default-worker-1.Ready': 'True' };
    await api.services.tell(bayId, { type: 'ReportBayHealth', data: { status: 'UNHEALTHY', reason, source: 'telemetry' } });
    expect(states(await nodes())).toEqual(['READY', 'NOT_READY', 'READY']);
    await api.services.tell(bayId, { type: 'DeleteBay', data: { operationId: 'op-delete' } });
    expect(states(await nodes())).toEqual(['LEAVING', 'LEAVING', 'LEAVING']);
  });

  it('lists those of one group, and pages by name', async () => {
    await observe([MASTER, ...WORKERS]);
    expect(names(await nodes('?nodegroup=default-worker'))).toEqual(['default-worker-0', 'default-worker-1']);
    expect(names(await nodes('?nodegroup=gpu'))).toEqual([]);
    const first = await nodes('?nodegroup=default-worker&limit=1');
    const next = `http://localhost:80/v1/clusters/${bayId}/nodes?nodegroup=default-worker&limit=1&marker=default-worker-0`;
    expect([names(first), first.body.next]).toEqual([['default-worker-0'], next]);
    expect(names(await api.call(`GET ${next.slice('http://localhost:80'.length)}`))).toEqual(['default-worker-1']);
  });

  it.each([
    ['limit=0', 'Limit must be positive'], ['x=1', 'Unknown argument: "x"'],
    ['marker=nobody', 'The marker nobody is not a node of this list.'],
  ])('refuses %s', async (query, detail) => {
    expect(errorOf(await nodes(`?${query}`))).toMatchObject({ status: 400, code: 'client', detail });
  });

  it.each([
    ['reader', 200], ['colleague', 200], ['admin', 200], ['stranger', 404], ['member-only', 403], ['nobody', 401],
  ])('answers %s with %i', async (as, status) => {
    expect((await api.call(`GET /v1/clusters/${bayId}/nodes`, { as })).status).toBe(status);
  });

  it('knows nothing of a bay that is not there', async () => {
    expect((await api.call('GET /v1/clusters/nothing/nodes')).status).toBe(404);
  });
});

describe('one node more, less, or anew', () => {
  let api: ApiHarness;
  let bayId: string;
  beforeEach(async () => {
    api = await ApiHarness.open();
    bayId = await api.givenCompleteBay(await api.givenBayModel(), { labels: { min_node_count: '1' } });
  });
  afterEach(() => api.close());
  const asked = async () => {
    const requests = [];
    for await (const { type, data } of api.log.readStream(`bay-${bayId}`)) if (type === 'BayResizeRequested') requests.push(data);
    return requests;
  };

  it.each<[string, string, object]>([
    ['adds one to the workers', 'POST /nodes', { nodeGroup: 'default-worker', nodeCount: 3, nodesToRemove: [] }],
    ['takes a named one away', 'DELETE /nodes/default-worker-0', { nodeGroup: 'default-worker', nodeCount: 1, nodesToRemove: ['default-worker-0'] }],
    ['has another one come for a named one', 'POST /nodes/default-worker-1/actions/replace', { nodeGroup: 'default-worker', nodeCount: 2, nodesToRemove: ['default-worker-1'] }],
  ])('%s', async (_title, request, expected) => {
    const [method, path] = request.split(' ');
    const answer = await api.call(`${method} /v1/clusters/c1${path}`);
    expect([answer.status, answer.body]).toEqual([202, { uuid: bayId }]);
    expect(answer.headers).toMatchObject({ 'operation-id': expect.any(String), location: expect.stringContaining('/v1/operations/') });
    expect(await asked()).toEqual([expect.objectContaining({ fromCount: 2, ...expected })]);
    // The same again, by whoever had no answer: the node is leaving already.
    expect(errorOf(await api.call(`${method} /v1/clusters/c1${path}`))).toMatchObject({ status: 400, detail: 'Resizing a cluster when status is "UPDATE_IN_PROGRESS" is not supported.' });
    expect(await asked()).toHaveLength(1);
  });

  it.each<[string, object | undefined, number, string]>([
    ['DELETE /nodes/default-worker-7', undefined, 404, 'Node default-worker-7 could not be found.'],
    ['POST /nodes/default-worker-7/actions/replace', undefined, 404, 'Node default-worker-7 could not be found.'],
    ['DELETE /nodes/default-master-0', undefined, 400, 'Resizing the master nodegroup is not supported by this driver.'],
    ['POST /nodes', { nodegroup: 'default-master' }, 400, 'Resizing the master nodegroup is not supported by this driver.'],
    ['POST /nodes', { nodegroup: 'nope' }, 404, 'Nodegroup nope could not be found.'],
    ['POST /nodes', { flavor_id: 'm1.large' }, 400, 'Unknown attribute for argument node: flavor_id'],
  ])('refuses %s with %j, and nothing is asked for', async (request, body, status, detail) => {
    const [method, path] = request.split(' ');
    expect(errorOf(await api.call(`${method} /v1/clusters/${bayId}${path}`, body && { body }))).toMatchObject({ status, detail });
    expect(await asked()).toEqual([]);
  });

  it('takes no node away that its group must have, and adds none that it may not', async () => {
    await api.call('PATCH /v1/clusters/c1/nodegroups/default-worker', { body: [{ op: 'replace', path: '/min_node_count', value: 2 }, { op: 'replace', path: '/max_node_count', value: 2 }] });
    const { operationId } = (await api.readModel.get<{ id: string; operationId: string }>('bays', bayId))!;
    await api.services.tell(bayId, { type: 'CompleteOperation', data: { operationId, outputs: {} } });
    for (const request of ['DELETE /v1/clusters/c1/nodes/default-worker-0', 'POST /v1/clusters/c1/nodes']) expect((await api.call(request)).status).toBe(400);
    expect((await api.call('POST /v1/clusters/c1/nodes/default-worker-0/actions/replace')).status).toBe(202);
  });
});
