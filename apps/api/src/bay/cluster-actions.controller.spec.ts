import { DriverRegistry, templatesOf } from '@jeroboam/driver-sdk';
import type { BayDocument } from '@jeroboam/read-model';
import type { Requesters } from '../api-dependencies.ts';
import { ApiHarness, errorOf } from '../testing/api-harness.ts';
import { manifest } from '../testing/manifests.ts';

describe('POST /v1/clusters/{ident}/actions/resize', () => {
  let api: ApiHarness;
  let uuid: string;
  beforeAll(async () => {
    api = await ApiHarness.open();
    uuid = await api.givenCompleteBay(await api.givenBayModel(), { labels: { min_node_count: 1 } });
  });
  afterAll(() => api.close());
  const resize = (body: unknown, options: object = {}, ident = uuid) => api.call(
    `POST /v1/clusters/${ident}/actions/resize`, { body, ...options },
  );

  it('answers 202 with the id, and the bay shows what is wanted', async () => {
    const answer = await resize({ node_count: 3 }, { version: 'container-infra 1.7' });
    expect([answer.status, answer.body]).toEqual([202, { uuid }]);
    expect(answer.headers['location']).toBe(`/v1/operations/${String(answer.headers['operation-id'])}`);
    expect((await api.call('GET /v1/clusters/c1')).body).toMatchObject({ status: 'UPDATE_IN_PROGRESS', node_count: 3 });
    expect((await api.call(`GET ${String(answer.headers['location'])}`)).body).toMatchObject({
      kind: 'resize', nodegroup: 'default-worker', state: 'ACCEPTED',
    });
  });

  it('takes a node group by name or id, and the nodes that are to go', async () => {
    const [, worker] = (await api.readModel.get<{ id: string; nodeGroups: { nodeGroupId: string }[] }>('bays', uuid))!.nodeGroups;
    expect((await resize({ node_count: 2, nodegroup: worker!.nodeGroupId, nodes_to_remove: ['10.0.0.5'] })).status).toBe(202);
    expect(api.services.sent.at(-1)).toMatchObject({ payload: {
      bayId: uuid, nodeGroup: 'default-worker', nodeCount: 2, nodesToRemove: ['10.0.0.5'],
    } });
    expect((await resize({ node_count: 2, nodegroup: null, nodes_to_remove: null })).status).toBe(202);
  });

  it('to the size that is there already is 202 without an operation', async () => {
    await resize({ node_count: 4 });
    const answer = await resize({ node_count: 4 });
    expect([answer.status, answer.headers['operation-id']]).toEqual([202, undefined]);
  });

  it.each<[unknown, number, string]>([
    [{}, 400, "Invalid input for field/attribute node_count. Value: 'None'. Mandatory field missing."],
    [{ node_count: null }, 400, "Invalid input for field/attribute node_count. Value: 'None'. Mandatory field missing."],
    [{ node_count: -2 }, 400, "Invalid input for field/attribute node_count. Value: '-2'. Value should be greater or equal to 0"],
    [
      { node_count: 2, nodes_to_remove: 'x' }, 400,
      "Invalid input for field/attribute cluster_resize_req. Value: '{'node_count': 2, 'nodes_to_remove': 'x'}'. Value not a valid list: x",
    ],
    [
      { node_count: 2, nodegroup: '' }, 400,
      "Invalid input for field/attribute nodegroup. Value: ''. Value should have a minimum character requirement of 1",
    ],
    [{ node_count: 2, nodegroup: 'nope' }, 404, 'Nodegroup nope could not be found.'],
    [{ node_count: 3, nodegroup: 'default-master' }, 400, 'Resizing the master nodegroup is not supported by this driver.'],
    [{ node_count: 10 }, 400, 'A cluster with 11 nodes is not supported by driver swarm_test: there can be 10, masters included.'],
    [{ node_count: 2, bogus: 1 }, 400, 'Unknown attribute for argument cluster_resize_req: bogus'],
  ])('refuses %j with %i and sends nothing', async (body, status, detail) => {
    const before = api.services.sent.length;
    expect(errorOf(await resize(body))).toMatchObject({ status, code: 'client', detail });
    expect(api.services.sent).toHaveLength(before);
  });

  it('passes on what the scheduler refuses: bounds, and nodes of other groups', async () => {
    expect(errorOf(await resize({ node_count: 0 }))).toMatchObject({
      status: 400, detail: 'Resizing default-worker outside the allowed range: min_node_count = 1, max_node_count = None',
    });
    expect(errorOf(await resize({ node_count: 1, nodes_to_remove: ['10.0.0.4'] }))).toMatchObject({
      status: 400, detail: 'Nodes 10.0.0.4 are not in nodegroup default-worker.',
    });
  });

  it('to zero is there from 1.10 on', async () => {
    expect(errorOf(await resize({ node_count: 0 }, { version: 'container-infra 1.9' })).detail).toBe(
      'Resizing a nodegroup to zero is not supported in the provided microversion.',
    );
  });

  it('is for members of the project: here an administrator sees no other project', async () => {
    for (const [as, status] of [['colleague', 202], ['reader', 403], ['no-role', 403], ['stranger', 404], ['admin', 404]] as const) {
      expect([as, (await resize({ node_count: 2 }, { as })).status]).toEqual([as, status]);
    }
  });

  it('knows one verb only, and names it', async () => {
    const wrong = await api.call(`GET /v1/clusters/${uuid}/actions/resize`);
    expect(wrong).toMatchObject({ status: 405, headers: { allow: 'POST' } });
    expect(await api.call(`POST /v1/clusters/${uuid}/actions/bogus`)).toMatchObject({ status: 405 });
  });
});

describe('POST /v1/clusters/{ident}/actions/rotate_credential', () => {
  let api: ApiHarness;
  let uuid: string;
  /** Tokens that are kept, by operation. */
  const kept = new Map<string, string>();
  const requesters: Requesters = {
    hand: async (_bayId, operationId, token) => void kept.set(operationId, token),
    takeBack: async (_bayId, operationId) => void kept.delete(operationId),
  };
  beforeAll(async () => {
    api = await ApiHarness.open({}, { dependencies: { requesters } });
    uuid = await api.givenCompleteBay(await api.givenBayModel());
    const name = `jeroboam-${uuid}-volume-1`;
    await api.services.tell(uuid, { type: 'IntendCredential', data: { operationId: 'create', name, purpose: 'volume', mode: 'app_cred' } });
  });
  beforeEach(() => kept.clear());
  afterAll(() => api.close());
  const rotate = (body?: unknown, options: object = {}) => api.call(`POST /v1/clusters/${uuid}/actions/rotate_credential`, { ...(body !== undefined && { body }), ...options });
  const requested = async () => {
    const events = [];
    for await (const event of api.log.readStream(`bay-${uuid}`)) if (event.type === 'CredentialRotationRequested') events.push(event.data);
    return events;
  };

  it.each<[unknown, object]>([
    [undefined, {}],
    [{}, {}],
    [{ purposes: null, rebind_owner: false }, {}],
    [{ purposes: ['volume'] }, { purposes: ['volume'] }],
    [{ purposes: ['volume'], rebind_owner: true }, { purposes: ['volume'], rebindOwner: { roles: ['member'] } }],
  ])('answers %j with 202, the id and the operation, which says what it is about', async (body, rotation) => {
    const answer = await rotate(body, { as: 'member-only' });
    expect([answer.status, answer.body]).toEqual([202, { uuid }]);
    const operationId = String(answer.headers['operation-id']);
    expect(answer.headers['location']).toBe(`/v1/operations/${operationId}`);
    expect((await requested()).at(-1)).toEqual({ bayId: uuid, operationId, ...rotation });
    expect([...kept]).toEqual([[operationId, 'member-only']]);
  });

  it.each<[unknown, string]>([
    [{ purposes: [] }, "Invalid input for field/attribute purposes. Value: '[]'. Value should name at least one"],
    [{ purposes: ['volume', 'volume'] }, "Invalid input for field/attribute purposes. Value: '['volume', 'volume']'. Value should name each once"],
    [{ purposes: ['fun'] }, "Invalid input for field/attribute purposes. Value: '['fun']'. Value should be one of: control, network, volume, registry, certs"],
    [{ purposes: ['principal'] }, "Invalid input for field/attribute purposes. Value: '['principal']'. Value should be one of: control, network, volume, registry, certs"],
    [{ purposes: 'volume' }, "Invalid input for field/attribute purposes. Value: 'volume'. Value not a valid list: volume"],
    [{ rebind_owner: 'maybe' }, "Invalid input for field/attribute rebind_owner. Value: 'maybe'. Unrecognized value 'maybe', acceptable values are: '0', '1', 'f', 'false', 'n', 'no', 'off', 'on', 't', 'true', 'y', 'yes'"],
    [{ purpose: 'volume' }, 'Unknown attribute for argument rotate_credential_req: purpose'],
  ])('refuses %j and keeps nobody’s token', async (body, detail) => {
    const before = await requested();
    expect(errorOf(await rotate(body))).toMatchObject({ status: 400, code: 'client', detail });
    expect([await requested(), kept.size]).toEqual([before, 0]);
  });

  it('refuses a purpose that the bay has no credential for, and keeps no token', async () => {
    const before = await requested();
    const answer = await rotate({ purposes: ['volume', 'registry'] });
    expect(errorOf(answer)).toMatchObject({ status: 400, code: 'client', detail: `Cluster ${uuid} has no credential for registry.` });
    expect(answer.headers['x-jeroboam-error-code']).toBe('NO_CREDENTIAL_FOR_PURPOSE');
    expect([await requested(), kept.size]).toEqual([before, 0]);
  });

  it('asked for again under the same key is the same operation', async () => {
    const again = () => rotate({ purposes: ['volume'] }, { headers: { 'idempotency-key': 'rotate-once' } });
    const [first, second] = [await again(), await again()];
    expect([second.status, second.headers['operation-id']]).toEqual([202, first.headers['operation-id']]);
  });

  it('is there in every version, for whoever may rotate credentials, and shows other projects nothing', async () => {
    expect((await rotate({}, { version: 'container-infra 1.1' })).status).toBe(202);
    for (const [as, status] of [['colleague', 202], ['reader', 403], ['stranger', 404], ['admin', 404]] as const) expect([as, (await rotate({}, { as })).status]).toEqual([as, status]);
    expect(await api.call(`GET /v1/clusters/${uuid}/actions/rotate_credential`)).toMatchObject({ status: 405, headers: { allow: 'POST' } });
  });
});

describe('POST /v1/clusters/{ident}/actions/upgrade_template', () => {
  const template = (version: string, more: object = {}) => ({ version, files: { 'bay.yaml': version }, parameters: {}, outputs: {}, ...more });
  const { capabilities } = manifest();
  const versions = [
    manifest({ ...templatesOf(template('1.0.0'), template('1.2.0', { reversibleTo: '1.0.0' })) }),
    manifest({ version: '1.3.0', state: 'beta', ...templatesOf(template('1.0.0'), template('1.2.0', { reversibleTo: '1.0.0' }), template('1.3.0')) }),
    manifest({ version: '1.4.0', state: 'beta', ...templatesOf(template('1.4.0')), capabilities: { ...capabilities, operations: ['upgrade'] } }),
    manifest({ version: '1.5.0', state: 'retired', ...templatesOf(template('1.5.0')) }),
    manifest({ version: '2.0.0', state: 'beta', ...templatesOf(template('2.0.0')) }),
  ];
  let api: ApiHarness;
  let uuid: string;
  beforeAll(async () => {
    api = await ApiHarness.open({}, { dependencies: { drivers: new DriverRegistry(versions) } });
    uuid = await api.givenCompleteBay(await api.givenBayModel());
  });
  afterAll(() => api.close());
  const upgrade = (version: unknown, options: object = {}) => api.call(`POST /v1/clusters/${uuid}/actions/upgrade_template`, { body: { template_version: version }, ...options });
  const sentTo = () => (api.services.sent.at(-1)!.payload as { to: object }).to;
  const done = async () => {
    const { operationId } = (await api.readModel.get<{ id: string; operationId: string }>('bays', uuid))!;
    await api.services.tell(uuid, { type: 'CompleteOperation', data: { operationId, outputs: {} } });
  };

  it.each<[string, unknown, number, string]>([
    ['nothing', undefined, 400, "Invalid input for field/attribute template_version. Value: 'None'. Mandatory field missing."],
    ['no version', 'newest', 400, "Invalid input for field/attribute template_version. Value: 'newest'. It must be a semantic version, such as 1.2.0."],
    ['the one it has', '1.2.0', 409, 'The cluster cannot go to template 1.2.0: it has that one.'],
    ['one that nobody has', '1.9.9', 409, 'The cluster cannot go to template 1.9.9: driver swarm_test 1.x has templates 1.0.0, 1.2.0, 1.3.0, 1.4.0.'],
    ['one of a version that cannot do it', '1.4.0', 409, 'The cluster cannot go to template 1.4.0: driver swarm_test 1.x has templates 1.0.0, 1.2.0, 1.3.0, 1.4.0.'],
    ['one of a retired version', '1.5.0', 409, 'The cluster cannot go to template 1.5.0: driver swarm_test 1.x has templates 1.0.0, 1.2.0, 1.3.0, 1.4.0.'],
    ['another major version', '2.0.0', 409, 'The cluster cannot go to template 2.0.0: from 1.2.0 that is another major version.'],
    ['an older one without a way back', '1.1.0', 409, 'The cluster cannot go to template 1.1.0: there is no way back from 1.2.0.'],
  ])('refuses %s', async (_what, version, status, detail) => {
    expect(errorOf(await upgrade(version))).toMatchObject({ status, detail });
  });

  it('leads model, image and labels as they are to the newest version of the driver that has the template', async () => {
    const { body: before } = await api.call(`GET /v1/clusters/${uuid}`);
    const answer = await upgrade('1.3.0');
    expect([answer.status, answer.body]).toEqual([202, { uuid }]);
    expect(answer.headers).toMatchObject({ 'operation-id': expect.any(String), location: expect.stringContaining('/v1/operations/') });
    const { bayModelId, imageId, driver } = (await api.readModel.get<BayDocument>('bays', uuid))!.spec;
    expect(sentTo()).toMatchObject({
      bayModelId, imageId, labels: {},
      driver: { name: 'swarm_test', version: '1.3.0', templateVersion: '1.3.0', resolvedBy: driver.resolvedBy, templateDigest: versions[1]!.bundles!.at(-1)!.digest },
    });
    expect(errorOf(await upgrade('1.2.0'))).toMatchObject({ status: 409 });
    await done();
    expect((await api.call(`GET /v1/clusters/${uuid}`)).body).toMatchObject({ status: 'UPDATE_COMPLETE', labels: before.labels, cluster_template_id: before.cluster_template_id });
    expect((await api.readModel.get<BayDocument>('bays', uuid))!.spec.driver).toMatchObject({ version: '1.3.0', templateVersion: '1.3.0' });
  });

  it('goes back where the present template says so, and nowhere else', async () => {
    expect(errorOf(await upgrade('1.2.0'))).toMatchObject({ status: 409, detail: 'The cluster cannot go to template 1.2.0: there is no way back from 1.3.0.' });
    uuid = await api.givenCompleteBay(await api.givenBayModel({ name: 'other' }), { name: 'c2' });
    expect((await upgrade('1.0.0')).status).toBe(202);
    expect(sentTo()).toMatchObject({ driver: { version: '1.3.0', templateVersion: '1.0.0' } });
  });

  it('refuses what the driver of the bay cannot do, and takes no other verb', async () => {
    const unable = await ApiHarness.open({}, { dependencies: { drivers: new DriverRegistry([manifest({ capabilities: { ...capabilities, operations: ['resize'] } })]) } });
    const bay = await unable.givenCompleteBay(await unable.givenBayModel());
    expect(errorOf(await unable.call(`POST /v1/clusters/${bay}/actions/upgrade_template`, { body: { template_version: '1.11.0' } }))).toMatchObject(
      { status: 400, detail: 'Moving a cluster to another template is not supported by this driver.' });
    expect(await unable.call(`GET /v1/clusters/${bay}/actions/upgrade_template`)).toMatchObject({ status: 405, headers: { allow: 'POST' } });
    await unable.close();
  });
});

describe('POST /v1/clusters/{ident}/actions/upgrade', () => {
  let api: ApiHarness;
  let uuid: string;
  let next: string;
  beforeAll(async () => {
    api = await ApiHarness.open();
    uuid = await api.givenCompleteBay(await api.givenBayModel());
    next = await api.givenBayModel({ name: 'next', labels: { kube_tag: 'v2' } });
  });
  afterAll(() => api.close());
  const upgrade = (body: unknown, options: object = {}) => api.call(`POST /v1/clusters/${uuid}/actions/upgrade`, { body, ...options });

  it.each<[string, unknown, number, string]>([
    ['1.6', { cluster_template: 'next' }, 406, 'Version 1.6 was requested but the requested API upgrade is not supported for this version.'],
    ['1.7', { cluster_template: 'next' }, 400, 'Cluster upgrade is not supported in the provided microversion.'],
    ['1.8', {}, 400, "Invalid input for field/attribute cluster_template. Value: 'None'. Mandatory field missing."],
    ['1.8', { cluster_template: 'nope' }, 404, 'ClusterTemplate nope could not be found.'],
    ['1.8', { cluster_template: 'next', nodegroup: 'nope' }, 404, 'Nodegroup nope could not be found.'],
    [
      '1.8', { cluster_template: 'next', max_batch_size: 0 }, 400,
      "Invalid input for field/attribute max_batch_size. Value: '0'. Value should be greater or equal to 1",
    ],
  ])('refuses in version %s: %j', async (version, body, status, detail) => {
    expect(errorOf(await upgrade(body, { version: `container-infra ${version}` }))).toMatchObject({ status, detail });
  });

  it('leads the default groups to the template, and refuses a second one meanwhile', async () => {
    const answer = await upgrade({ cluster_template: 'next', max_batch_size: 2, nodegroup: 'default-worker' });
    expect([answer.status, answer.body]).toEqual([202, { uuid }]);
    expect(api.services.sent.at(-1)).toMatchObject({ payload: {
      nodeGroup: null, maxBatchSize: 2, to: { bayModelId: next, imageId: 'fedora-coreos-38', labels: { kube_tag: 'v2' }, driver: { name: 'swarm_test', version: '1.2.0' } },
    } });
    expect((await api.call(`GET /v1/clusters/${uuid}`)).body).toMatchObject({ status: 'UPDATE_IN_PROGRESS', cluster_template_id: expect.not.stringContaining(next) });
    expect(errorOf(await upgrade({ cluster_template: 'next' }))).toMatchObject(
      { status: 400, detail: 'Upgrading a cluster when status is "UPDATE_IN_PROGRESS" is not supported.' });
  });

  it('shows the template when it is done', async () => {
    const { operationId } = (await api.readModel.get<{ id: string; operationId: string }>('bays', uuid))!;
    await api.services.tell(uuid, { type: 'CompleteOperation', data: { operationId, outputs: {} } });
    expect((await api.call(`GET /v1/clusters/${uuid}`)).body).toMatchObject({ status: 'UPDATE_COMPLETE', cluster_template_id: next, labels: { kube_tag: 'v2' } });
  });
});
