import { ApiHarness, TEMPLATE, errorOf } from '../testing/api-harness.ts';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

describe('/v1/clustertemplates', () => {
  let api: ApiHarness;
  beforeEach(async () => {
    api = await ApiHarness.open();
  });
  afterEach(() => api.close());
  const create = (fields: object, as = 'member') => api.call('POST /v1/clustertemplates', { as, body: fields });

  describe('POST', () => {
    it('answers 201 with the whole template and where it is', async () => {
      const answer = await create({ ...TEMPLATE, tags: '', apiserver_port: 6443, dns_nameserver: '8.8.8.8' });
      const { uuid } = answer.body;
      expect(uuid).toMatch(UUID);
      expect(answer).toMatchObject({ status: 201, headers: { location: `http://localhost:80/v1/clustertemplates/${uuid}` } });
      expect(answer.text).toBe(JSON.stringify({
        uuid, name: 'swarm', coe: 'swarm-mode', image_id: 'fedora-coreos-38', flavor_id: 'm1.small', master_flavor_id: 'm1.small',
        dns_nameserver: '8.8.8.8',
        keypair_id: 'testkey', external_network_id: 'public', fixed_network: null, fixed_subnet: null, network_driver: 'docker',
        apiserver_port: 6443,
        docker_volume_size: 5, cluster_distro: 'fedora-coreos',
        links: [
          { href: `http://localhost:80/v1/clustertemplates/${uuid}`, rel: 'self' },
          { href: `http://localhost:80/clustertemplates/${uuid}`, rel: 'bookmark' },
        ],
        http_proxy: null, https_proxy: null, no_proxy: null, volume_driver: null, registry_enabled: false, labels: { tier: 'test' },
        tls_disabled: false,
        public: false, server_type: 'vm', insecure_registry: null, docker_storage_driver: null, master_lb_enabled: false,
        floating_ip_enabled: true,
        project_id: 'p1', user_id: 'u1', hidden: false, tags: '', driver: null, created_at: '2026-01-31T12:00:00+00:00', updated_at: null,
      }));
    });

    it('sends one command, in the name of whoever asked', async () => {
      const answer = await create({ coe: 'swarm-mode', image_id: 'fedora-coreos-38' });
      expect(api.services.sent).toEqual([{
        pattern: 'scheduler.create-bay-model',
        payload: { spec: expect.objectContaining({
          bayModelId: answer.body.uuid, projectId: 'p1', coe: 'swarm-mode', labels: {}, flavorId: null, floatingIpEnabled: true,
        }) },
        context: {
          actor: { userId: 'u1', projectId: 'p1', roles: ['member', 'reader'] }, requestId: answer.headers['x-openstack-request-id'],
          commandId: expect.stringMatching(UUID), correlationId: expect.stringMatching(UUID), causationId: null,
        },
      }]);
    });

    it('makes up a name where there is none, and takes nulls for absent', async () => {
      const { body } = await create({
        coe: 'swarm-mode', image_id: 'fedora-coreos-38', name: null, labels: null, network_driver: null, docker_volume_size: null,
      });
      expect(body.name).toMatch(/^[a-z]+-\d{1,2}-template$/);
      expect(body).toMatchObject({ labels: {}, network_driver: 'docker' });
    });

    it('honours a UUID of the client\'s choice, once', async () => {
      const uuid = '4f34fac6-96ef-4200-9368-3f87b8ebde4a';
      expect((await create({ ...TEMPLATE, uuid })).body.uuid).toBe(uuid);
      expect(errorOf(await create({ ...TEMPLATE, uuid }))).toMatchObject({
        status: 409, detail: `A ClusterTemplate with UUID ${uuid} already exists.`,
      });
    });

    it('ignores the distribution it is told: the image knows better', async () => {
      expect((await create({ ...TEMPLATE, cluster_distro: 'plan9' })).body.cluster_distro).toBe('fedora-coreos');
    });

    it('does not look for the key pair: that is the cluster\'s', async () => {
      expect((await create({ ...TEMPLATE, keypair_id: 'nope' })).status).toBe(201);
    });

    it.each([['reader', 403], ['no-role', 403], ['member-only', 201], ['colleague', 201], ['admin', 201]])('by %s is %i', async (as, status) => {
      expect((await create(TEMPLATE, as)).status).toBe(status);
    });

    it('takes any flavor when its bays boot from volumes', async () => {
      expect((await create({ ...TEMPLATE, flavor_id: 'm1.diskless', labels: { boot_volume_size: 10 } })).status).toBe(201);
    });

    it('lets an administrator publish', async () => {
      expect((await create({ ...TEMPLATE, public: true }, 'admin')).body.public).toBe(true);
    });

    it('is 503 with a time to come back when the cloud cannot be asked', async () => {
      api.cloud.away = true;
      expect(await create(TEMPLATE)).toMatchObject({
        status: 503, headers: { 'retry-after': '1' }, body: { errors: [{ code: 'server', status: 503 }] },
      });
      expect(api.services.sent).toEqual([]);
    });
  });

  describe('GET', () => {
    const ids = async (request: string, as: string): Promise<string[]> => (await api.call(request, { as })).body.clustertemplates.map(
      ({ uuid }: { uuid: string }) => uuid,
    );

    it('shows own templates and public ones, hidden ones only to their project, everything to administrators', async () => {
      const own = await api.givenBayModel({ name: 'own' });
      const foreign = await api.givenBayModel({ name: 'foreign' }, 'stranger');
      const published = await api.givenBayModel({ name: 'published', public: true }, 'admin');
      const hidden = await api.givenBayModel({ name: 'hidden', public: true, hidden: true }, 'admin');
      expect(await ids('GET /v1/clustertemplates', 'member')).toEqual([own, published]);
      expect(await ids('GET /v1/clustertemplates/detail', 'stranger')).toEqual([foreign, published]);
      expect(await ids('GET /v1/clustertemplates', 'admin')).toEqual([own, foreign, published, hidden]);
      for (const [id, as, status] of [
        [own, 'member', 200], [own, 'reader', 200], [own, 'stranger', 404], [own, 'admin', 200], [own, 'no-role', 403],
        [published, 'no-role', 200], [hidden, 'member', 404],
      ] as const) expect([id, as, (await api.call(`GET /v1/clustertemplates/${id}`, { as })).status]).toEqual([id, as, status]);
    });

    it('finds by name, and asks for the id where the name is not enough', async () => {
      const id = await api.givenBayModel({ name: 'one' });
      expect((await api.call('GET /v1/clustertemplates/one')).body.uuid).toBe(id);
      await api.givenBayModel({ name: 'one', public: true }, 'admin');
      expect(errorOf(await api.call('GET /v1/clustertemplates/one'))).toMatchObject({
        status: 409, title: 'Multiple ClusterTemplates exist with same name',
        detail: 'Multiple ClusterTemplates exist with same name. Please use the ClusterTemplate uuid instead.',
      });
      expect((await api.call('GET /v1/clustertemplates/one', { as: 'stranger' })).status).toBe(200);
    });

    it('takes another spelling of an id for an unknown id', async () => {
      const id = await api.givenBayModel();
      for (const ident of [id.toUpperCase(), id.replaceAll('-', ''), '1']) {
        expect(errorOf(await api.call(`GET /v1/clustertemplates/${ident}`))).toMatchObject({
          status: 404, detail: `ClusterTemplate ${ident} could not be found.`,
        });
      }
    });

    it('lists page by page; a full page names the next', async () => {
      const all = [await api.givenBayModel({ name: 'b' }), await api.givenBayModel({ name: 'a' }), await api.givenBayModel({ name: 'c' })];
      const first = await api.call('GET /v1/clustertemplates?limit=2&sort_key=name&sort_dir=desc');
      expect(first.body.clustertemplates.map(({ name }: { name: string }) => name)).toEqual(['c', 'b']);
      expect(first.body.next).toBe(`http://localhost:80/v1/clustertemplates?sort_key=name&sort_dir=desc&limit=2&marker=${all[0]}`);
      const second = await api.call(`GET ${first.body.next.slice('http://localhost:80'.length)}`);
      expect(second.body.clustertemplates.map(({ name }: { name: string }) => name)).toEqual(['a']);
      expect(second.body).not.toHaveProperty('next');
      const last = await api.call('GET /v1/clustertemplates/detail?limit=3');
      expect(last.body.next).toBe(`http://localhost:80/v1/clustertemplates/detail?sort_key=id&sort_dir=asc&limit=3&marker=${all[2]}`);
      expect((await api.call(`GET /v1/clustertemplates?marker=${all[2]}`)).body).toEqual({ clustertemplates: [] });
    });

    it('can be sorted by any column', async () => {
      await api.givenBayModel();
      for (const key of ['id', 'uuid', 'coe', 'created_at', 'public', 'docker_volume_size', 'driver', 'tags', 'labels', 'http_proxy', '']) {
        expect([key, (await api.call(`GET /v1/clustertemplates?sort_key=${key}`)).status]).toEqual([key, 200]);
      }
    });

    it('lists for readers only', async () => {
      for (const [as, status] of [['no-role', 403], ['member-only', 403], ['reader', 200]] as const) {
        expect([as, (await api.call('GET /v1/clustertemplates', { as })).status]).toEqual([as, status]);
      }
    });
  });

  describe('DELETE', () => {
    it('answers 204 and the template is gone', async () => {
      const id = await api.givenBayModel();
      const answer = await api.call(`DELETE /v1/clustertemplates/${id}`, { headers: { 'content-type': 'application/octet-stream' } });
      expect([answer.status, answer.text, answer.headers['openstack-api-version']]).toEqual([204, '', 'container-infra 1.14']);
      expect((await api.call(`GET /v1/clustertemplates/${id}`)).status).toBe(404);
      expect((await api.call(`DELETE /v1/clustertemplates/${id}`)).status).toBe(404);
    });

    it('is refused while a cluster was made of it', async () => {
      const id = await api.givenBayModel();
      await api.givenBay(id);
      expect(errorOf(await api.call('DELETE /v1/clustertemplates/swarm'))).toMatchObject({
        status: 400, detail: `ClusterTemplate ${id} is referenced by one or multiple clusters.`,
      });
    });

    it('is for members of its project and administrators', async () => {
      const id = await api.givenBayModel();
      const published = await api.givenBayModel({ name: 'published', public: true }, 'admin');
      expect((await api.call(`DELETE /v1/clustertemplates/${id}`, { as: 'reader' })).status).toBe(403);
      expect((await api.call(`DELETE /v1/clustertemplates/${id}`, { as: 'stranger' })).status).toBe(404);
      expect(errorOf(await api.call(`DELETE /v1/clustertemplates/${published}`))).toMatchObject({
        status: 403, detail: "Policy doesn't allow clustertemplate:delete to be performed.",
      });
      expect((await api.call(`DELETE /v1/clustertemplates/${id}`, { as: 'admin' })).status).toBe(204);
    });
  });
});

describe('/v1/clustertemplates asked for what cannot be', () => {
  let api: ApiHarness;
  beforeAll(async () => {
    api = await ApiHarness.open();
  });
  afterAll(() => api.close());

  it.each<[object, number, string]>([
    [{ image_id: undefined }, 400, "Invalid input for field/attribute image_id. Value: 'None'. Mandatory field missing."],
    [{ image_id: null }, 400, "Invalid input for field/attribute image_id. Value: 'None'. Mandatory field missing."],
    [{ coe: undefined }, 400, "Invalid input for field/attribute coe. Value: 'None'. Mandatory field missing."],
    [{ coe: null }, 400, 'Requested COE type None is not supported.'],
    [
      { coe: 'nomad' }, 400,
      "Invalid input for field/attribute coe. Value: 'nomad'. Value should be one of: kubernetes, mesos, dcos, swarm, swarm-mode",
    ],
    [{ coe: 'dcos' }, 400, 'Requested COE type dcos is not supported.'],
    [{ coe: 'swarm' }, 400, 'Cluster type (vm, fedora-coreos, swarm) not supported.'],
    [{ coe: 'kubernetes' }, 400, 'Cluster type (vm, fedora-coreos, kubernetes) not supported.'],
    [{ server_type: 'bm' }, 400, 'Cluster type (bm, fedora-coreos, swarm-mode) not supported.'],
    [{ server_type: null }, 400, 'Cluster type (None, fedora-coreos, swarm-mode) not supported.'],
    [{ server_type: 'xx' }, 400, "Invalid input for field/attribute server_type. Value: 'xx'. Value should be one of: vm, bm"],
    [{ image_id: 'no-distro' }, 400, 'Cluster type (vm, None, swarm-mode) not supported.'],
    [{ image_id: 'nope' }, 400, 'Image nope could not be found.'],
    [{ driver: 'unheard_of' }, 400, 'Cluster driver (unheard_of) not supported.'],
    [{ flavor_id: 'nope' }, 400, 'Unable to find flavor nope.'],
    [{ master_flavor_id: 'nope' }, 400, 'Unable to find flavor nope.'],
    [{ external_network_id: 'nope' }, 400, 'Unable to find external network nope.'],
    [{ fixed_network: 'nope' }, 400, 'Unable to find fixed network nope.'],
    [{ fixed_subnet: 'nope' }, 400, 'Unable to find fixed subnet nope.'],
    [{ fixed_subnet: 'nope', flavor_id: 'nope2' }, 400, 'Unable to find flavor nope2.'],
    [{ flavor_id: 'm1.diskless' }, 400, 'Flavor with zero root volume size is not supported when boot_volume_size is zero.'],
    [{ labels: { boot_volume_size: 'big' } }, 400, "Label boot_volume_size must be a whole number, not 'big'."],
    [{ network_driver: 'flannel' }, 400, 'Network driver type flannel is not supported, expecting a docker/unspecified network driver.'],
    [{ volume_driver: 'cinder' }, 400, 'Volume driver type cinder is not supported, expecting a rexray/unspecified volume driver.'],
    [
      { docker_storage_driver: 'zfs' }, 400,
      'Docker storage driver zfs is not supported by driver swarm_test: there are overlay2, devicemapper.',
    ],
    [
      { docker_storage_driver: 'devicemapper', docker_volume_size: 2 }, 400,
      'docker volume size 2 GB is not valid, expecting minimum value 3GB for devicemapper storage driver.',
    ],
    [
      { docker_storage_driver: 'devicemapper', docker_volume_size: null }, 400,
      'docker volume size None GB is not valid, expecting minimum value 3GB for devicemapper storage driver.',
    ],
    [
      { docker_volume_size: 0 }, 400,
      "Invalid input for field/attribute docker_volume_size. Value: '0'. Value should be greater or equal to 1",
    ],
    [{ apiserver_port: 80 }, 400, "Invalid input for field/attribute apiserver_port. Value: '80'. Value should be greater or equal to 1024"],
    [{ name: '' }, 400, "Invalid input for field/attribute name. Value: ''. Value should have a minimum character requirement of 1"],
    [
      { http_proxy: '' }, 400,
      "Invalid input for field/attribute http_proxy. Value: ''. Value should have a minimum character requirement of 1",
    ],
    [{ dns_nameserver: 'one' }, 400, 'Expected a single dns address or comma separated dns list, but received one.'],
    [{ bogus: 1 }, 400, 'Unknown attribute for argument cluster_template: bogus'],
    [{ project_id: 'x' }, 400, "Invalid input for field/attribute project_id. Value: 'x'. Cannot set read only field."],
    [{ uuid: 'bad' }, 400, 'Expected a uuid but received bad.'],
    [{ public: true }, 403, 'Not authorized to set public or hidden flag for cluster template.'],
    [{ hidden: 'yes' }, 403, 'Not authorized to set public or hidden flag for cluster template.'],
  ])('refuses %j with %i and sends nothing', async (changes, status, detail) => {
    expect(errorOf(await api.call('POST /v1/clustertemplates', { body: { ...TEMPLATE, ...changes } }))).toMatchObject({
      status, code: 'client', detail,
    });
    expect(api.services.sent).toEqual([]);
  });

  it.each([
    ['?limit=0', 400, 'Limit must be positive'],
    ['?limit=-1', 400, 'Limit must be positive'],
    ['?sort_key=nope', 400, 'The sort_key value "nope" is an invalid field for sorting'],
    ['?sort_key=constructor', 400, 'The sort_key value "constructor" is an invalid field for sorting'],
    ['?sort_dir=up', 400, "Invalid sort direction: up. Acceptable values are 'asc' or 'desc'"],
    ['?marker=00000000-0000-0000-0000-000000000000', 404, 'ClusterTemplate 00000000-0000-0000-0000-000000000000 could not be found.'],
    ['?foo=1', 400, 'Unknown argument: "foo"'],
  ])('refuses the list %s', async (query, status, detail) => {
    expect(errorOf(await api.call(`GET /v1/clustertemplates${query}`))).toMatchObject({ status, code: 'client', detail });
  });
});

describe('what the operator allows', () => {
  it('bounds the network and volume drivers, and is where the default comes from', async () => {
    const api = await ApiHarness.open({ allowedNetworkDrivers: ['kubernetes=calico', 'swarm-mode=none-such'], allowedVolumeDrivers: ['swarm-mode=all'] });
    const create = (fields: object) => api.call('POST /v1/clustertemplates', { body: { ...TEMPLATE, ...fields } });
    expect(errorOf(await create({ network_driver: 'docker' }))).toMatchObject({
      status: 400, detail: 'Network driver type docker is not allowed, expecting a none-such/unspecified network driver. ',
    });
    expect((await create({ volume_driver: 'rexray' })).body).toMatchObject({ volume_driver: 'rexray', network_driver: null });
    await api.close();
  });
});
