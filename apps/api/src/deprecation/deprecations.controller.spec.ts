import { DriverRegistry } from '@jeroboam/driver-sdk';
import { FakeClock } from '@jeroboam/platform/testing';
import { ApiHarness, TEMPLATE, errorOf, type Answer } from '../testing/api-harness.ts';
import { manifest } from '../testing/manifests.ts';
import type { Deprecation } from './deprecations.ts';
import { clientOf } from './used-deprecations.ts';

const TODAY = '2026-01-31';
const DAYS = { since: '2026-01-01', sunset: '2026-07-01' };
const DOC = 'https://example.org/how';
const DEPRECATED: readonly Deprecation[] = [
  { feature: 'endpoint:bays', kind: 'endpoint', name: '/v1/bays', ...DAYS, replacement: '/v1/clusters', doc: DOC },
  { feature: 'label:old_label', kind: 'label', name: 'old_label', ...DAYS, replacement: 'new_label', doc: DOC },
  { feature: 'field:clusters.discovery_url', kind: 'field', name: 'clusters.discovery_url', ...DAYS, replacement: null, doc: DOC },
  {
    feature: 'coe:swarm-mode', kind: 'coe', name: 'swarm-mode', since: '2026-01-02', sunset: '2026-06-01', replacement: 'kubernetes',
    doc: DOC,
  },
];
const DRIVERS = new DriverRegistry([
  manifest({
    provides: [{ serverType: 'vm', os: 'fedora-coreos', coe: 'kubernetes' }],
    capabilities: { ...manifest().capabilities, networkDrivers: ['flannel'] },
  }),
  manifest({
    name: 'old_driver', state: 'deprecated', deprecation: { since: '2026-01-03', sunset: '2026-05-01', replacement: 'swarm_test' },
  }),
]);
const open = (start = `${TODAY}T12:00:00.000Z`, deprecated = DEPRECATED) => {
  const clock = new FakeClock(start);
  return ApiHarness.open({ publicUrl: 'http://api.test' }, { dependencies: { clock, timers: clock, deprecated, drivers: DRIVERS } });
};
const announcedBy = ({ headers }: Answer) => ({ deprecation: headers['deprecation'], sunset: headers['sunset'] });
const SILENT = { deprecation: undefined, sunset: undefined };
const SWARM = { deprecation: '@1767312000', sunset: 'Fri, 01 May 2026 00:00:00 GMT' };

describe('what an accepted request uses of what is deprecated', () => {
  let api: ApiHarness;
  let kubernetes: string;
  beforeAll(async () => {
    api = await open();
    kubernetes = await api.givenBayModel({ coe: 'kubernetes', network_driver: 'flannel' });
  });
  afterAll(() => api.close());
  const k8s = (fields: object) => ({ ...TEMPLATE, coe: 'kubernetes', network_driver: 'flannel', ...fields });
  const cluster = (fields: object) => ({ name: 'c1', cluster_template_id: kubernetes, ...fields });
  const LABEL = { deprecation: '@1767225600', sunset: 'Wed, 01 Jul 2026 00:00:00 GMT' };

  it.each([
    ['POST /v1/clustertemplates', k8s({}), 201, SILENT],
    ['POST /v1/clustertemplates', TEMPLATE, 201, SWARM],
    ['POST /v1/clustertemplates', k8s({ labels: { old_label: '1' } }), 201, LABEL],
    ['POST /v1/clustertemplates', k8s({ labels: { old_label: '1' }, image_id: 'nope' }), 400, SILENT],
  ])('is said in the answer to %s %j', async (request, body, status, announced) => {
    const answer = await api.call(request, { body });
    expect({ status: answer.status, ...announcedBy(answer) }).toEqual({ status, ...announced });
  });

  it('is said for labels and fields of a cluster, at creation', async () => {
    expect(announcedBy(await api.call('POST /v1/clusters', { body: cluster({}) }))).toEqual(SILENT);
    expect(announcedBy(await api.call('POST /v1/clusters', { body: cluster({ labels: { old_label: '1' } }) }))).toEqual(LABEL);
    expect(announcedBy(await api.call('POST /v1/clusters', { body: cluster({ discovery_url: 'http://d.test' }) }))).toEqual(LABEL);
  });

  it('is not said for a field that is null', async () => {
    const body = { ...cluster({ discovery_url: null }), cluster_template_id: await api.givenBayModel(k8s({ public: true }), 'admin') };
    const answer = await api.call('POST /v1/clusters', { as: 'stranger', body });
    expect({ status: answer.status, ...announcedBy(answer) }).toEqual({ status: 202, ...SILENT });
  });

  it.each([
    [[{ op: 'add', path: '/labels/old_label', value: '1' }], LABEL],
    [[{ op: 'replace', path: '/labels', value: "{'old_label': '2'}" }], LABEL],
    [[{ op: 'remove', path: '/labels/old_label' }], SILENT],
    [[{ op: 'replace', path: '/name', value: 'other' }], SILENT],
  ])('is said of the patch %j', async (patch, announced) => {
    const model = await api.givenBayModel(k8s({ labels: { old_label: '0' } }));
    const answer = await api.call(`PATCH /v1/clustertemplates/${model}`, { body: patch });
    expect({ status: answer.status, ...announcedBy(answer) }).toEqual({ status: 200, ...announced });
  });

  it('is said of a COE and of the driver that is chosen, and links to what comes after', async () => {
    const swarm = await api.givenBayModel({ driver: 'old_driver' }, 'admin');
    const answer = await api.call('POST /v1/clusters', { as: 'admin', body: { name: 'c9', cluster_template_id: swarm } });
    expect({ status: answer.status, ...announcedBy(answer) }).toEqual({ status: 202, ...SWARM });
    expect(answer.headers['link']).toContain(`<${DOC}>; rel="deprecation"`);
  });
});

describe('after the sunset', () => {
  const later = '2026-06-01T00:00:00.000Z';

  it('makes nothing new with the COE or the driver, in the API’s words', async () => {
    const api = await open(later);
    const answer = await api.call('POST /v1/clustertemplates', { body: TEMPLATE });
    expect(errorOf(answer)).toMatchObject({
      status: 400, detail: `Nothing new is made with coe swarm-mode since 2026-06-01, use kubernetes instead: ${DOC}`,
    });
    expect(answer.headers['x-jeroboam-error-code']).toBe('PAST_SUNSET');
    expect(api.services.sent).toEqual([]);
    await api.close();
  });

  it('makes no bay of a model from before, and lets bays from before go on', async () => {
    const clock = new FakeClock('2026-04-30T23:59:00.000Z');
    const api = await ApiHarness.open({}, { dependencies: { clock, timers: clock, deprecated: [], drivers: DRIVERS } });
    const model = await api.givenBayModel();
    const bay = await api.givenBay(model);
    await clock.advance(60_000);
    const refused = await api.call('POST /v1/clusters', { body: { name: 'c2', cluster_template_id: model } });
    expect(errorOf(refused)).toMatchObject({ status: 400, detail: expect.stringContaining('driver old_driver@1.2.0 since 2026-05-01') });
    expect((await api.call(`GET /v1/clusters/${bay}`)).status).toBe(200);
    const resized = await api.call(`POST /v1/clusters/${bay}/actions/resize`, { body: { node_count: 2 } });
    expect(resized.status).toBe(202);
    expect((await api.call(`DELETE /v1/clusters/${bay}`)).status).toBe(204);
    await api.close();
  });

  it('upgrades a bay from before, and says what with', async () => {
    const clock = new FakeClock('2026-04-30T23:59:00.000Z');
    const api = await ApiHarness.open({}, { dependencies: { clock, timers: clock, deprecated: [], drivers: DRIVERS } });
    const model = await api.givenBayModel();
    const bay = await api.givenCompleteBay(model);
    await clock.advance(60_000);
    const upgraded = await api.call(`POST /v1/clusters/${bay}/actions/upgrade`, { body: { cluster_template: model } });
    expect({ status: upgraded.status, ...announcedBy(upgraded) })
      .toEqual({ status: 202, deprecation: '@1767398400', sunset: 'Fri, 01 May 2026 00:00:00 GMT' });
    await api.close();
  });
});

describe('GET /v1/deprecations', () => {
  let api: ApiHarness;
  beforeAll(async () => {
    api = await open();
    const as = { version: 'container-infra 1.10' };
    const agent = (name: string) => ({ headers: { 'user-agent': name } });
    for (let time = 0; time < 3; time += 1) await api.call('GET /v1/bays', { ...as, ...agent('python-magnumclient') });
    await api.call('GET /v1/bays', { ...as, ...agent('gophercloud/2.0.0 (linux)') });
    await api.call('GET /v1/bays/nope', { ...as, as: 'stranger' });
    // Looking writes down; here nobody but the test brings the read side up to it.
    await api.call('GET /v1/deprecations');
    await api.services.project();
  });
  afterAll(() => api.close());
  const usesOf = (answer: Answer, feature: string) =>
    answer.body.deprecations.find((each: { feature: string }) => each.feature === feature).uses;

  it('lists everything deprecated, drivers too, with its own use', async () => {
    const answer = await api.call('GET /v1/deprecations');
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ counted_since: '2026-01-02', complete: true });
    expect(answer.body.deprecations.map(({ feature }: { feature: string }) => feature)).toEqual([
      'endpoint:bays', 'label:old_label', 'field:clusters.discovery_url', 'coe:swarm-mode', 'driver:old_driver@1.2.0',
    ]);
    expect(answer.body.deprecations[0]).toEqual({
      feature: 'endpoint:bays', kind: 'endpoint', name: '/v1/bays', state: 'deprecated', ...DAYS, replacement: '/v1/clusters', doc: DOC,
      uses: [
        { day: TODAY, project_id: 'p1', client: 'python-magnumclient', count: 3 },
        { day: TODAY, project_id: 'p1', client: 'gophercloud', count: 1 },
      ],
    });
  });

  it('shows a project no use but its own, refused requests included', async () => {
    const answer = await api.call('GET /v1/deprecations', { as: 'stranger' });
    expect(usesOf(answer, 'endpoint:bays')).toEqual([{ day: TODAY, project_id: 'p2', client: expect.any(String), count: 1 }]);
  });

  it('shows an administrator who uses it', async () => {
    const uses = usesOf(await api.call('GET /v1/deprecations', { as: 'admin' }), 'endpoint:bays');
    expect(new Set(uses.map(({ project_id: id }: { project_id: string }) => id))).toEqual(new Set(['p1', 'p2']));
  });

  it.each([
    ['days=0', 400], ['days=91', 400], ['days=x', 400], ['days=1', 200], ['other=1', 400],
  ])('reads %s with %i', async (query, status) => {
    expect((await api.call(`GET /v1/deprecations?${query}`)).status).toBe(status);
  });

  it('is for those who may read', async () => {
    expect((await api.call('GET /v1/deprecations', { as: 'member-only' })).status).toBe(403);
  });

  it('keeps its counts when the API starts again', async () => {
    const { log, readModel, services } = api;
    const clock = new FakeClock(`${TODAY}T13:00:00.000Z`);
    const dependencies = { log, readModel, messages: services, clock, timers: clock, deprecated: DEPRECATED };
    const again = await ApiHarness.open({}, { dependencies });
    expect(usesOf(await again.call('GET /v1/deprecations'), 'endpoint:bays')).toHaveLength(2);
    await again.close();
  });
});

describe('clientOf', () => {
  it.each([
    ['python-magnumclient', 'python-magnumclient'], ['openstacksdk/4.0 keystoneauth1/5.6', 'openstacksdk'],
    ['gophercloud/2.0 (x)', 'gophercloud'],
    [undefined, 'unknown'], ['', 'unknown'], ['(Mozilla)', 'unknown'], ['x'.repeat(65), 'unknown'], ['a<b/1', 'unknown'],
  ])('of %p is %p', (userAgent, client) => {
    expect(clientOf(userAgent)).toBe(client);
  });
});
