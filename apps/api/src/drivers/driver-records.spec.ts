import { DriverRegistry, templatesOf, type DriverManifest } from '@jeroboam/driver-sdk';
import type { RecordedEvent } from '@jeroboam/domain';
import { ApiHarness, errorOf } from '../testing/api-harness.ts';
import { OTHER, manifest } from '../testing/manifests.ts';

const definition = { version: '1.10.0', files: { 'bay.yaml': 'one' }, parameters: {}, outputs: {} };
const templated = (files: Record<string, string>, more: Partial<DriverManifest> = {}) => manifest({ ...templatesOf({ ...definition, files }), ...more });
const FIRST = manifest();
const SECOND = manifest({ version: '2.0.0' });

let api: ApiHarness;
afterEach(() => api.close());

async function openWith(...manifests: readonly DriverManifest[]): Promise<void> {
  api = await ApiHarness.open({}, { dependencies: { drivers: new DriverRegistry(manifests) } });
  const append = api.log.append.bind(api.log);
  // The services that project what the API itself writes are not there: play them.
  api.log.append = async (...given) => {
    const appended = await append(...given);
    await api.services.project();
    return appended;
  };
}

async function events(stream: string): Promise<RecordedEvent[]> {
  const found: RecordedEvent[] = [];
  for await (const event of api.log.readStream(stream)) found.push(event);
  return found;
}

const setState = (state: unknown, version = '1.2.0', as = 'admin') => api.call(`PATCH /v1/drivers/swarm_test/${version}`, { as, body: { state } });

describe('the templates of loaded drivers', () => {
  it('are remembered in the log when the API boots, once', async () => {
    const driver = templated({ 'bay.yaml': 'one' });
    await openWith(driver);
    const { digest } = driver.bundles![0]!;
    expect((await events('driver-swarm_test')).map(({ type, data }) => [type, data])).toEqual([
      ['TemplatesPublished', { name: 'swarm_test', version: '1.2.0', templates: [{ version: '1.10.0', digest }] }],
    ]);
    const again = await ApiHarness.open({}, { dependencies: { log: api.log, drivers: new DriverRegistry([driver]) } });
    expect(await events('driver-swarm_test')).toHaveLength(1);
    await again.close();
  });

  it('stop the boot when one was published with something else in it', async () => {
    await openWith(templated({ 'bay.yaml': 'one' }));
    const boot = ApiHarness.open({}, { dependencies: { log: api.log, drivers: new DriverRegistry([templated({ 'bay.yaml': 'two' })]) } });
    await expect(boot).rejects.toMatchObject({ code: 'TEMPLATE_CHANGED' });
  });

  it('leave the log alone where a driver has none', async () => {
    await openWith(FIRST);
    expect(await events('driver-swarm_test')).toEqual([]);
  });

  it('are recorded in the bays that are made with them', async () => {
    const driver = templated({ 'bay.yaml': 'one' });
    await openWith(driver);
    const bayId = await api.givenBay(await api.givenBayModel());
    expect((await events(`bay-${bayId}`))[0]!.data).toMatchObject({ spec: { driver: {
      name: 'swarm_test', version: '1.2.0', templateVersion: '1.10.0', templateDigest: driver.bundles![0]!.digest,
      driverDigest: expect.stringMatching(/^[0-9a-f]{64}$/), resolvedBy: 'only-match',
    } } });
  });
});

describe('PATCH /v1/drivers/{name}/{version}', () => {
  it('changes the state of a version, and which one new bays get', async () => {
    await openWith(FIRST, SECOND);
    const model = await api.givenBayModel();
    expect((await setState('deprecated', '2.0.0')).body).toMatchObject({ version: '2.0.0', state: 'deprecated' });
    const bay = await api.givenBay(model);
    expect((await events(`bay-${bay}`))[0]!.data).toMatchObject({ spec: { driver: { version: '1.2.0' } } });
    expect((await setState('active', '2.0.0')).status).toBe(200);
    const next = await api.givenBay(model);
    expect((await events(`bay-${next}`))[0]!.data).toMatchObject({ spec: { driver: { version: '2.0.0' } } });
  });

  it('is a fact with a name on it', async () => {
    await openWith(FIRST);
    await setState('deprecated');
    expect(await events('driver-swarm_test')).toMatchObject([{
      type: 'DriverStateChanged', data: { name: 'swarm_test', version: '1.2.0', from: 'active', state: 'deprecated' },
      actor: { userId: 'u7' }, driver: { name: 'swarm_test', version: '1.2.0' },
    }]);
  });

  it('lasts longer than the process', async () => {
    await openWith(FIRST, SECOND);
    await setState('retired');
    const again = await ApiHarness.open({}, { dependencies: { log: api.log, readModel: api.readModel, drivers: new DriverRegistry([FIRST, SECOND]) } });
    expect((await again.call('GET /v1/drivers/swarm_test/1.2.0')).body.state).toBe('retired');
    await again.close();
  });

  it('refuses to retire a version while bays live that were made with it, naming them', async () => {
    await openWith(FIRST);
    const bay = await api.givenBay(await api.givenBayModel());
    const refused = await setState('retired');
    expect(errorOf(refused)).toMatchObject({ status: 409, detail: `Driver swarm_test 1.2.0 cannot be retired: 1 clusters were made with it: c1 (${bay}).` });
    expect(await events('driver-swarm_test')).toEqual([]);
  });

  it('makes no new bays with a retired version', async () => {
    await openWith(FIRST);
    const model = await api.givenBayModel();
    await setState('retired');
    const refused = await api.call('POST /v1/clusters', { body: { name: 'c2', cluster_template_id: model } });
    expect(errorOf(refused)).toMatchObject({ status: 400, detail: 'Cluster type (vm, fedora-coreos, swarm-mode) not supported.' });
  });

  it('refuses a state in which two drivers would make the same bays', async () => {
    await openWith(FIRST, OTHER);
    const refused = await api.call('PATCH /v1/drivers/other_driver/1.2.0', { as: 'admin', body: { state: 'active' } });
    expect(errorOf(refused)).toMatchObject({ status: 409, detail: expect.stringContaining('configure which is the default') });
  });

  it.each([[{}, 400], [{ state: 'gone' }, 400], [{ state: 'active', version: '9' }, 400]])('answers %j with %i', async (body, status) => {
    await openWith(FIRST);
    expect((await api.call('PATCH /v1/drivers/swarm_test/1.2.0', { as: 'admin', body })).status).toBe(status);
  });

  it('does not know a version that is not loaded', async () => {
    await openWith(FIRST);
    expect((await setState('active', '9.9.9')).status).toBe(404);
  });

  it('is for administrators', async () => {
    await openWith(FIRST);
    expect((await setState('retired', '1.2.0', 'member')).status).toBe(403);
  });
});
