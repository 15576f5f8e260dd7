import { ApiHarness, errorOf, type Answer, type Call } from '../testing/api-harness.ts';

const AT = '2026-01-31T12:00:00+00:00';
const row = (id: number, project: string, limit: number, updated: string | null = null) => ({
  id, hard_limit: limit, project_id: project, resource: 'Cluster', created_at: AT, updated_at: updated,
});

describe('/v1/quotas', () => {
  let api: ApiHarness;
  beforeEach(async () => {
    api = await ApiHarness.open({ defaultQuota: 20 });
  });
  afterEach(() => api.close());

  const call = (request: string, options: Call = {}): Promise<Answer> => api.call(request, { as: 'admin', ...options });
  const create = (fields: object = {}, options: Call = {}): Promise<Answer> =>
    call('POST /v1/quotas', { body: { project_id: 'p2', resource: 'Cluster', hard_limit: 9, ...fields }, ...options });
  const commands = () => api.services.sent.map(({ pattern, payload }) => [pattern, payload]);

  it('creates a quota and answers 201 with its row, without a location', async () => {
    const answer = await create();
    expect([answer.status, answer.text]).toEqual([201, JSON.stringify(row(1, 'p2', 9))]);
    expect(answer.headers).not.toHaveProperty('location');
    expect(commands()).toEqual([['scheduler.create-project-quota', { projectId: 'p2', hardLimit: 9 }]]);
    expect((await call('GET /v1/quotas/p2/Cluster')).body).toEqual(row(1, 'p2', 9));
  });

  it('takes the same request again, with the same Idempotency-Key, for what it was', async () => {
    const headers = { 'idempotency-key': 'k1' };
    const first = await create({}, { headers });
    expect(await create({}, { headers })).toMatchObject({ status: 201, body: first.body });
  });

  it('takes a limit of 1 and the resource Cluster where nothing was said', async () => {
    expect((await call('POST /v1/quotas', { body: { project_id: 'p1' } })).body).toEqual(row(1, 'p1', 1));
    expect((await call('POST /v1/quotas', { body: { project_id: 'p2', hard_limit: null, resource: null } })).body).toEqual(row(2, 'p2', 1));
  });

  it('refuses a second quota for a project with 409', async () => {
    await create();
    expect(errorOf(await create({ hard_limit: 3 }))).toMatchObject({
      status: 409, code: 'client', detail: 'Quota for project p2 already exists for resource Cluster.',
    });
    expect((await call('GET /v1/quotas/p2/Cluster')).body).toEqual(row(1, 'p2', 9));
  });

  it('makes up three keys for a project without a row, whatever resource was asked about', async () => {
    for (const path of ['p1/Cluster', 'p1/Anything']) {
      const answer = await api.call(`GET /v1/quotas/${path}`);
      expect([answer.status, answer.text]).toEqual([200, '{"hard_limit":20,"project_id":"p1","resource":"Cluster"}']);
    }
  });

  it('lets the quota of a project limit its bays', async () => {
    const model = await api.givenBayModel();
    await create({ project_id: 'p1', hard_limit: 0 });
    const body = { name: 'c1', cluster_template_id: model };
    expect(errorOf(await api.call('POST /v1/clusters', { body }))).toMatchObject({
      status: 403, title: 'Resource limit exceeded: You have reached the maximum clusters per project, 0',
    });
    await call('DELETE /v1/quotas/p1/Cluster');
    expect((await api.call('POST /v1/clusters', { body })).status).toBe(202);
  });

  it('changes a quota by an object and answers 202 with the row; an empty one resets the limit to 1', async () => {
    await create();
    const changed = await call('PATCH /v1/quotas/p2/Cluster', { body: { project_id: 'p2', resource: 'Cluster', hard_limit: 3 } });
    expect([changed.status, changed.body]).toEqual([202, row(1, 'p2', 3, AT)]);
    expect((await call('PATCH /v1/quotas/p2/Cluster', { body: {} })).body).toEqual(row(1, 'p2', 1, AT));
  });

  it('deletes a quota, named in the path or in the body', async () => {
    await create();
    expect((await call('DELETE /v1/quotas/p2/Cluster')).status).toBe(204);
    expect((await call('GET /v1/quotas/p2/Cluster')).body).toEqual({ hard_limit: 20, project_id: 'p2', resource: 'Cluster' });
    await create();
    expect((await call('DELETE /v1/quotas', { body: { project_id: 'p2', resource: 'Cluster' } })).status).toBe(204);
    expect((await call('GET /v1/quotas?all_tenants=True')).body).toEqual({ quotas: [] });
  });

  it.each<[string, string, unknown]>([
    ['PATCH', 'p99/Cluster', {}], ['DELETE', 'p99/Cluster', undefined], ['DELETE', '', { project_id: 'p99', resource: 'Cluster' }],
  ])('is 404 for %s of a quota that is not there: %s', async (method, path, body) => {
    const answer = await call(`${method} /v1/quotas${path && `/${path}`}`, body === undefined ? {} : { body });
    expect(errorOf(answer)).toMatchObject({ status: 404, detail: 'Quota could not be found: project_id p99 resource Cluster.' });
    expect(commands()).toEqual([]);
  });

  it.each<[unknown, string]>([
    [[], 'Request must be a JSON dict'],
    [{ project_id: 'p2', resource: 'Cluster', hard_limit: 1, foo: 1 }, 'Unknown argument: "hard_limit, foo"'],
    [{ project_id: 'p2' }, 'Missing argument: "resource"'],
    [{ project_id: null, resource: 'Cluster' }, "Invalid input for field/attribute project_id. Value: 'None'. Wrong type. Expected '<class 'str'>', got '<class 'NoneType'>'"],
  ])('deletes nothing that the body names as %j', async (body, detail) => {
    await create();
    expect(errorOf(await call('DELETE /v1/quotas', { body }))).toMatchObject({ status: 400, detail });
  });

  it('knows no quota of another resource', async () => {
    await create();
    expect(errorOf(await call('DELETE /v1/quotas/p2/Volume')).detail).toBe('Quota could not be found: project_id p2 resource Volume.');
  });

  it.each<[object, number, string]>([
    [{ project_id: undefined }, 400, 'Must provide a valid project ID.'],
    [{ project_id: null }, 400, 'Must provide a valid project ID.'],
    [{ project_id: 'badproj' }, 404, 'The project_id badproj could not be found.'],
    [
      { project_id: '' }, 400,
      "Invalid input for field/attribute project_id. Value: ''. Value should have a minimum character requirement of 1",
    ],
    [{ resource: 'Nope' }, 400, "Invalid input for field/attribute resource. Value: 'Nope'. Value should be one of: Cluster"],
    [{ hard_limit: -1 }, 400, "Invalid input for field/attribute hard_limit. Value: '-1'. Value should be greater or equal to 0"],
    [{ foo: 1 }, 400, 'Unknown attribute for argument quota: foo'],
  ])('refuses %j with %i and sends nothing', async (fields, status, detail) => {
    expect(errorOf(await create(fields))).toMatchObject({ status, code: 'client', detail });
    expect(commands()).toEqual([]);
  });

  it.each([
    ['GET /v1/quotas/p1', 'Missing argument: "resource"'],
    ['DELETE /v1/quotas/p1', 'Missing argument: "resource"'],
    ['PATCH /v1/quotas/p1', 'Missing argument: "resource"'],
    ['PATCH /v1/quotas', 'Missing argument: "project_id"'],
    ['DELETE /v1/quotas', 'Missing argument: "project_id"'],
    ['PATCH /v1/quotas/p1/Cluster', 'Missing argument: "quotapatch"'],
    ['POST /v1/quotas', 'Missing argument: "quota"'],
    ['GET /v1/quotas/p1/Cluster?x=1', 'Unknown argument: "x"'],
    ['GET /v1/quotas?limit=0', 'Limit must be positive'],
    ['GET /v1/quotas?sort_key=bogus', 'The sort_key value "bogus" is an invalid field for sorting'],
  ])('refuses %s: %s', async (request, detail) => {
    expect(errorOf(await call(request))).toMatchObject({ status: 400, detail });
  });

  it('lists the quota of the own project, and all of them when asked to, in order of creation', async () => {
    for (const project of ['p2', 'p9', 'p1']) await create({ project_id: project });
    expect((await call('GET /v1/quotas')).body).toEqual({ quotas: [row(2, 'p9', 9)] });
    expect((await call('GET /v1/quotas?all_tenants=true')).body).toEqual({ quotas: [row(1, 'p2', 9), row(2, 'p9', 9), row(3, 'p1', 9)] });
  });

  it('pages by the integer id', async () => {
    for (const project of ['p2', 'p9', 'p1']) await create({ project_id: project });
    const first = (await call('GET /v1/quotas?all_tenants=1&limit=2')).body;
    expect(first.next).toBe('http://localhost:80/v1/quotas?sort_key=id&sort_dir=asc&limit=2&marker=2');
    expect((await call('GET /v1/quotas?all_tenants=1&limit=2&marker=2')).body).toEqual({ quotas: [row(3, 'p1', 9)] });
    expect((await call('GET /v1/quotas?all_tenants=1&sort_key=project_id&sort_dir=desc&limit=1')).body.quotas).toEqual([row(2, 'p9', 9)]);
    for (const marker of ['77', '-1', '9'.repeat(400)]) {
      expect((await call(`GET /v1/quotas?all_tenants=1&marker=${marker}`)).status).toBe(404);
    }
    expect(errorOf(await call('GET /v1/quotas?marker=x')).detail).toContain('Invalid input for field/attribute marker.');
  });

  it.each([['member', 200, 403], ['reader', 200, 403], ['member-only', 403, 403], ['no-role', 403, 403], ['admin', 200, 200]] as const)(
    'lets %s see a project’s own quota with %i and everything else with %i', async (as, shown, rest) => {
      expect((await api.call('GET /v1/quotas/p1/Cluster', { as })).status).toBe(shown);
      expect((await api.call('GET /v1/quotas', { as })).status).toBe(rest);
      expect((await create({}, { as })).status).toBe(rest === 200 ? 201 : 403);
      expect((await api.call('PATCH /v1/quotas/p2/Cluster', { as, body: {} })).status).toBe(rest === 200 ? 202 : 403);
      expect((await api.call('DELETE /v1/quotas/p2/Cluster', { as })).status).toBe(rest === 200 ? 204 : 403);
    },
  );

  it('is not authorized for a member who asks about another project', async () => {
    expect(errorOf(await api.call('GET /v1/quotas/p2/Cluster'))).toMatchObject({ status: 403, detail: 'Not authorized.' });
  });

  it('is 503 when Keystone cannot be asked, and creates nothing', async () => {
    api.cloud.away = true;
    expect((await create()).status).toBe(503);
    expect(commands()).toEqual([]);
  });

  it('says what can be done to it', async () => {
    const { status, headers } = await call('PUT /v1/quotas');
    expect([status, headers['allow']]).toEqual([405, 'DELETE, GET, PATCH, POST']);
  });
});
