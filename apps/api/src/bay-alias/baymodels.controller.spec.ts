import { ApiHarness, TEMPLATE, errorOf, type Call } from '../testing/api-harness.ts';

const AT_1_10 = 'container-infra 1.10';

describe('/v1/baymodels', () => {
  let api: ApiHarness;
  beforeEach(async () => {
    api = await ApiHarness.open();
  });
  afterEach(() => api.close());
  const call = (request: string, options: Call = {}) => api.call(request, { version: AT_1_10, ...options });

  it('shows a cluster template under its old name, without what bay models never had', async () => {
    const id = await api.givenBayModel();
    const template = (await call(`GET /v1/clustertemplates/${id}`)).body;
    const { project_id: _project, user_id: _user, driver: _driver, ...shared } = template;
    const expected = {
      ...shared,
      links: [
        { href: `http://localhost:80/v1/baymodels/${id}`, rel: 'self' }, { href: `http://localhost:80/baymodels/${id}`, rel: 'bookmark' },
      ],
    };
    expect((await call(`GET /v1/baymodels/${id}`)).text).toBe(JSON.stringify(expected));
    expect((await call('GET /baymodels/swarm')).body).toEqual(expected);
    expect((await call('GET /v1/baymodels')).body).toEqual({ baymodels: [expected] });
    expect((await call('GET /v1/baymodels/detail?limit=1')).body).toEqual({
      baymodels: [expected], next: `http://localhost:80/v1/baymodels/detail?sort_key=id&sort_dir=asc&limit=1&marker=${id}`,
    });
  });

  it.each(['', 'container-infra 1.1', 'container-infra 1.2', AT_1_10])('makes one with 201 in version "%s"', async (version) => {
    const answer = await call('POST /v1/baymodels', { version, body: { ...TEMPLATE, name: null } });
    expect(answer).toMatchObject({
      status: 201, headers: { location: `http://localhost:80/v1/baymodels/${answer.body.uuid}` },
      body: { name: expect.stringMatching(/^[a-z]+-\d{1,2}-model$/), coe: 'swarm-mode', network_driver: 'docker' },
    });
    expect((await call(`GET /v1/clustertemplates/${answer.body.uuid}`)).status).toBe(200);
  });

  it('updates and deletes the cluster template it is', async () => {
    const id = await api.givenBayModel();
    const patch = (operations: unknown, as?: string) => call(`PATCH /v1/baymodels/${id}`, { body: operations, ...(as ? { as } : {}) });
    const named = await patch([{ op: 'replace', path: '/name', value: 'other' }]);
    expect(named).toMatchObject({ status: 200, body: { name: 'other', updated_at: '2026-01-31T12:00:00+00:00' } });
    expect(named.body).not.toHaveProperty('project_id');
    expect((await patch([{ op: 'replace', path: '/name', value: 'mine' }], 'admin')).status).toBe(404);
    expect((await call(`GET /v1/clustertemplates/${id}`)).body.name).toBe('other');
    expect((await call(`DELETE /v1/baymodels/${id}`)).status).toBe(204);
    expect((await call(`GET /v1/clustertemplates/${id}`)).status).toBe(404);
  });

  it('does not delete one that bays were made from', async () => {
    const id = await api.givenBayModel();
    await api.givenBay(id);
    expect(errorOf(await call(`DELETE /v1/baymodels/${id}`))).toMatchObject({
      status: 400, detail: `ClusterTemplate ${id} is referenced by one or multiple clusters.`,
    });
  });

  it.each<[string, unknown, number, string]>([
    ['GET /v1/baymodels/nope', undefined, 404, 'ClusterTemplate nope could not be found.'],
    ['GET /v1/baymodels?foo=1', undefined, 400, 'Unknown argument: "foo"'],
    ['POST /v1/baymodels', { ...TEMPLATE, bogus: 1 }, 400, 'Unknown attribute for argument baymodel: bogus'],
    ['POST /v1/baymodels', { ...TEMPLATE, driver: 'swarm_test' }, 400, 'Unknown attribute for argument baymodel: driver'],
    ['POST /v1/baymodels', undefined, 400, 'Missing argument: "baymodel"'],
    ['POST /v1/baymodels', { ...TEMPLATE, public: true }, 403, 'Not authorized to set public or hidden flag for cluster template.'],
    ['POST /v1/baymodels/x', {}, 400, "Invalid input for field/attribute baymodel. Value: 'x'. unable to convert to BayModel."],
    ['PATCH /v1/baymodels', [], 400, 'Missing argument: "baymodel_ident"'],
    ['PATCH /v1/baymodels/x', [{ op: 'remove', path: '/driver' }], 400, "'/driver' is an internal attribute and can not be updated"],
    ['DELETE /v1/baymodels', undefined, 400, 'Missing argument: "baymodel_ident"'],
  ])('answers %s of %j with %i', async (request, body, status, detail) => {
    expect(errorOf(await call(request, { body }))).toMatchObject({ status, detail });
    expect(api.services.sent).toEqual([]);
  });

  it('names its own rules where the policy stands in the way', async () => {
    const id = await api.givenBayModel();
    for (const [request, as, rule, body] of [
      ['GET /v1/baymodels', 'no-role', 'get_all'], ['GET /v1/baymodels/detail', 'no-role', 'detail'],
      [`GET /v1/baymodels/${id}`, 'no-role', 'get'], [`DELETE /v1/baymodels/${id}`, 'reader', 'delete'],
      ['POST /v1/baymodels', 'reader', 'create', TEMPLATE], [`PATCH /v1/baymodels/${id}`, 'reader', 'update', []],
    ] as const) {
      expect(errorOf(await call(request, { as, body }))).toMatchObject({
        status: 403, detail: `Policy doesn't allow baymodel:${rule} to be performed.`,
      });
    }
  });
});
