import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApiHarness } from '../testing/api-harness.ts';

describe('discovery', () => {
  let api: ApiHarness;
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'jeroboam-api-'));
    api = await ApiHarness.open({ healthcheckDisableFile: join(directory, 'disabled') });
  });
  afterAll(async () => {
    await api.close();
    await rm(directory, { recursive: true });
  });

  it('lists the one version there is, whatever version is asked for', async () => {
    const answer = await api.call('GET /', { as: 'nobody', version: 'nonsense', headers: { host: 'magnum.test:9511' } });
    expect(answer).toMatchObject({ status: 200, headers: { 'content-type': 'application/json' } });
    expect(answer.headers).not.toHaveProperty('openstack-api-version');
    expect(answer.body).toEqual({
      name: 'OpenStack Magnum API',
      description: 'Magnum is an OpenStack project which aims to provide container cluster management.',
      versions: [{
        id: 'v1', links: [{ href: 'http://magnum.test:9511/v1/', rel: 'self' }], status: 'CURRENT', max_version: '1.14', min_version: '1.1',
      }],
    });
  });

  it('lists the collections of v1 as Magnum does', async () => {
    const { body, headers } = await api.call('GET /v1', { as: 'nobody', version: 'container-infra 1.11', headers: { host: 'magnum.test' } });
    expect(Object.keys(body)).toEqual([
      'id', 'media_types', 'links', 'clustertemplates', 'clusters', 'quotas', 'certificates', 'mservices', 'stats', 'federations',
      'nodegroups', 'credentials',
    ]);
    expect(body.media_types).toEqual([{ base: 'application/json', type: 'application/vnd.openstack.magnum.v1+json' }]);
    expect(body.clusters).toEqual([
      { href: 'http://magnum.test/v1/clusters/', rel: 'self' }, { href: 'http://magnum.test/clusters/', rel: 'bookmark' },
    ]);
    expect(body.nodegroups).toEqual([
      { href: 'http://magnum.test/v1/clusters/{cluster_id}/nodegroups', rel: 'self' },
      { href: 'http://magnum.test/clusters/{cluster_id}/nodegroups', rel: 'bookmark' },
    ]);
    expect(headers['openstack-api-maximum-version']).toBe('container-infra 1.14');
  });

  it('lists bays and baymodels in the versions that have them', async () => {
    const collections = async (version: string) => Object.keys((await api.call('GET /v1', { as: 'nobody', version })).body);
    expect((await collections('')).slice(3, 6)).toEqual(['baymodels', 'bays', 'clustertemplates']);
    expect(await collections('container-infra 1.10')).toContain('bays');
    expect(await collections('container-infra 1.11')).not.toContain('bays');
  });

  it('refuses a version of v1 that does not exist', async () => {
    expect((await api.call('GET /v1', { as: 'nobody', version: 'container-infra 1.15' })).status).toBe(406);
  });

  it('says it is well, in plain text or in JSON', async () => {
    const plain = await api.call('GET /healthcheck', { as: 'nobody' });
    expect([plain.status, plain.text, plain.headers['content-type']]).toEqual([200, 'OK', 'text/plain; charset=UTF-8']);
    const json = await api.call('GET /healthcheck', { as: 'nobody', headers: { accept: 'application/json' } });
    expect([json.status, json.body]).toEqual([200, { detailed: false, reasons: ['OK'] }]);
  });

  it('says it is not while an operator has put the file there', async () => {
    await writeFile(join(directory, 'disabled'), '');
    const answer = await api.call('GET /healthcheck', { as: 'nobody' });
    expect([answer.status, answer.text]).toEqual([503, 'DISABLED BY FILE']);
  });

  it('names the configured address instead of the one a client made up', async () => {
    const behindProxy = await ApiHarness.open({ publicUrl: 'https://cloud.test/container-infra' });
    const { body } = await behindProxy.call('GET /', { headers: { host: 'evil.test' } });
    expect(body.versions[0].links[0].href).toBe('https://cloud.test/container-infra/v1/');
    await behindProxy.close();
  });

  it('repeats no host that is none', async () => {
    const { body } = await api.call('GET /', { headers: { host: 'a"b/c' } });
    expect(body.versions[0].links[0].href).toBe('http://localhost/v1/');
  });
});
