import { ApiClient, login } from './harness/client.ts';
import { fetchDescribed } from './harness/contract.ts';
import { badlyEnded, brokenChains, leftovers, neverStarted, readLog } from './harness/history.ts';
import { EmbeddedProcess } from './harness/process.ts';

let jeroboam: EmbeddedProcess;
let api: ApiClient;

beforeAll(async () => {
  jeroboam = await EmbeddedProcess.start();
  api = new ApiClient(jeroboam.apiUrl, await login(jeroboam));
});
afterAll(() => jeroboam?.stop());

describe('the life of a bay', () => {
  it('goes from create over resize to nothing left, and its story stays', async () => {
    const template = await api.fakeTemplate();
    const bayId = await api.createBay(template, { name: 'life' });
    const complete = await api.until(bayId, ['CREATE_COMPLETE']);
    expect(complete).toMatchObject({ name: 'life', node_count: 2, master_count: 1, status_reason: null });
    expect(complete['node_addresses']).toHaveLength(2);

    expect((await api.call('PATCH', `/v1/clusters/${bayId}`, [{ op: 'replace', path: '/node_count', value: 3 }])).status).toBe(202);
    expect((await api.until(bayId, ['UPDATE_COMPLETE']))['node_addresses']).toHaveLength(3);
    expect((await api.call('POST', `/v1/clusters/${bayId}/actions/resize`, { node_count: 1 })).status).toBe(202);
    expect((await api.until(bayId, ['UPDATE_COMPLETE']))['node_addresses']).toHaveLength(1);

    expect((await api.call('DELETE', `/v1/clusters/${bayId}`)).status).toBe(204);
    await api.until(bayId, ['GONE']);
    expect(leftovers(jeroboam.dataDir, bayId)).toEqual([]);

    const { body } = await api.call<{ events: { type: string; actor: { user_id: string } }[] }>('GET', `/v1/clusters/${bayId}/events`);
    const types = body.events.map(({ type }) => type);
    expect(types[0]).toBe('BayCreationRequested');
    expect(types.at(-1)).toMatch(/BayDeleted|OperationSucceeded|BayAuthoritiesWithdrawn/);
    expect(types).toEqual(expect.arrayContaining(['OperationStepDispatched', 'NodeJoined', 'BayProvisioned', 'BayResized', 'NodeRemoved', 'BayDeleted']));
    const story = await readLog(jeroboam.dataDir);
    expect([badlyEnded(story), neverStarted(story), brokenChains(story)]).toEqual([[], [], []]);
  });

  it('takes single nodes away, has others come for them, and adds some', async () => {
    const bayId = await api.createBay(await api.fakeTemplate(), { name: 'one-by-one' });
    await api.until(bayId, ['CREATE_COMPLETE']);
    const workers = async () => {
      const { body } = await api.call<{ nodes: { name: string; role: string }[] }>('GET', `/v1/clusters/${bayId}/nodes`);
      return body.nodes.filter(({ role }) => role === 'worker').map(({ name }) => name);
    };
    const [first, second] = await workers();
    const changed = async (method: string, path: string) => {
      expect((await api.call(method, `/v1/clusters/${bayId}/nodes${path}`)).status).toBe(202);
      expect(await api.until(bayId, ['UPDATE_COMPLETE', 'UPDATE_FAILED'])).toMatchObject({ status: 'UPDATE_COMPLETE' });
      return workers();
    };
    const replaced = await changed('POST', `/${first}/actions/replace`);
    expect([replaced.length, replaced.includes(first!), replaced.includes(second!)]).toEqual([2, false, true]);
    expect(await changed('DELETE', `/${second}`)).toEqual(replaced.filter((name) => name !== second));
    expect(await changed('POST', '')).toHaveLength(2);
    expect((await api.call('DELETE', `/v1/clusters/${bayId}`)).status).toBe(204);
    await api.until(bayId, ['GONE']);
  });

  it('never shows the state before a 202 to the GET after it', async () => {
    const template = await api.fakeTemplate();
    const bays = await Promise.all(Array.from({ length: 10 }, (_, index) => api.createBay(template, { name: `fresh-${index}`, node_count: 1 })));
    for (const bayId of bays) await api.until(bayId, ['CREATE_COMPLETE']);
    for (let round = 0; round < 5; round += 1) {
      await Promise.all(bays.map(async (bayId) => {
        const before = (await api.call('GET', `/v1/clusters/${bayId}`)).body['node_count'] as number;
        const { status } = await api.call('POST', `/v1/clusters/${bayId}/actions/resize`, { node_count: before + 1 });
        expect(status).toBe(202);
        const [shown, listed] = await Promise.all([api.call('GET', `/v1/clusters/${bayId}`), api.call<{ clusters: { uuid: string; node_count: number }[] }>('GET', '/v1/clusters')]);
        expect(shown.body['node_count']).toBe(before + 1);
        expect(listed.body.clusters.find(({ uuid }) => uuid === bayId)?.node_count).toBe(before + 1);
        await api.until(bayId, ['UPDATE_COMPLETE']);
      }));
    }
  });

  it('fails a create with the reason and the step, and deletes what there is', async () => {
    const template = await api.fakeTemplate({ fake_fail_step: 'make-nodes', fake_fail_final: 'true' });
    const bayId = await api.createBay(template, { name: 'unlucky' });
    const failed = await api.until(bayId, ['CREATE_FAILED']);
    expect(failed['status_reason']).toMatch(/make-nodes/);
    expect(failed['faults']).toBeDefined();
    await api.call('DELETE', `/v1/clusters/${bayId}`);
    await api.until(bayId, ['GONE']);
    expect(leftovers(jeroboam.dataDir, bayId)).toEqual([]);
  });

  it('lets a delete end a create that hangs', async () => {
    const template = await api.fakeTemplate({ fake_hang: 'make-nodes' });
    const bayId = await api.createBay(template, { name: 'hanging' });
    await api.call('DELETE', `/v1/clusters/${bayId}`);
    expect((await api.call('GET', `/v1/clusters/${bayId}`)).body['status']).toBe('DELETE_IN_PROGRESS');
    await api.until(bayId, ['GONE']);
  });

  it('shows why a step is being tried again while it is', async () => {
    const template = await api.fakeTemplate({ fake_fail_step: 'make-network', fake_fail_times: '1' });
    const bayId = await api.createBay(template, { name: 'retried' });
    const seen = new Set<unknown>();
    for (;;) {
      const { body } = await api.call('GET', `/v1/clusters/${bayId}`);
      seen.add(body['status_reason']);
      if (body['status'] === 'CREATE_COMPLETE') break;
    }
    expect([...seen].some((reason) => /make-network/.test(String(reason)))).toBe(true);
  });

  it('takes exactly as many bays as the quota allows, however many ask at once', async () => {
    const token = await login({ authUrl: jeroboam.authUrl, username: 'other', projectName: 'other' });
    const other = new ApiClient(jeroboam.apiUrl, token);
    const template = await other.fakeTemplate();
    const answers = await Promise.all(Array.from({ length: 100 }, (_, index) => other.call<{ uuid?: string; errors?: { detail: string }[] }>('POST', '/v1/clusters', { name: `q-${index}`, cluster_template_id: template, node_count: 1 })));
    expect(answers.filter(({ status }) => status === 202)).toHaveLength(20);
    const refused = answers.filter(({ status }) => status === 403);
    expect(refused).toHaveLength(80);
    expect(refused[0]!.body.errors![0]!.detail).toMatch(/maximum clusters per project, 20/);
    const bays = answers.flatMap(({ body }) => (body.uuid ? [body.uuid] : []));
    for (const bayId of bays) await other.until(bayId, ['CREATE_COMPLETE']);
    // A slot comes back exactly once.
    await other.call('DELETE', `/v1/clusters/${bays[0]}`);
    await other.call('DELETE', `/v1/clusters/${bays[0]}`);
    await other.until(bays[0]!, ['GONE']);
    const again = await Promise.all([1, 2].map((each) => other.call('POST', '/v1/clusters', { name: `again-${each}`, cluster_template_id: template, node_count: 1 })));
    expect(again.filter(({ status }) => status === 202)).toHaveLength(1);
    expect(again.filter(({ status }) => status === 403)).toHaveLength(1);
  });

  it('streams events live to whoever listens', async () => {
    const stop = new AbortController();
    const headers = { 'x-auth-token': api.token, accept: 'text/event-stream' };
    const response = await fetchDescribed(jeroboam.apiUrl, '/v1/events', { headers, signal: stop.signal });
    expect(response.headers.get('content-type')).toMatch(/text\/event-stream/);
    const bayId = await api.createBay(await api.fakeTemplate(), { name: 'streamed' });
    let text = '';
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    while (!(text.includes('event: BayProvisioned') && text.includes(bayId))) text += (await reader.read()).value ?? '';
    stop.abort();
    expect(text).toMatch(/^id: /m);
  });
});
