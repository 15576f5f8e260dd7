import { ApiHarness, errorOf, type Call } from '../testing/api-harness.ts';

const AT_1_1 = 'container-infra 1.1';
const AT_1_2 = 'container-infra 1.2';
const AT_1_3 = 'container-infra 1.3';
const AT_1_10 = 'container-infra 1.10';
const grow = [{ op: 'replace', path: '/node_count', value: 2 }];

describe('/v1/bays', () => {
  let api: ApiHarness;
  let model: string;
  beforeEach(async () => {
    api = await ApiHarness.open();
    model = await api.givenBayModel();
  });
  afterEach(() => api.close());
  const call = (request: string, options: Call = {}) => api.call(request, { version: AT_1_10, ...options });
  const create = (fields: object, version: string) =>
    call('POST /v1/bays', { version, body: { name: 'b1', baymodel_id: model, ...fields } });
  const resized = () => api.services.sent.filter(({ pattern }) => pattern === 'scheduler.resize-bay').map(({ payload }) => payload);
  const linksTo = (id: string) => [
    { href: `http://localhost:80/v1/bays/${id}`, rel: 'self' }, { href: `http://localhost:80/bays/${id}`, rel: 'bookmark' },
  ];

  it('shows a cluster under its old names', async () => {
    const id = await api.givenBay(model, { node_count: 2, create_timeout: 5 });
    const bay = {
      uuid: id, name: 'c1', baymodel_id: model, node_count: 2, master_count: 1, docker_volume_size: 5, labels: { tier: 'test' },
      master_flavor_id: 'm1.small', flavor_id: 'm1.small', bay_create_timeout: 5, links: linksTo(id), stack_id: null,
      status: 'CREATE_IN_PROGRESS', status_reason: null, discovery_url: null, api_address: null, coe_version: null,
      container_version: null, node_addresses: [], master_addresses: [], fixed_network: null, fixed_subnet: null,
      floating_ip_enabled: true, master_lb_enabled: false, created_at: '2026-01-31T12:00:00+00:00', updated_at: null,
    };
    const summary = {
      uuid: id, name: 'c1', baymodel_id: model, node_count: 2, master_count: 1, bay_create_timeout: 5, links: linksTo(id),
      stack_id: null, status: 'CREATE_IN_PROGRESS',
    };
    expect((await call(`GET /v1/bays/${id}`)).text).toBe(JSON.stringify(bay));
    expect((await call('GET /bays/c1')).body).toEqual(bay);
    expect((await call('GET /v1/bays/detail')).body).toEqual({ bays: [bay] });
    expect((await call('GET /v1/bays?limit=1')).text).toBe(JSON.stringify({
      bays: [summary], next: `http://localhost:80/v1/bays?sort_key=id&sort_dir=asc&limit=1&marker=${id}`,
    }));
  });

  it('says what failed, of one bay and only after a failure', async () => {
    const id = await api.givenBay(model);
    const { operationId } = (await api.readModel.get<{ id: string; operationId: string }>('bays', id))!;
    await api.services.tell(id, { type: 'FailOperation', data: { operationId, reason: 'no room' } });
    const { body } = await call(`GET /v1/bays/${id}`);
    expect(body).toMatchObject({ status: 'CREATE_FAILED', bay_faults: { 'default-master': 'no room', 'default-worker': 'no room' } });
    expect(Object.keys(body).slice(-3)).toEqual(['bay_faults', 'created_at', 'updated_at']);
    expect((await call('GET /v1/bays/detail')).body.bays[0]).not.toHaveProperty('bay_faults');
  });

  it('in 1.1 makes one with 201, the whole bay and where it is', async () => {
    const answer = await create({ node_count: 2, bay_create_timeout: 7 }, AT_1_1);
    const { uuid } = answer.body;
    expect(answer).toMatchObject({
      status: 201, headers: { location: `http://localhost:80/v1/bays/${uuid}`, 'operation-id': expect.any(String) },
      body: { name: 'b1', baymodel_id: model, node_count: 2, bay_create_timeout: 7, status: 'CREATE_IN_PROGRESS', links: linksTo(uuid) },
    });
    expect((await call(`GET /v1/clusters/${uuid}`)).body).toMatchObject({
      uuid, cluster_template_id: model, create_timeout: 7, keypair: 'testkey',
    });
  });

  it.each([AT_1_2, AT_1_10])('in %s makes one with 202 and its id', async (version) => {
    const answer = await create({ name: null }, version);
    expect([answer.status, Object.keys(answer.body)]).toEqual([202, ['uuid']]);
    expect((await call(`GET /v1/bays/${answer.body.uuid}`)).body).toMatchObject({
      name: expect.stringMatching(/^[a-z]+-\d{1,2}-bay$/), bay_create_timeout: 60,
    });
  });

  it.each([
    [AT_1_1, 200, '', expect.objectContaining({ baymodel_id: expect.any(String) })],
    [AT_1_2, 202, '', { uuid: expect.any(String) }],
    [AT_1_3, 202, '?rollback=True', { uuid: expect.any(String) }],
    [AT_1_10, 202, '/?rollback=False', { uuid: expect.any(String) }],
  ])('in %s resizes with %i', async (version, status, query, body) => {
    const id = await api.givenBay(model);
    const answer = await call(`PATCH /v1/bays/${id}${query}`, { version, body: grow });
    expect(answer).toMatchObject({ status, body });
    expect(resized()).toEqual([{ bayId: id, nodeGroup: 'default-worker', nodeCount: 2, nodesToRemove: [] }]);
  });

  it.each([AT_1_1, AT_1_2])('in %s knows no rollback', async (version) => {
    const id = await api.givenBay(model);
    expect(errorOf(await call(`PATCH /v1/bays/${id}?rollback=True`, { version, body: grow })).detail).toBe('Unknown argument: "rollback"');
  });

  it.each([
    [[{ op: 'remove', path: '/node_count' }], [1]],
    [[{ op: 'replace', path: '/name', value: 'c1' }], []],
    [[{ op: 'replace', path: '/bay_create_timeout', value: 60 }], []],
    [[], []],
  ])('takes the patch %j, which resizes to %j', async (body, sizes) => {
    const id = await api.givenBay(model);
    expect((await call(`PATCH /v1/bays/${id}`, { body })).status).toBe(202);
    expect(resized()).toEqual(sizes.map((nodeCount) => expect.objectContaining({ nodeCount })));
  });

  it.each([
    [[{ op: 'replace', path: '/name', value: 'b2' }, { op: 'replace', path: '/baymodel_id', value: 'x' }],
      'cannot change bay property(ies) name, baymodel_id.'],
    [[{ op: 'replace', path: '/cluster_template_id', value: 'x' }], "can't replace a non-existent object 'cluster_template_id'"],
    [[{ op: 'remove', path: '/baymodel_id' }], "'/baymodel_id' is a mandatory attribute and can not be removed"],
    [[{ op: 'replace', path: '/stack_id', value: 'x' }], "'/stack_id' is an internal attribute and can not be updated"],
    [[{ op: 'replace', path: '/node_count', value: 0 }],
      "Invalid input for field/attribute node_count. Value: '0'. Value should be greater or equal to 1"],
    [[{ op: 'replace', path: '/node_count', value: '3' }], "'<' not supported between instances of 'str' and 'int'"],
  ])('refuses the patch %j', async (body, words) => {
    const id = await api.givenBay(model);
    const { status, detail } = errorOf(await call(`PATCH /v1/bays/${id}`, { body }));
    expect(status).toBe(400);
    expect(detail).toContain(words);
    expect(resized()).toEqual([]);
  });

  it('takes a patch of a bay that was made without nodes', async () => {
    const id = await api.givenBay(model, { node_count: 0 });
    expect((await call(`PATCH /v1/bays/${id}`, { body: grow })).status).toBe(202);
    expect((await call(`PATCH /v1/bays/${id}`, { body: [] })).status).toBe(202);
  });

  it.each([AT_1_1, AT_1_2, AT_1_10])('in %s deletes with 204, and the cluster goes', async (version) => {
    const id = await api.givenBay(model);
    const answer = await call(`DELETE /v1/bays/${id}`, { version });
    expect([answer.status, answer.text]).toEqual([204, '']);
    expect((await call(`GET /v1/clusters/${id}`)).body.status).toBe('DELETE_IN_PROGRESS');
  });

  it.each<[string, string, unknown, number, string]>([
    ['an unknown bay model', 'POST /v1/bays', { baymodel_id: 'nope' }, 400, 'ClusterTemplate nope could not be found.'],
    ['no bay model', 'POST /v1/bays', {}, 400, "Invalid input for field/attribute baymodel_id. Value: 'None'. Mandatory field missing."],
    ['null for a bay model', 'POST /v1/bays', { baymodel_id: null }, 400,
      "Invalid input for field/attribute baymodel_id. Value: 'None'. Mandatory field missing."],
    ['the new name of a field', 'POST /v1/bays', { cluster_template_id: 'x', baymodel_id: 'x' }, 400,
      'Unknown attribute for argument bay: cluster_template_id'],
    ['a key pair', 'POST /v1/bays', { baymodel_id: 'x', keypair: 'testkey' }, 400, 'Unknown attribute for argument bay: keypair'],
    ['no nodes', 'POST /v1/bays', { baymodel_id: 'x', node_count: 0 }, 400,
      "Invalid input for field/attribute node_count. Value: '0'. Value should be greater or equal to 1"],
    ['no body', 'POST /v1/bays', undefined, 400, 'Missing argument: "bay"'],
    ['a path to post to', 'POST /v1/bays/x', {}, 400, "Invalid input for field/attribute bay. Value: 'x'. unable to convert to Bay."],
    ['no bay to patch', 'PATCH /v1/bays', [], 400, 'Missing argument: "bay_ident"'],
    ['no bay to delete', 'DELETE /v1/bays', undefined, 400, 'Missing argument: "bay_ident"'],
    ['an unknown bay', 'GET /v1/bays/nope', undefined, 404, 'Cluster nope could not be found.'],
  ])('refuses %s', async (_what, request, body, status, detail) => {
    expect(errorOf(await call(request, { body }))).toMatchObject({ status, detail });
  });

  it('names its own rules where the policy stands in the way, and hides what is not the project\'s', async () => {
    const id = await api.givenBay(model);
    for (const [request, as, rule, body] of [
      ['GET /v1/bays', 'no-role', 'get_all'], ['GET /v1/bays/detail', 'no-role', 'detail'], [`GET /v1/bays/${id}`, 'no-role', 'get'],
      ['POST /v1/bays', 'reader', 'create', { baymodel_id: model }], [`PATCH /v1/bays/${id}`, 'reader', 'update', []],
      [`DELETE /v1/bays/${id}`, 'reader', 'delete'],
    ] as const) {
      expect(errorOf(await call(request, { as, body }))).toMatchObject({
        status: 403, detail: `Policy doesn't allow bay:${rule} to be performed.`,
      });
    }
    for (const method of ['GET', 'DELETE']) expect((await call(`${method} /v1/bays/${id}`, { as: 'stranger' })).status).toBe(404);
  });
});
