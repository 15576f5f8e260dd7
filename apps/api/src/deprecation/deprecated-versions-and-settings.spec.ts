import { FakeClock } from '@jeroboam/platform/testing';
import { ApiHarness, errorOf, type Answer } from '../testing/api-harness.ts';
import type { Deprecation } from './deprecations.ts';

const DAYS = { since: '2026-01-01', sunset: '2026-07-01' };
const DOC = 'https://example.org/how';
const DEPRECATED: readonly Deprecation[] = [
  { feature: 'microversion:1.5', kind: 'microversion', name: '1.5', ...DAYS, replacement: '1.6', doc: DOC },
  { feature: 'config:JEROBOAM_OLD', kind: 'config', name: 'JEROBOAM_OLD', ...DAYS, replacement: 'JEROBOAM_NEW', doc: DOC },
];
const open = (now: string, settings = ['HOME', 'JEROBOAM_OLD']) => {
  const clock = new FakeClock(now);
  return ApiHarness.open({}, { dependencies: { clock, timers: clock, deprecated: DEPRECATED, settings } });
};
const announced = ({ status, headers }: Answer) => [status, headers['deprecation'], headers['sunset']];
const GOES = ['@1767225600', 'Wed, 01 Jul 2026 00:00:00 GMT'];

/** The first look has what was counted written down. */
async function counted(api: ApiHarness): Promise<Answer> {
  await api.call('GET /v1/deprecations', { as: 'admin' });
  await api.services.project();
  return api.call('GET /v1/deprecations', { as: 'admin' });
}

describe('a deprecated microversion', () => {
  it('is announced in what was accepted in it or below it, and counted', async () => {
    const api = await open('2026-01-31T12:00:00.000Z');
    const get = (path: string, version: string) => api.call(`GET ${path}`, { version, headers: { 'user-agent': 'gophercloud/2' } });
    expect(announced(await get('/v1/clusters', 'container-infra 1.5'))).toEqual([200, ...GOES]);
    expect(announced(await get('/v1/clusters', ''))).toEqual([200, ...GOES]);
    expect(announced(await get('/v1/clusters', 'container-infra 1.6'))).toEqual([200, undefined, undefined]);
    expect(announced(await get('/v1/clusters/none', 'container-infra 1.5'))).toEqual([404, undefined, undefined]);
    expect(announced(await get('/', ''))).toEqual([200, undefined, undefined]);
    const { body } = await counted(api);
    expect(body.deprecations[0]).toMatchObject({
      feature: 'microversion:1.5', kind: 'microversion', state: 'deprecated', uses: [{ project_id: 'p1', client: 'gophercloud', count: 2 }],
    });
    await api.close();
  });

  it('is 406 after its sunset, as one that never was, and the lowest is the next', async () => {
    const api = await open('2026-07-01T00:00:00.000Z');
    const refused = await api.call('GET /v1/clusters', { version: 'container-infra 1.5' });
    expect(refused).toMatchObject({ status: 406, body: { errors: [{ min_version: '1.6', max_version: '1.14' }] } });
    expect((await api.call('GET /')).body.versions).toMatchObject([{ min_version: '1.6' }]);
    const served = await api.call('GET /v1/clusters', { version: '' });
    expect(served).toMatchObject({ status: 200, headers: { 'openstack-api-minimum-version': 'container-infrastructure-management 1.6' } });
    await api.close();
  });
});

describe('a deprecated setting', () => {
  it('is told to the operator when the process starts, and counted', async () => {
    const api = await open('2026-01-31T12:00:00.000Z');
    expect(api.logger.lines).toContainEqual(expect.objectContaining({
      level: 'warn', message: 'a deprecated setting is in use', setting: 'JEROBOAM_OLD', replacement: 'JEROBOAM_NEW', sunset: '2026-07-01',
    }));
    const { body } = await counted(api);
    expect(body.deprecations[1]).toMatchObject({ feature: 'config:JEROBOAM_OLD', kind: 'config', uses: [{ client: 'jeroboam', count: 1 }] });
    // Its use is no project's.
    expect((await api.call('GET /v1/deprecations')).body.deprecations[1].uses).toEqual([]);
    await api.close();
  });

  it('is no word to those who do not have it', async () => {
    const api = await open('2026-01-31T12:00:00.000Z', ['JEROBOAM_NEW']);
    expect(api.logger.lines.filter(({ level }) => level === 'warn')).toEqual([]);
    expect(errorOf(await api.call('GET /v1/clusters/none'))).toMatchObject({ status: 404 });
    await api.close();
  });
});
