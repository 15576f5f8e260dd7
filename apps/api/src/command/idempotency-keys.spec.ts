import { ApiHarness, TEMPLATE, errorOf, type Answer } from '../testing/api-harness.ts';

const LATEST = 'container-infra latest';

describe('an Idempotency-Key', () => {
  let api: ApiHarness;
  let model: string;
  let last = 0;
  beforeEach(async () => {
    api = await ApiHarness.open();
    model = await api.givenBayModel();
  });
  afterEach(async () => {
    api.services.failure = undefined;
    await api.close();
  });
  const newKey = () => ({ 'idempotency-key': `key ${(last += 1)}` });
  const cluster = (name = 'c1') => ({ name, cluster_template_id: model });
  const said = ({ status, headers, text }: Answer) => ({ status, text, operation: headers['operation-id'], location: headers['location'] });
  const refused = (answer: Answer) => {
    expect(answer).toMatchObject({ status: 422, headers: { 'x-jeroboam-error-code': 'IDEMPOTENCY_KEY_REUSED' } });
    expect(errorOf(answer)).toMatchObject({
      code: 'client', detail: 'This Idempotency-Key was used for another request; a new request needs a new key.',
    });
  };

  it('has a repeated request answered as it was first, whatever happened since', async () => {
    const headers = newKey();
    const first = await api.call('POST /v1/clusters', { headers, body: cluster() });
    expect(first.status).toBe(202);
    await api.call(`DELETE /v1/clusters/${first.body.uuid}`);
    expect((await api.call(`DELETE /v1/clustertemplates/${model}`)).status).toBeLessThan(500);
    const sent = api.services.sent.length;
    expect(said(await api.call('POST /clusters/', { headers, body: cluster() }))).toEqual(said(first));
    expect(api.services.sent).toHaveLength(sent);
  });

  it('is refused to another body, path, query or verb, before anything of it is looked at', async () => {
    const headers = newKey();
    const { body: { uuid } } = await api.call('POST /v1/clusters', { headers, body: cluster() });
    const sent = api.services.sent.length;
    refused(await api.call('POST /v1/clusters', { headers, body: cluster('c2') }));
    refused(await api.call('POST /v1/clusters', { headers, body: 'nonsense' }));
    refused(await api.call('POST /v1/clustertemplates', { headers, body: TEMPLATE }));
    refused(await api.call(`PATCH /v1/clusters/${uuid}`, { headers, body: [{ op: 'replace', path: '/node_count', value: 2 }] }));
    refused(await api.call(`DELETE /v1/clusters/${uuid}`, { headers }));
    expect(api.services.sent).toHaveLength(sent);
  });

  it('belongs to one user in one project', async () => {
    const headers = newKey();
    const one = await api.call('POST /v1/clustertemplates', { headers, body: TEMPLATE });
    const other = await api.call('POST /v1/clustertemplates', { headers, body: { ...TEMPLATE, name: 'other' }, as: 'stranger' });
    expect([one.status, other.status]).toEqual([201, 201]);
  });

  it('is one request for a hundred at once, all of them answered alike', async () => {
    const headers = newKey();
    const answers = await Promise.all(Array.from({ length: 100 }, () => api.call('POST /v1/clusters', { headers, body: cluster() })));
    expect(new Set(answers.map((answer) => JSON.stringify(said(answer)))).size).toBe(1);
    expect((await api.call('GET /v1/clusters')).body.clusters).toHaveLength(1);
  });

  it('lets one of different requests at once through', async () => {
    const headers = newKey();
    const names = Array.from({ length: 20 }, (_, index) => `c${index}`);
    const answers = await Promise.all(names.map((name) => api.call('POST /v1/clusters', { headers, body: cluster(name) })));
    expect(answers.map(({ status }) => status).sort((one, other) => one - other)).toEqual([202, ...Array.from({ length: 19 }, () => 422)]);
    answers.filter(({ status }) => status === 422).forEach(refused);
    expect((await api.call('GET /v1/clusters')).body.clusters).toHaveLength(1);
  });

  it('is known to every replica, and after a restart', async () => {
    const headers = newKey();
    const first = await api.call('POST /v1/clustertemplates', { headers, body: TEMPLATE });
    const again = await api.replica();
    try {
      const ask = (payload: object) => again.inject({
        method: 'POST', url: '/v1/clustertemplates', payload,
        headers: { ...headers, 'x-auth-token': 'member', 'openstack-api-version': LATEST },
      });
      expect(await ask({ ...TEMPLATE })).toMatchObject({ statusCode: 201, payload: first.text, headers: { location: first.headers['location'] } });
      expect((await ask({ ...TEMPLATE, name: 'other' })).statusCode).toBe(422);
    } finally {
      await again.close();
    }
  });

  it('is free for a mended request where the first was refused for itself', async () => {
    const headers = newKey();
    expect((await api.call('POST /v1/clusters', { headers, body: { name: 'c1', cluster_template_id: 'none' } })).status).toBe(404);
    expect((await api.call('POST /v1/clusters', { headers, body: cluster() })).status).toBe(202);
  });

  it('has a request with an unknown outcome carried out, and no other', async () => {
    const headers = newKey();
    api.services.lagging = true;
    expect((await api.call('POST /v1/clusters', { headers, body: cluster() })).status).toBe(503);
    api.services.lagging = false;
    await api.services.project();
    refused(await api.call('POST /v1/clusters', { headers, body: cluster('c2') }));
    const accepted = await api.call('POST /v1/clusters', { headers, body: cluster() });
    expect(accepted.status).toBe(202);
    expect((await api.call('GET /v1/clusters')).body.clusters).toEqual([expect.objectContaining({ uuid: accepted.body.uuid })]);
  });

  it('counts for changes and deletions too, also those that change nothing', async () => {
    const { body: { uuid } } = await api.call('POST /v1/clusters', { body: cluster() });
    const patching = newKey();
    const patch = (value: number) => ({ headers: patching, body: [{ op: 'replace', path: '/node_count', value }] });
    const first = await api.call(`PATCH /v1/clusters/${uuid}`, patch(1));
    expect(said(await api.call(`PATCH /v1/clusters/${uuid}`, patch(1)))).toEqual(said(first));
    refused(await api.call(`PATCH /v1/clusters/${uuid}`, patch(3)));
    const headers = newKey();
    expect((await api.call(`DELETE /v1/clusters/${uuid}`, { headers })).status).toBe(204);
    expect((await api.call(`DELETE /v1/clusters/${uuid}`, { headers })).status).toBe(204);
  });

  it('counts for nothing where a request only looks', async () => {
    const headers = newKey();
    expect((await api.call('GET /v1/clusters', { headers })).status).toBe(200);
    expect((await api.call('GET /v1/clustertemplates', { headers })).status).toBe(200);
  });

  it.each([['GET /v1/nonsense', 404], ['PATCH /v1/a%2Fb', 404], ['HEAD /v1/clusters/x', 405], ['PUT /v1/clusters', 405]])('changes nothing about %s', async (request, status) => {
    expect((await api.call(request, { headers: newKey() })).status).toBe(status);
  });

  it.each(['', 'x'.repeat(256), 'é'])('is 400 where it is none: %p', async (key) => {
    expect((await api.call('POST /v1/clusters', { headers: { 'idempotency-key': key }, body: cluster() })).status).toBe(400);
  });

  it('is nowhere in the log, nor is what was asked', async () => {
    const headers = newKey();
    await api.call('POST /v1/clusters', { headers, body: cluster('telling-name') });
    const events = [];
    for await (const event of api.log.readAll()) if (event.stream.startsWith('idempotency-')) events.push(event);
    expect(events.map(({ type }) => type)).toEqual(['IdempotencyKeyTaken', 'AnswerKept']);
    expect(JSON.stringify(events)).not.toMatch(/telling-name|key \d/);
  });
});
