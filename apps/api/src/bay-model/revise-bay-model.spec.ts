import { reviseBayModel } from '@jeroboam/messaging';
import { ApiHarness, errorOf, type Answer } from '../testing/api-harness.ts';

describe('PATCH /v1/clustertemplates/{ident}', () => {
  let api: ApiHarness;
  beforeEach(async () => {
    api = await ApiHarness.open();
  });
  afterEach(() => api.close());

  const patch = (ident: string, operations: unknown, as = 'member'): Promise<Answer> =>
    api.call(`PATCH /v1/clustertemplates/${ident}`, { as, body: operations });
  const replace = (path: string, value: unknown) => ({ op: 'replace', path, value });
  const remove = (path: string) => ({ op: 'remove', path });
  const revisions = () => api.services.sent.filter(({ pattern }) => pattern === reviseBayModel.pattern).map(({ payload }) => payload);

  it('answers 200 with the whole template, changed in what was asked for and in when', async () => {
    const id = await api.givenBayModel({ dns_nameserver: '8.8.8.8' });
    const before = (await api.call(`GET /v1/clustertemplates/${id}`)).body;
    const answer = await patch('swarm', [
      replace('/name', 'other'), replace('/labels', "{'kube_tag': 'v1', 'count': 2}"), replace('/floating_ip_enabled', 'False'),
      replace('/docker_volume_size', 7), remove('/dns_nameserver'), { op: 'add', path: '/tags', value: 'a,b' },
    ]);
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      ...before, name: 'other', labels: { kube_tag: 'v1', count: '2' }, floating_ip_enabled: false, docker_volume_size: 7,
      dns_nameserver: null, tags: 'a,b', updated_at: '2026-01-31T12:00:00+00:00',
    });
    expect(Object.keys(answer.body)).toEqual(Object.keys(before));
    expect((await api.call(`GET /v1/clustertemplates/${id}`)).body).toEqual(answer.body);
    expect((await api.call('GET /v1/clustertemplates')).body.clustertemplates).toEqual([answer.body]);
  });

  it('sends one command that holds what differs, and nothing else', async () => {
    const id = await api.givenBayModel();
    await patch(id, [replace('/name', 'other'), replace('/coe', 'swarm-mode'), replace('/labels/tier', 'gold')]);
    expect(revisions()).toEqual([{ bayModelId: id, changes: { name: 'other', labels: { tier: 'gold' } } }]);
  });

  it('falls back to the default of what is removed', async () => {
    const id = await api.givenBayModel({ floating_ip_enabled: false, master_lb_enabled: true, tags: 'a' });
    const paths = ['name', 'floating_ip_enabled', 'master_lb_enabled', 'labels', 'tags', 'flavor_id', 'docker_volume_size'];
    const { status, body } = await patch(id, paths.map((name) => remove(`/${name}`)));
    expect(status).toBe(200);
    expect(body).toMatchObject({
      name: null, floating_ip_enabled: true, master_lb_enabled: false, labels: {}, tags: null, flavor_id: null, docker_volume_size: null,
    });
  });

  it.each([
    ['an empty patch', []],
    ['values as they are', [replace('/name', 'swarm'), replace('/public', 'no'), replace('/labels', '{"tier": "test"}')]],
    ['removing what is not set', [remove('/dns_nameserver')]],
  ])('takes %s and changes nothing, without asking anybody', async (_what, operations) => {
    const id = await api.givenBayModel();
    api.cloud.away = true;
    expect(await patch(id, operations)).toMatchObject({ status: 200, body: { uuid: id, updated_at: null } });
    expect(revisions()).toEqual([]);
  });

  it('takes the distribution from another image, and not from the patch', async () => {
    const id = await api.givenBayModel();
    const { body } = await patch(id, [replace('/image_id', 'special'), replace('/cluster_distro', 'plan9')]);
    expect(body).toMatchObject({ image_id: 'special', cluster_distro: 'fedora-coreos' });
  });

  it('looks only for what is set', async () => {
    const id = await api.givenBayModel({ flavor_id: null, master_flavor_id: null, external_network_id: null });
    expect((await patch(id, [replace('/name', 'other')])).status).toBe(200);
  });

  it('is 503 with a time to come back when the cloud cannot be asked', async () => {
    const id = await api.givenBayModel();
    api.cloud.away = true;
    expect(await patch(id, [replace('/name', 'other')])).toMatchObject({ status: 503, headers: { 'retry-after': '1' } });
    expect(revisions()).toEqual([]);
  });

  describe('on a template that bays were made from', () => {
    let id: string;
    beforeEach(async () => {
      id = await api.givenBayModel({}, 'admin');
      await api.givenBay(id, {}, 'admin');
    });
    const asAdmin = (...operations: unknown[]) => patch(id, operations, 'admin');

    it.each([
      ['its name', [replace('/name', 'other')]],
      ['that it has one', [remove('/name')]],
      ['its tags', [replace('/tags', 'a')]],
      ['that it is public', [replace('/public', true)]],
      ['that it is hidden', [replace('/hidden', true)]],
      ['nothing', []],
      ['one thing, beside what is so already', [replace('/name', 'other'), replace('/coe', 'swarm-mode'), replace('/public', false)]],
    ])('changes %s', async (_what, operations) => {
      expect((await asAdmin(...operations)).status).toBe(200);
    });

    it('changes back whether it is hidden', async () => {
      await asAdmin(replace('/hidden', true));
      expect((await asAdmin(replace('/hidden', false))).body.hidden).toBe(false);
    });

    it.each([
      ['its labels', [replace('/labels/tier', 'gold')]],
      ['its image', [replace('/image_id', 'special')]],
      ['two harmless things at once', [replace('/name', 'other'), replace('/tags', 'a')]],
      ['a harmless thing with another', [replace('/name', 'other'), remove('/docker_volume_size')]],
    ])('does not change %s', async (_what, operations) => {
      expect(errorOf(await asAdmin(...operations))).toMatchObject({
        status: 400, code: 'client', detail: `ClusterTemplate ${id} is referenced by one or multiple clusters.`,
      });
      expect(revisions()).toEqual([]);
    });

    it.each(['/public', '/tags'])('does not take back %s', async (path) => {
      expect((await asAdmin(replace(path, path === '/public' ? true : 'a'))).status).toBe(200);
      const back = path === '/public' ? replace(path, false) : remove(path);
      expect(errorOf(await asAdmin(back)).detail).toBe(`ClusterTemplate ${id} is referenced by one or multiple clusters.`);
    });
  });

  describe('asked by', () => {
    it.each([
      ['member', 200], ['member-only', 200], ['colleague', 200], ['reader', 403], ['no-role', 403], ['stranger', 404],
      // As in Magnum, which looks for it among the administrator's own.
      ['admin', 404],
    ])('%s, for a private template, is %i', async (as, status) => {
      const id = await api.givenBayModel();
      expect((await patch(id, [replace('/name', 'other')], as)).status).toBe(status);
    });

    it.each([['member', 403], ['admin', 200]])('%s, for a public template of others, is %i', async (as, status) => {
      const id = await api.givenBayModel({}, 'stranger');
      const context = { ...api.services.sent.at(-1)!.context, commandId: 'publish' };
      await api.services.send(reviseBayModel, { bayModelId: id, changes: { public: true } }, { context, timeoutMs: 1_000 });
      expect((await patch(id, [replace('/name', 'other')], as)).status).toBe(status);
    });

    it.each(['/public', '/hidden'])('a member, for %s, is 403', async (path) => {
      const id = await api.givenBayModel();
      expect(errorOf(await patch(id, [replace(path, true)]))).toMatchObject({
        status: 403, detail: 'Not authorized to set public or hidden flag for cluster template.',
      });
    });
  });

  it.each<[unknown, string]>([
    [
      [replace('/nope', 1)],
      "Couldn't apply patch '[{'path': '/nope', 'op': 'replace', 'value': 1}]'. Reason: can't replace a non-existent object 'nope'",
    ],
    [[replace('/uuid', 'x')], "'/uuid' is an internal attribute and can not be updated"],
    [[replace('/project_id', 'x')], "'/project_id' is an internal attribute and can not be updated"],
    [[remove('/image_id')], "'/image_id' is a mandatory attribute and can not be removed"],
    [[remove('/hidden')], "'/hidden' is a mandatory attribute and can not be removed"],
    [[{ op: 'replace', path: '/name' }], "'add' and 'replace' operations needs value"],
    [
      [{ op: 'test', path: '/name', value: 'x' }],
      "Invalid input for field/attribute op. Value: 'test'. Value should be one of: add, replace, remove",
    ],
    [[{ op: 'add', path: '/name', value: 'x' }], "The attribute /name has existed, please use 'replace' operation instead."],
    [[{ op: 'add', path: '/bogus', value: 'x' }], 'Adding a new attribute /bogus to the root of the resource is not allowed.'],
    [[replace('/labels', { a: 'b' })], "Wrong type. Expected '(<class 'str'>, <class 'int'>)', got '<class 'dict'>'"],
    [
      [remove('/labels/x')],
      "Couldn't apply patch '[{'path': '/labels/x', 'op': 'remove'}]'. Reason: can't remove a non-existent object 'x'",
    ],
    [{}, "Invalid input for field/attribute patch. Value: '{}'. Value not a valid list: {}"],
    [[replace('/name', '')], "Invalid input for field/attribute name. Value: ''. Value should have a minimum character requirement of 1"],
    [
      [replace('/coe', 'nomad')],
      "Invalid input for field/attribute coe. Value: 'nomad'. Value should be one of: kubernetes, mesos, dcos, swarm, swarm-mode",
    ],
    [
      [replace('/apiserver_port', 80)],
      "Invalid input for field/attribute apiserver_port. Value: '80'. Value should be greater or equal to 1024",
    ],
    [[replace('/server_type', 'xx')], "Invalid input for field/attribute server_type. Value: 'xx'. Value should be one of: vm, bm"],
    [[replace('/server_type', 'bm')], 'Cluster type (bm, fedora-coreos, swarm-mode) not supported.'],
    [[replace('/image_id', 'nope')], 'Image nope could not be found.'],
    [[replace('/image_id', 'no-distro')], 'Cluster type (vm, None, swarm-mode) not supported.'],
    [[replace('/flavor_id', 'nope')], 'Unable to find flavor nope.'],
    [[replace('/flavor_id', 'm1.diskless')], 'Flavor with zero root volume size is not supported when boot_volume_size is zero.'],
    [[replace('/fixed_network', 'nope')], 'Unable to find fixed network nope.'],
    [[replace('/driver', 'unheard_of')], 'Cluster driver (unheard_of) not supported.'],
    [
      [replace('/network_driver', 'flannel')],
      'Network driver type flannel is not supported, expecting a docker/unspecified network driver.',
    ],
    [
      [replace('/docker_storage_driver', 'zfs')],
      'Docker storage driver zfs is not supported by driver swarm_test: there are overlay2, devicemapper.',
    ],
    [[replace('/dns_nameserver', 'one')], 'Expected a single dns address or comma separated dns list, but received one.'],
  ])('refuses %j with 400 and sends nothing', async (operations, words) => {
    const id = await api.givenBayModel();
    const { status, detail } = errorOf(await patch(id, operations));
    expect(status).toBe(400);
    expect(detail).toContain(words);
    expect(revisions()).toEqual([]);
  });

  it('needs to know which template', async () => {
    expect(errorOf(await api.call('PATCH /v1/clustertemplates', { body: [] })).detail).toBe('Missing argument: "cluster_template_ident"');
    expect((await patch('nope', [])).status).toBe(404);
    expect(errorOf(await patch('nope?x=1', [])).detail).toBe('Unknown argument: "x"');
  });
});
