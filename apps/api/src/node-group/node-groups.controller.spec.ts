import { ApiHarness, errorOf } from '../testing/api-harness.ts';

const LATEST = 'container-infra latest';

describe('/v1/clusters/{cluster}/nodegroups', () => {
  let api: ApiHarness;
  let bay: string;
  beforeAll(async () => {
    api = await ApiHarness.open();
    bay = await api.givenCompleteBay(await api.givenBayModel());
  });
  afterAll(() => api.close());
  const call = (verb: string, rest = '', options: object = {}) => api.call(`${verb} /v1/clusters/${bay}/nodegroups${rest}`, { version: LATEST, ...options });
  const create = (body: object, options: object = {}) => call('POST', '', { body, ...options });
  const finish = async () => {
    const { operationId } = (await api.readModel.get<{ id: string; operationId: string }>('bays', bay))!;
    await api.services.tell(bay, { type: 'CompleteOperation', data: { operationId, outputs: {} } });
  };
  const join = async (name: string) => {
    const { operationId } = (await api.readModel.get<{ id: string; operationId: string }>('bays', bay))!;
    await api.services.tell(bay, { type: 'ObserveBay', data: { operationId, joined: [{ name, nodeGroup: name.slice(0, -2), address: '10.0.0.9' }], removed: [] } });
  };

  it('lists the two every bay is born with', async () => {
    const { status, body } = await call('GET', '/');
    expect(status).toBe(200);
    expect(body.nodegroups).toEqual(['default-master', 'default-worker'].map((name, index) => ({
      uuid: expect.any(String), name, flavor_id: 'm1.small', image_id: 'fedora-coreos-38', node_count: index + 1, role: name.slice(8), min_node_count: 0,
      max_node_count: null, is_default: true, stack_id: 'stack-1', status: 'CREATE_COMPLETE', merge_labels: false,
    })));
  });

  it.each([
    ['GET', ''], ['GET', '/default-worker'], ['POST', ''], ['PATCH', '/default-worker'], ['DELETE', '/default-worker'],
  ])('%s %s is unknown before 1.9', async (verb, rest) => {
    const answer = await call(verb, rest, { version: 'container-infra 1.8', ...(verb === 'GET' || verb === 'DELETE' ? {} : { body: {} }) });
    expect(errorOf(answer)).toMatchObject({ status: 406, detail: 'Version 1.8 was requested but the requested API get_one is not supported for this version.' });
  });

  it('lists by role, and in pages that name the next', async () => {
    expect((await call('GET', '/?role=worker')).body.nodegroups.map(({ name }: { name: string }) => name)).toEqual(['default-worker']);
    const first = (await call('GET', '?limit=1&sort_key=name&sort_dir=desc')).body;
    expect(first.nodegroups.map(({ name }: { name: string }) => name)).toEqual(['default-worker']);
    expect(first.next).toContain(`/v1/clusters/${bay}/nodegroups?sort_key=name&sort_dir=desc&limit=1&marker=${first.nodegroups[0].uuid}`);
    const second = (await api.call(`GET ${new URL(first.next).pathname}${new URL(first.next).search}`, { version: LATEST })).body;
    expect(second.nodegroups.map(({ name }: { name: string }) => name)).toEqual(['default-master']);
    expect(errorOf(await call('GET', '?sort_key=bogus')).detail).toBe('The sort_key value "bogus" is an invalid field for sorting');
    expect(errorOf(await call('GET', '?marker=5f3f4c1e-7a47-4ed7-9b43-6ab34e88b0b3')).detail).toBe('Nodegroup 5f3f4c1e-7a47-4ed7-9b43-6ab34e88b0b3 could not be found.');
  });

  it('shows one by name, id and number', async () => {
    const { body } = await call('GET', '/default-worker');
    expect(Object.keys(body)).toEqual([
      'id', 'uuid', 'name', 'cluster_id', 'project_id', 'docker_volume_size', 'labels', 'links', 'flavor_id', 'image_id', 'node_addresses', 'node_count',
      'role', 'min_node_count', 'max_node_count', 'is_default', 'stack_id', 'status', 'status_reason', 'version', 'merge_labels', 'labels_overridden',
      'labels_added', 'labels_skipped', 'node_labels', 'node_taints', 'created_at', 'updated_at',
    ]);
    expect(body).toMatchObject({ cluster_id: bay, node_addresses: ['10.0.0.5', '10.0.0.6'], node_labels: {}, node_taints: [] });
    for (const ident of [body.uuid, body.id]) expect((await call('GET', `/${ident}`)).body).toEqual(body);
    for (const ident of ['nope', 'detail', '0', body.uuid.toUpperCase()]) expect((await call('GET', `/${ident}`)).status).toBe(404);
  });

  it.each<[object, number, string]>([
    [{}, 400, "Invalid input for field/attribute name. Value: 'None'. Mandatory field missing."],
    [{ name: null }, 400, "Invalid input for field/attribute name. Value: 'None'. Mandatory field missing."],
    [{ name: 'x', project_id: 'p' }, 400, "Invalid input for field/attribute project_id. Value: 'p'. Cannot set read only field."],
    [{ name: 'x', cluster_id: 'nope' }, 400, 'Expected a uuid but received nope.'],
    [{ name: 'default-worker' }, 409, 'A node group with name default-worker already exists in the cluster c1.'],
    [{ name: 'c', node_count: 3, max_node_count: 2 }, 409, 'max_node_count for c is invalid (node_count (3) should be less or equal to max_node_count (2)).'],
    [{ name: 'c', min_node_count: 3, max_node_count: 2 }, 409, 'max_node_count for c is invalid (min_node_count (3) should be less or equal to max_node_count (2)).'],
    [{ name: 'c', min_node_count: 3 }, 409, 'min_node_count for c is invalid (min_node_count (3) should be less or equal to node_count (1)).'],
    [{ name: 'c', role: 'master' }, 400, 'Creating master nodegroups is currently not supported.'],
    [{ name: 'c', flavor_id: 'nope' }, 400, 'Unable to find flavor nope.'],
    [{ name: 'c', node_count: 9 }, 400, 'A cluster with 12 nodes is not supported by driver swarm_test: there can be 10, masters included.'],
    [{ name: 'c', node_labels: { a: 'b' } }, 409, 'node_labels for c is invalid (nodes of swarm-mode have none).'],
    [{ name: 'c', node_taints: [{ key: 'a', effect: 'NoExecute' }] }, 409, 'node_taints for c is invalid (nodes of swarm-mode have none).'],
    [{ name: 'c', bogus: 1 }, 400, 'Unknown attribute for argument nodegroup: bogus'],
  ])('refuses %j and writes nothing', async (body, status, detail) => {
    const head = await api.log.head();
    expect(errorOf(await create(body))).toMatchObject({ status, detail });
    expect(await api.log.head()).toBe(head);
  });

  it('is made with what the bay has where nothing else is asked for', async () => {
    const answer = await create({ name: 'ng1', flavor_id: 'm1.small', role: 'ingress', max_node_count: 3, merge_labels: true, labels: { a: 'b' }, is_default: true });
    expect(answer.status).toBe(202);
    expect(answer.headers['location']).toBe(`/v1/operations/${String(answer.headers['operation-id'])}`);
    expect(Object.keys(answer.body)).toEqual([
      'uuid', 'name', 'cluster_id', 'project_id', 'labels', 'links', 'flavor_id', 'image_id', 'node_count', 'role', 'min_node_count', 'max_node_count',
      'merge_labels', 'labels_overridden', 'labels_added', 'labels_skipped',
    ]);
    expect(answer.body).toMatchObject({ labels: { tier: 'test', a: 'b' }, labels_added: { a: 'b' }, image_id: 'fedora-coreos-38', node_count: 1 });
    expect((await call('GET', '/ng1')).body).toMatchObject({ status: 'CREATE_IN_PROGRESS', is_default: false });
    expect((await api.call(`GET /v1/clusters/${bay}`)).body).toMatchObject({ status: 'UPDATE_IN_PROGRESS', node_count: 3 });
    expect((await api.call(`GET ${String(answer.headers['location'])}`)).body).toMatchObject({ kind: 'create-node-group', nodegroup: 'ng1' });
  });

  it('is complete with its nodes', async () => {
    await join('ng1-0');
    await finish();
    expect((await call('GET', '/ng1')).body).toMatchObject({ status: 'CREATE_COMPLETE', node_addresses: ['10.0.0.9'] });
    expect((await api.call(`GET /v1/clusters/${bay}`)).body).toMatchObject({ status: 'UPDATE_COMPLETE', node_addresses: ['10.0.0.5', '10.0.0.6', '10.0.0.9'] });
  });

  it('shows in answer to a patch what is asked for, in the state of before', async () => {
    const answer = await call('PATCH', '/ng1', { body: [{ op: 'replace', path: '/max_node_count', value: 4 }, { op: 'replace', path: '/min_node_count', value: 1 }] });
    expect([answer.status, answer.body]).toMatchObject([202, { max_node_count: 4, min_node_count: 1, status: 'CREATE_COMPLETE' }]);
    expect((await call('GET', '/ng1')).body).toMatchObject({ max_node_count: 4, min_node_count: 1, status: 'UPDATE_IN_PROGRESS' });
    await finish();
    await call('PATCH', '/ng1', { body: [{ op: 'remove', path: '/max_node_count' }, { op: 'remove', path: '/min_node_count' }] });
    expect((await call('GET', '/ng1')).body).toMatchObject({ max_node_count: null, min_node_count: 0 });
    await finish();
    expect((await call('PATCH', '/ng1', { body: [] })).status).toBe(202);
    expect((await call('GET', '/ng1')).body.status).toBe('UPDATE_COMPLETE');
  });

  it.each<[object[], number, string]>([
    [[{ op: 'replace', path: '/node_count', value: 2 }], 400, "'/node_count' is an internal attribute and can not be updated"],
    [[{ op: 'replace', path: '/min_node_count', value: 2 }], 409, 'min_node_count for ng1 is invalid (min_node_count (2) should be less or equal to node_count (1)).'],
    [[{ op: 'replace', path: '/min_node_count', value: '1' }], 400, "Invalid input for field/attribute min_node_count. Value: '1'. '<' not supported between instances of 'str' and 'int'"],
    [[{ op: 'add', path: '/bogus', value: '1' }], 400, 'Adding a new attribute /bogus to the root of the resource is not allowed.'],
    [[{ op: 'replace', path: '/node_labels', value: "{'a': 'b'}" }], 409, 'node_labels for ng1 is invalid (nodes of swarm-mode have none).'],
  ])('refuses the patch %j', async (body, status, detail) => {
    expect(errorOf(await call('PATCH', '/ng1', { body }))).toMatchObject({ status, detail });
  });

  it('can be resized', async () => {
    const answer = await api.call(`POST /v1/clusters/${bay}/actions/resize`, { version: LATEST, body: { node_count: 0, nodegroup: 'ng1' } });
    expect(answer.status).toBe(202);
    expect((await call('GET', '/ng1')).body).toMatchObject({ node_count: 0, status: 'UPDATE_IN_PROGRESS' });
  });

  it('is deleted, but not a default one', async () => {
    expect(errorOf(await call('DELETE', '/default-worker'))).toMatchObject({ status: 400, detail: 'Deleting a default nodegroup is not supported.' });
    expect((await call('DELETE', '/ng1')).status).toBe(204);
    expect((await call('GET', '/ng1')).body.status).toBe('DELETE_IN_PROGRESS');
    expect((await call('DELETE', '/ng1')).status).toBe(204);
    const { operationId } = (await api.readModel.get<{ id: string; operationId: string }>('bays', bay))!;
    await api.services.tell(bay, { type: 'ObserveBay', data: { operationId, joined: [], removed: ['ng1-0'] } });
    await finish();
    expect((await call('GET', '/ng1')).status).toBe(404);
    expect((await api.call(`GET /v1/clusters/${bay}`)).body).toMatchObject({ status: 'UPDATE_COMPLETE', node_count: 2 });
  });

  it('of another project is seen by administrators and changed by none', async () => {
    expect((await call('GET', '', { as: 'admin' })).status).toBe(200);
    expect((await create({ name: 'x' }, { as: 'admin' })).status).toBe(404);
    expect((await call('PATCH', '/default-worker', { as: 'admin', body: [] })).status).toBe(404);
    expect((await call('DELETE', '/default-worker', { as: 'admin' })).status).toBe(404);
  });

  it('waits for the API of its bay', async () => {
    const unborn = await api.givenBay(await api.givenBayModel({ name: 'other' }), { name: 'unborn' });
    const answer = await api.call(`POST /v1/clusters/${unborn}/nodegroups`, { version: LATEST, body: { name: 'default-worker' } });
    expect(errorOf(answer)).toMatchObject({ status: 409, detail: 'Cluster API address is not available yet' });
  });
});
