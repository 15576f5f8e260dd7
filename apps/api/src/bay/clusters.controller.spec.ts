import { ApiHarness, errorOf } from '../testing/api-harness.ts';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

describe('/v1/clusters', () => {
  let api: ApiHarness;
  let model: string;
  beforeEach(async () => {
    api = await ApiHarness.open();
    model = await api.givenBayModel();
    api.services.sent.length = 0;
  });
  afterEach(() => api.close());
  const create = (fields: object = {}, options: object = {}) => api.call('POST /v1/clusters', {
    body: { name: 'c1', cluster_template_id: model, ...fields }, ...options,
  });
  const names = async (request: string, as = 'member'): Promise<string[]> => (await api.call(request, { as })).body.clusters.map(
    ({ name }: { name: string }) => name,
  );

  describe('POST', () => {
    it('answers 202 with the id alone, and says where to watch', async () => {
      const answer = await create({}, { version: 'container-infra 1.1' });
      const operationId = answer.headers['operation-id'];
      expect(answer.text).toBe(`{"uuid":"${answer.body.uuid}"}`);
      expect(answer).toMatchObject({ status: 202, headers: { location: `/v1/operations/${String(operationId)}` } });
      expect(operationId).toMatch(UUID);
      expect((await api.call(`GET /v1/operations/${String(operationId)}`)).body).toMatchObject({
        kind: 'create', cluster_uuid: answer.body.uuid, state: 'ACCEPTED',
      });
    });

    it('can be read at once, also on another replica: the answer waits for the read side', async () => {
      const { body: { uuid } } = await create({ node_count: 2 });
      expect((await api.call(`GET /v1/clusters/${uuid}`)).body).toMatchObject({
        status: 'CREATE_IN_PROGRESS', node_count: 2, master_count: 1,
      });
    });

    it('sends one command with all that was resolved', async () => {
      const { body: { uuid } } = await create({
        node_count: 2, create_timeout: 30, labels: { min_node_count: 1 }, floating_ip_enabled: 'off',
      });
      expect(api.services.sent).toEqual([{
        pattern: 'scheduler.create-bay',
        payload: {
          spec: {
            bayId: uuid, name: 'c1', projectId: 'p1', userId: 'u1', bayModelId: model, coe: 'swarm-mode', serverType: 'vm',
            os: 'fedora-coreos',
            driver: { name: 'swarm_test', version: '1.2.0', templateVersion: '1.10.0', resolvedBy: 'only-match', driverDigest: expect.stringMatching(/^[0-9a-f]{64}$/) },
            keypair: 'testkey', labels: { min_node_count: '1' }, flavorId: 'm1.small', masterFlavorId: 'm1.small',
            imageId: 'fedora-coreos-38',
            dockerVolumeSize: 5, dockerStorageDriver: null, volumeDriver: null, networkDriver: 'docker', externalNetworkId: 'public',
            fixedNetwork: null,
            fixedSubnet: null, dnsNameserver: null, floatingIpEnabled: false, masterLbEnabled: false, tlsDisabled: false,
            discoveryUrl: null, createTimeoutMinutes: 30,
          },
          nodeGroups: [
            expect.objectContaining({
              name: 'default-master', role: 'master', nodeCount: 1, isDefault: true, nodeGroupId: expect.stringMatching(UUID),
            }),
            expect.objectContaining({
              name: 'default-worker', role: 'worker', nodeCount: 2, minNodeCount: 1, maxNodeCount: null, labels: { min_node_count: '1' },
            }),
          ],
        },
        context: expect.objectContaining({ actor: { userId: 'u1', projectId: 'p1', roles: ['member', 'reader'] } }),
      }]);
    });

    it.each<[string, object, object]>([
      ['absent labels are the template\'s', {}, { tier: 'test' }],
      ['null labels are the template\'s', { labels: null }, { tier: 'test' }],
      ['no labels are the template\'s', { labels: {} }, { tier: 'test' }],
      ['labels replace the template\'s', { labels: { a: 1 } }, { a: '1' }],
      ['merged labels lie over the template\'s', { labels: { a: true }, merge_labels: 'true' }, { tier: 'test', a: 'True' }],
    ])('%s', async (_rule, fields, labels) => {
      const { body: { uuid } } = await create(fields);
      expect((await api.call(`GET /v1/clusters/${uuid}`)).body.labels).toEqual(labels);
    });

    it('records which of the four steps chose the driver', async () => {
      const resolvedBy = async (fields: object) => {
        await create({ cluster_template_id: await api.givenBayModel({ name: 'x', ...fields }) });
        return (api.services.sent.at(-1)!.payload as { spec: { driver: object } }).spec.driver;
      };
      expect(await resolvedBy({})).toMatchObject({ name: 'swarm_test', resolvedBy: 'only-match' });
      expect(await resolvedBy({ driver: 'other_driver' })).toMatchObject({ name: 'other_driver', resolvedBy: 'request' });
      expect(await resolvedBy({ image_id: 'special' })).toMatchObject({ name: 'other_driver', resolvedBy: 'image' });
    });

    it('takes what Magnum takes: names of templates, numbers in texts, ignored fields, an absent name', async () => {
      const answer = await create({
        name: null, cluster_template_id: 'swarm', node_count: '2', uuid: '5F856789-0ABC-4DEF-8123-456789ABCDEF', status: 'CREATE_FAILED', faults: {}, create_timeout: null,
      });
      const { body } = await api.call(`GET /v1/clusters/${answer.body.uuid}`);
      expect(body.name).toMatch(/^[a-z]+-\d{1,2}-cluster$/);
      expect(body).toMatchObject({ node_count: 2, status: 'CREATE_IN_PROGRESS', create_timeout: null });
    });

    it('makes the same bay once for the same Idempotency-Key', async () => {
      const key = { headers: { 'idempotency-key': 'one' } };
      const [first, again] = [await create({}, key), await create({}, key)];
      expect([again.status, again.body, again.headers['operation-id']]).toEqual([202, first.body, first.headers['operation-id']]);
      expect(await names('GET /v1/clusters')).toEqual(['c1']);
      expect((await create({}, { headers: { 'idempotency-key': 'two' } })).body.uuid).not.toBe(first.body.uuid);
      expect((await create({}, { headers: { 'idempotency-key': 'x'.repeat(256) } })).status).toBe(400);
    });

    it('is refused with 403 beyond the quota', async () => {
      for (let count = 0; count < 3; count += 1) await create();
      expect(errorOf(await create())).toEqual({
        status: 403, code: 'client',
        title: 'Resource limit exceeded: You have reached the maximum clusters per project, 3',
        detail: 'Resource limit exceeded: You have reached the maximum clusters per project, 3. You may delete a cluster to make room for a new one.',
      });
    });

    it('of a hidden template is for administrators, of a foreign private one for nobody else', async () => {
      const hidden = await api.givenBayModel({ name: 'hidden', hidden: true, keypair_id: null }, 'admin');
      expect((await create({ cluster_template_id: hidden }, { as: 'admin' })).status).toBe(202);
      expect((await create({ cluster_template_id: hidden })).status).toBe(404);
      expect(errorOf(await create({}, { as: 'admin' }))).toMatchObject({
        status: 404, detail: `ClusterTemplate ${model} could not be found.`,
      });
    });

    it.each([['reader', 403], ['no-role', 403], ['member-only', 202], ['colleague', 202], ['stranger', 404]])('by %s is %i', async (as, status) => {
      expect((await create({}, { as })).status).toBe(status);
    });
  });

  describe('GET', () => {
    it('shows the whole bay', async () => {
      const uuid = await api.givenBay(model, { labels: { tier: 'prod', extra: 'x' }, node_count: 2 });
      expect((await api.call(`GET /v1/clusters/${uuid}`, { version: 'container-infra 1.12' })).text).toBe(JSON.stringify({
        uuid, name: 'c1', cluster_template_id: model, keypair: 'testkey', node_count: 2, master_count: 1, docker_volume_size: 5,
        labels: { tier: 'prod', extra: 'x' },
        master_flavor_id: 'm1.small', flavor_id: 'm1.small', create_timeout: 60,
        links: [
          { href: `http://localhost:80/v1/clusters/${uuid}`, rel: 'self' },
          { href: `http://localhost:80/clusters/${uuid}`, rel: 'bookmark' },
        ],
        stack_id: null, status: 'CREATE_IN_PROGRESS', status_reason: null, health_status: null, health_status_reason: {},
        discovery_url: null, api_address: null,
        coe_version: null, container_version: null, project_id: 'p1', user_id: 'u1', node_addresses: [], master_addresses: [],
        fixed_network: null, fixed_subnet: null,
        floating_ip_enabled: true, merge_labels: false, labels_overridden: { tier: 'test' }, labels_added: { extra: 'x' },
        labels_skipped: {},
        master_lb_enabled: false, created_at: '2026-01-31T12:00:00+00:00', updated_at: null,
      }));
    });

    it('calls the outside name stack_id up to 1.12 and cluster_id from 1.13 on, never both', async () => {
      const uuid = await api.givenBay(model);
      for (const path of [`/v1/clusters/${uuid}`, '/v1/clusters', '/v1/clusters/detail']) {
        const keys = async (version: string) => {
          const { body } = await api.call(`GET ${path}`, { version });
          return Object.keys(body.clusters ? body.clusters[0] : body).filter((key) => /^(stack|cluster)_id$/.test(key));
        };
        expect([await keys('container-infra 1.12'), await keys('container-infra 1.13')]).toEqual([['stack_id'], ['cluster_id']]);
      }
    });

    it('lists a summary, and the whole below detail', async () => {
      await api.givenBay(model);
      const [summary] = (await api.call('GET /v1/clusters')).body.clusters;
      expect(Object.keys(summary)).toEqual([
        'uuid', 'name', 'cluster_template_id', 'keypair', 'node_count', 'master_count', 'docker_volume_size', 'labels', 'master_flavor_id',
        'flavor_id',
        'create_timeout', 'links', 'cluster_id', 'status', 'health_status', 'merge_labels',
      ]);
      const [detail] = (await api.call('GET /v1/clusters/detail')).body.clusters;
      expect(detail).toEqual((await api.call('GET /v1/clusters/c1')).body);
    });

    it('names what failed, only when one bay is asked for and only after a failure', async () => {
      const uuid = await api.givenBay(model);
      const { operationId } = (await api.readModel.get<{ id: string; operationId: string }>('bays', uuid))!;
      expect((await api.call(`GET /v1/clusters/${uuid}`)).body).not.toHaveProperty('faults');
      await api.services.tell(uuid, { type: 'FailOperation', data: { operationId, reason: 'no room' } });
      expect((await api.call(`GET /v1/clusters/${uuid}`)).body).toMatchObject({
        status: 'CREATE_FAILED', status_reason: 'no room', faults: { 'default-master': 'no room', 'default-worker': 'no room' },
        updated_at: '2026-01-31T12:00:00+00:00',
      });
      expect((await api.call('GET /v1/clusters/detail')).body.clusters[0]).not.toHaveProperty('faults');
    });

    it('shows each project its own, administrators everything', async () => {
      const uuid = await api.givenBay(model);
      await api.givenBay(await api.givenBayModel({}, 'stranger'), { name: 'c2' }, 'stranger');
      expect([
        await names('GET /v1/clusters'), await names('GET /v1/clusters', 'stranger'), await names('GET /v1/clusters/detail', 'admin'),
      ]).toEqual([['c1'], ['c2'], ['c1', 'c2']]);
      for (const [as, status] of [['colleague', 200], ['reader', 200], ['member-only', 403], ['no-role', 403], ['stranger', 404], ['admin', 200], ['unscoped', 404]] as const) {
        expect([
          as, (await api.call(`GET /v1/clusters/${uuid}`, { as })).status, (await api.call('GET /v1/clusters/none', { as })).status,
        ]).toEqual([as, status, 404]);
      }
      for (const [as, status] of [['reader', 200], ['member-only', 403], ['no-role', 403], ['unscoped', 403]] as const) {
        expect([as, (await api.call('GET /v1/clusters', { as })).status]).toEqual([as, status]);
      }
    });

    it('finds by name, and asks for the id where the name is not enough', async () => {
      const uuid = await api.givenBay(model);
      expect((await api.call('GET /v1/clusters/c1')).body.uuid).toBe(uuid);
      await api.givenBay(model);
      expect(errorOf(await api.call('GET /v1/clusters/c1'))).toMatchObject({
        status: 409, detail: 'Multiple clusters exist with same name. Please use the cluster uuid instead.',
      });
      expect(errorOf(await api.call(`GET /v1/clusters/${uuid.toUpperCase()}`))).toMatchObject({ status: 404 });
    });

    it('lists page by page to an empty one', async () => {
      for (const name of ['c1', 'c2', 'c3']) await api.givenBay(model, { name });
      const first = (await api.call('GET /v1/clusters?limit=2')).body;
      const path = first.next.slice('http://localhost:80'.length);
      expect(path).toBe(`/v1/clusters?sort_key=id&sort_dir=asc&limit=2&marker=${first.clusters[1].uuid}`);
      expect(await names(`GET ${path}`)).toEqual(['c3']);
      expect(await names('GET /v1/clusters?sort_key=name&sort_dir=desc&limit=5')).toEqual(['c3', 'c2', 'c1']);
      // No column of its own, and none in Magnum.
      expect(await names('GET /v1/clusters?sort_key=flavor_id&sort_dir=desc&limit=2')).toEqual(['c3', 'c2']);
      expect((await api.call('GET /v1/clusters?sort_key=node_count')).status).toBe(400);
      const foreign = await api.givenBay(await api.givenBayModel({}, 'stranger'), {}, 'stranger');
      expect((await api.call(`GET /v1/clusters?marker=${foreign}`)).status).toBe(404);
    });
  });

  describe('PATCH', () => {
    const patch = (ident: string, body: unknown, options: object = {}) => api.call(`PATCH /v1/clusters/${ident}`, { body, ...options });
    const replace = (path: string, value: unknown) => [{ op: 'replace', path, value }];
    const lastSent = () => api.services.sent.at(-1);

    it('asks for another number of workers', async () => {
      const uuid = await api.givenBay(model);
      const answer = await patch('c1', replace('/node_count', 3));
      expect([answer.status, answer.body]).toEqual([202, { uuid }]);
      expect(lastSent()).toMatchObject({
        pattern: 'scheduler.resize-bay', payload: { bayId: uuid, nodeGroup: 'default-worker', nodeCount: 3, nodesToRemove: [] },
      });
      expect(answer.headers['location']).toBe(`/v1/operations/${String(answer.headers['operation-id'])}`);
    });

    it('answers 202 also while the bay cannot change; the operation tells of the refusal', async () => {
      await api.givenBay(model);
      const answer = await patch('c1', replace('/node_count', 3));
      expect(answer.status).toBe(202);
      expect((await api.call(`GET ${String(answer.headers['location'])}`)).body).toMatchObject({
        state: 'FAILED', kind: 'resize', nodegroup: 'default-worker',
        result: { code: 'STATUS_FORBIDS', reason: 'Resizing a cluster when status is "CREATE_IN_PROGRESS" is not supported.' },
      });
    });

    it.each([
      { op: 'replace', path: '/master_count', value: true }, { op: 'remove', path: '/master_count' }, { op: 'remove', path: '/create_timeout' },
      { op: 'replace', path: '/labels', value: "{'tier': 'test'}" }, { op: 'replace', path: '/floating_ip_enabled', value: 'yes' },
    ])('takes %j, which changes nothing', async (operation) => {
      await api.givenBay(model);
      expect((await patch('c1', [operation])).status).toBe(202);
    });

    it('falls back to one node where the number is removed', async () => {
      await api.givenBay(model, { node_count: 2 });
      expect((await patch('c1', [{ op: 'remove', path: '/node_count' }])).status).toBe(202);
      expect(lastSent()).toMatchObject({ payload: { nodeCount: 1 } });
    });

    it.each([['nothing', []], ['what is so already', [{ op: 'replace', path: '/name', value: 'c1' }, { op: 'replace', path: '/labels', value: "{'tier': 'test'}" }]]])('that changes %s is 202 and no command', async (_what, body) => {
      await api.givenBay(model);
      const before = api.services.sent.length;
      expect((await patch('c1', body)).status).toBe(202);
      expect(api.services.sent).toHaveLength(before);
    });

    describe('by a healer', () => {
      const shown = async () => {
        const { body } = await api.call('GET /v1/clusters/c1');
        const { status, health_status: health, health_status_reason: reason } = body as Record<string, unknown>;
        return { status, health, reason };
      };

      it('says how a bay is, in a Python literal, and changes neither its status nor anything else', async () => {
        const uuid = await api.givenBay(model);
        const body = [...replace('/health_status', 'UNHEALTHY'), ...replace('/health_status_reason', "{'api': 'ok', 'n-0.Ready': False}")];
        const answer = await patch('c1', body);
        expect([answer.status, answer.body, answer.headers['operation-id']]).toEqual([202, { uuid }, undefined]);
        expect(lastSent()).toMatchObject({
          pattern: 'scheduler.report-bay-health',
          payload: { bayId: uuid, status: 'UNHEALTHY', reason: { api: 'ok', 'n-0.Ready': 'False' }, source: 'user' },
        });
        expect(await shown()).toEqual({ status: 'CREATE_IN_PROGRESS', health: 'UNHEALTHY', reason: { api: 'ok', 'n-0.Ready': 'False' } });
      });

      it('changes one reason of many, and takes all of it back', async () => {
        await api.givenBay(model);
        await patch('c1', [...replace('/health_status', 'HEALTHY'), ...replace('/health_status_reason', '{"api": "ok", "n-0.Ready": "True"}')]);
        await patch('c1', [{ op: 'add', path: '/health_status_reason/api', value: 'slow' }]);
        expect(await shown()).toMatchObject({ health: 'HEALTHY', reason: { api: 'slow', 'n-0.Ready': 'True' } });
        await patch('c1', [{ op: 'remove', path: '/health_status' }, { op: 'remove', path: '/health_status_reason' }]);
        expect(await shown()).toMatchObject({ health: null, reason: {} });
      });

      it('may come with a number of nodes: both count', async () => {
        await api.givenBay(model);
        const answer = await patch('c1', [...replace('/health_status', 'HEALTHY'), ...replace('/node_count', 3)]);
        expect(answer.status).toBe(202);
        expect(api.services.sent.slice(-2).map(({ pattern }) => pattern)).toEqual(['scheduler.report-bay-health', 'scheduler.resize-bay']);
        expect(await shown()).toMatchObject({ health: 'HEALTHY' });
        expect(answer.headers['operation-id']).toEqual(expect.any(String));
      });

      it('that says what is so already is no command', async () => {
        await api.givenBay(model);
        await patch('c1', replace('/health_status', 'HEALTHY'));
        const before = api.services.sent.length;
        expect((await patch('c1', replace('/health_status', 'HEALTHY'))).status).toBe(202);
        expect(api.services.sent).toHaveLength(before);
      });

      it('is for members of the project and administrators', async () => {
        const uuid = await api.givenBay(model);
        for (const [as, status] of [['colleague', 202], ['admin', 202], ['reader', 403], ['stranger', 404]] as const) {
          expect([as, (await patch(uuid, replace('/health_status', 'UNKNOWN'), { as })).status]).toEqual([as, status]);
        }
      });
    });

    it('takes rollback from 1.3 on', async () => {
      await api.givenBay(model);
      const call = (version: string, rollback: string) => api.call(`PATCH /v1/clusters/c1/?rollback=${rollback}`, { version, body: [] });
      expect((await call('container-infra 1.3', 'True')).status).toBe(202);
      expect(errorOf(await call('container-infra 1.2', 'True'))).toMatchObject({ status: 400, detail: 'Unknown argument: "rollback"' });
      expect((await call('container-infra 1.3', 'maybe')).status).toBe(400);
    });

    it('to zero nodes is there from 1.10 on', async () => {
      await api.givenBay(model);
      expect(errorOf(await patch('c1', replace('/node_count', 0), { version: 'container-infra 1.9' }))).toMatchObject({
        status: 400, detail: 'Resizing a nodegroup to zero is not supported in the provided microversion.',
      });
      expect((await patch('c1', replace('/node_count', 0), { version: 'container-infra 1.10' })).status).toBe(202);
    });

    it('is for members of the project and administrators', async () => {
      const uuid = await api.givenBay(model);
      for (const [as, status] of [['colleague', 202], ['member-only', 202], ['admin', 202], ['reader', 403], ['no-role', 403], ['stranger', 404]] as const) {
        expect([as, (await patch(uuid, replace('/node_count', 2), { as })).status]).toEqual([as, status]);
      }
    });
  });

  describe('DELETE', () => {
    it('answers 204 as often as it is asked, until the bay is gone', async () => {
      const uuid = await api.givenBay(model);
      const answer = await api.call(`DELETE /v1/clusters/${uuid}`, { headers: { 'content-type': 'application/octet-stream' } });
      expect([answer.status, answer.text]).toEqual([204, '']);
      expect((await api.call(`GET ${String(answer.headers['location'])}`)).body).toMatchObject({ kind: 'delete' });
      expect((await api.call(`GET /v1/clusters/${uuid}`)).body.status).toBe('DELETE_IN_PROGRESS');
      const again = await api.call(`DELETE /v1/clusters/${uuid}`);
      expect([again.status, again.headers['operation-id']]).toEqual([204, undefined]);
      await api.services.tell(uuid, {
        type: 'CompleteOperation', data: { operationId: String(answer.headers['operation-id']), outputs: {} },
      });
      expect((await api.call(`DELETE /v1/clusters/${uuid}`)).status).toBe(404);
      expect((await api.call(`GET ${String(answer.headers['location'])}`)).status).toBe(200);
    });

    it('is for members of the project and administrators', async () => {
      const uuid = await api.givenBay(model);
      for (const [as, status] of [['reader', 403], ['no-role', 403], ['stranger', 404], ['admin', 204]] as const) {
        expect([as, (await api.call(`DELETE /v1/clusters/${uuid}`, { as })).status]).toEqual([as, status]);
      }
    });
  });
});

describe('/v1/clusters asked for what cannot be', () => {
  let api: ApiHarness;
  let model: string;
  beforeAll(async () => {
    api = await ApiHarness.open();
    model = await api.givenBayModel({ master_lb_enabled: false });
    await api.givenBay(model);
  });
  afterAll(() => api.close());

  it.each<[object, number, string]>([
    [
      { cluster_template_id: undefined }, 400,
      "Invalid input for field/attribute cluster_template_id. Value: 'None'. Mandatory field missing.",
    ],
    [{ cluster_template_id: null }, 400, "Invalid input for field/attribute cluster_template_id. Value: 'None'. Mandatory field missing."],
    [
      { cluster_template_id: 5 }, 400,
      "Invalid input for field/attribute cluster_template_id. Value: '5'. Wrong type. Expected '<class 'str'>', got '<class 'int'>'",
    ],
    [{ cluster_template_id: 'nope' }, 404, 'ClusterTemplate nope could not be found.'],
    [
      { cluster_template_id: '4f34fac6-96ef-4200-9368-3f87b8ebde4a' }, 404,
      'ClusterTemplate 4f34fac6-96ef-4200-9368-3f87b8ebde4a could not be found.',
    ],
    [{ name: '' }, 400, "Invalid input for field/attribute name. Value: ''. Value should have a minimum character requirement of 1"],
    [
      { name: '1bad name!' }, 400,
      "Invalid input for field/attribute name. Value: '1bad name!'. Value should match the pattern ^[a-zA-Z][a-zA-Z0-9_.-]*$",
    ],
    [
      { name: 'x'.repeat(243) }, 400,
      `Invalid input for field/attribute name. Value: '${'x'.repeat(243)}'. Value should have a maximum character requirement of 242`,
    ],
    [{ master_count: 0 }, 400, "Invalid input for field/attribute master_count. Value: '0'. Value should be greater or equal to 1"],
    [{ master_count: 2 }, 400, 'master nodegroup size of 2 is invalid, size cannot be an even number.'],
    [{ master_count: 5 }, 400, 'A cluster with 5 masters is not supported by driver swarm_test: there can be 1, 3.'],
    [{ master_count: 3 }, 400, 'master_count must be 1 when master_lb_enabled is False'],
    [{ node_count: 10 }, 400, 'A cluster with 11 nodes is not supported by driver swarm_test: there can be 10, masters included.'],
    [{ node_count: -3 }, 400, "Invalid input for field/attribute node_count. Value: '-3'. Value should be greater or equal to 0"],
    [{ create_timeout: -1 }, 400, "Invalid input for field/attribute create_timeout. Value: '-1'. Value should be greater or equal to 0"],
    [{ flavor_id: 'nope' }, 400, 'Unable to find flavor nope.'],
    [{ flavor_id: 'm1.diskless' }, 400, 'Flavor with zero root volume size is not supported when boot_volume_size is zero.'],
    [{ fixed_network: 'nope' }, 400, 'Unable to find fixed network nope.'],
    [{ keypair: 'nope' }, 404, 'Unable to find keypair nope.'],
    [{ labels: { min_node_count: 'many' } }, 400, "Label min_node_count must be a whole number, not 'many'."],
    [
      { health_status: 'FINE' }, 400,
      "Invalid input for field/attribute health_status. Value: 'FINE'. Value should be one of: HEALTHY, UNHEALTHY, UNKNOWN",
    ],
    [{ stack_id: 'x' }, 400, "Invalid input for field/attribute stack_id. Value: 'x'. Cannot set read only field."],
    [{ baymodel_id: 'x' }, 400, 'Unknown attribute for argument cluster: baymodel_id'],
  ])('refuses a create with %j as %i and sends nothing', async (changes, status, detail) => {
    const before = api.services.sent.length;
    expect(errorOf(await api.call('POST /v1/clusters', { body: { name: 'c2', cluster_template_id: model, ...changes } }))).toMatchObject({
      status, code: 'client', detail,
    });
    expect(api.services.sent).toHaveLength(before);
  });

  it('quotes the whole body of a create whose number is none', async () => {
    expect(errorOf(await api.call('POST /v1/clusters', { body: { name: 'c2', cluster_template_id: 'x', node_count: 'abc', master_count: 1 } })).detail).toBe(
      "Invalid input for field/attribute cluster. Value: '{'name': 'c2', 'cluster_template_id': 'x', 'node_count': 'abc', 'master_count': 1}'. invalid literal for int() with base 10: 'abc'",
    );
  });

  it('answers older clients 400 for an unknown template, and for zero nodes', async () => {
    const create = (fields: object, version: string) => api.call('POST /v1/clusters', {
      version, body: { name: 'c2', cluster_template_id: model, ...fields },
    });
    expect(errorOf(await create({ cluster_template_id: 'nope' }, 'container-infra 1.9'))).toMatchObject({
      status: 400, detail: 'ClusterTemplate nope could not be found.',
    });
    expect(errorOf(await create({ node_count: 0 }, 'container-infra 1.9'))).toMatchObject({
      status: 400, detail: 'Resizing a nodegroup to zero is not supported in the provided microversion.',
    });
    expect((await create({ node_count: 0 }, 'container-infra 1.10')).status).toBe(202);
  });

  it.each<[unknown, string]>([
    [
      [{ op: 'replace', path: '/nope', value: 1 }],
      "Couldn't apply patch '[{'path': '/nope', 'op': 'replace', 'value': 1}]'. Reason: can't replace a non-existent object 'nope'",
    ],
    [[{ op: 'replace', path: '/name', value: 'zz' }], 'cannot change cluster property(ies) name.'],
    [
      [{ op: 'replace', path: '/name', value: 'zz' }, { op: 'replace', path: '/labels', value: '{}' }],
      'cannot change cluster property(ies) name, labels.',
    ],
    [[{ op: 'add', path: '/labels/x', value: 'y' }], 'cannot change cluster property(ies) labels.'],
    [[{ op: 'remove', path: '/fixed_network' }], 'cannot change cluster property(ies) fixed_network.'],
    [[{ op: 'remove', path: '/keypair' }], 'cannot change cluster property(ies) keypair.'],
    [
      [{ op: 'replace', path: '/health_status', value: 'HEALTHY' }, { op: 'replace', path: '/name', value: 'zz' }],
      'cannot change cluster property(ies) name.',
    ],
    [
      [{ op: 'replace', path: '/health_status', value: 'FINE' }],
      "Invalid input for field/attribute health_status. Value: 'FINE'. Value should be one of: HEALTHY, UNHEALTHY, UNKNOWN",
    ],
    [
      [{ op: 'replace', path: '/health_status_reason', value: 'fine' }],
      "Couldn't apply patch '[{'path': '/health_status_reason', 'op': 'replace', 'value': 'fine'}]'. Reason: malformed node or string",
    ],
    [
      [{ op: 'replace', path: '/node_count', value: -3 }],
      "Invalid input for field/attribute node_count. Value: '-3'. Value should be greater or equal to 0",
    ],
    [
      [{ op: 'replace', path: '/node_count', value: '3' }],
      "Invalid input for field/attribute node_count. Value: '3'. '<' not supported between instances of 'str' and 'int'",
    ],
    [[{ op: 'add', path: '/node_count', value: 3 }], "The attribute /node_count has existed, please use 'replace' operation instead."],
    [
      [{ op: 'replace', path: '/node_count', value: 10 }],
      'A cluster with 11 nodes is not supported by driver swarm_test: there can be 10, masters included.',
    ],
    [[{ op: 'replace', path: '/stack_id', value: 'x' }], "'/stack_id' is an internal attribute and can not be updated"],
    [[{ op: 'remove', path: '/cluster_template_id' }], "'/cluster_template_id' is a mandatory attribute and can not be removed"],
    [{ node_count: 3 }, "Invalid input for field/attribute patch. Value: '{'node_count': 3}'. Value not a valid list: {'node_count': 3}"],
  ])('refuses the patch %j and sends nothing', async (patch, detail) => {
    const before = api.services.sent.length;
    expect(errorOf(await api.call('PATCH /v1/clusters/c1', { body: patch }))).toMatchObject({ status: 400, code: 'client', detail });
    expect(api.services.sent).toHaveLength(before);
  });

  it('looks at a patch before it looks for the cluster', async () => {
    expect((await api.call('PATCH /v1/clusters/none', { body: {} })).status).toBe(400);
    expect((await api.call('PATCH /v1/clusters/none', { body: [{ op: 'replace', path: '/name', value: 'x' }] })).status).toBe(404);
  });
});
