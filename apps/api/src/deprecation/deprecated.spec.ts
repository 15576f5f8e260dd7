import { ApiHarness } from '../testing/api-harness.ts';
import { DEPRECATIONS, deprecationHeaders } from './deprecations.ts';

const AT_1_10 = 'container-infra 1.10';
const ANNOUNCED = ['deprecation', 'sunset', 'link'];

describe.each([['bays', DEPRECATIONS.bays], ['baymodels', DEPRECATIONS.baymodels]] as const)('/v1/%s, deprecated', (name, deprecation) => {
  let api: ApiHarness;
  beforeAll(async () => {
    api = await ApiHarness.open({ publicUrl: 'http://api.test/prefix' });
  });
  afterAll(() => api.close());
  const headers = deprecationHeaders(deprecation, 'http://api.test/prefix');

  it.each([
    [`GET /v1/${name}`, AT_1_10, 200], [`GET /${name}`, '', 200], [`GET /v1/${name}/nope`, 'container-infra 1.1', 404],
    [`POST /v1/${name}`, AT_1_10, 400],
  ])('says on %s in version "%s" that it will go', async (request, version, status) => {
    expect(await api.call(request, { version })).toMatchObject({ status, headers });
  });

  it.each([
    ['GET', ''], ['GET', '/detail'], ['GET', '/x'], ['POST', ''], ['POST', '/x'], ['PATCH', ''], ['PATCH', '/x'], ['DELETE', ''],
    ['DELETE', '/x'],
  ])('is from 1.11 on an unknown path to %s %s', async (method, path) => {
    for (const version of ['container-infra 1.11', 'container-infra latest']) {
      const answer = await api.call(`${method} /v1/${name}${path}`, { version });
      const unknown = await api.call(`${method} /v1/nonsense`, { version });
      expect(answer.status).toBe(404);
      expect(without(answer)).toEqual(without(unknown));
      expect(answer.body.errors[0].request_id).toBe(answer.headers['x-openstack-request-id']);
    }
    expect(api.services.sent).toEqual([]);
  });

  it('says nothing of the kind where nothing deprecated was used', async () => {
    const answer = await api.call('GET /v1/clusters', { version: AT_1_10 });
    for (const header of ANNOUNCED) expect(answer.headers).not.toHaveProperty(header);
  });
});

/** An answer without what no two answers share. */
function without({ status, headers, body }: Awaited<ReturnType<ApiHarness['call']>>): object {
  const { 'x-openstack-request-id': _id, date: _date, ...rest } = headers;
  return { status, headers: rest, body: { errors: [{ ...body.errors[0], request_id: '' }] } };
}
