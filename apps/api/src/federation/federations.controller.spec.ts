import { ApiHarness, errorOf } from '../testing/api-harness.ts';

const ID = '6020b68c-c098-497f-836f-192dba9f78dd';

describe('/v1/federations', () => {
  let api: ApiHarness;
  let host: string;
  beforeAll(async () => {
    api = await ApiHarness.open();
    host = await api.givenBay(await api.givenBayModel());
  });
  afterAll(() => api.close());
  const create = (fields: object = {}, as = 'member') => api.call('POST /v1/federations', {
    as, body: { name: 'f1', hostcluster_id: host, properties: { 'dns-zone': 'example.org' }, ...fields },
  });

  it('is an empty list, in short and in detail', async () => {
    for (const path of ['', '/detail', '?limit=2&sort_key=name&sort_dir=desc']) {
      const { status, text } = await api.call(`GET /v1/federations${path}`);
      expect([status, text]).toEqual([200, '{"federations":[]}']);
    }
  });

  it.each([
    ['?limit=0', 400, 'Limit must be positive'],
    ['?sort_key=bogus', 400, 'The sort_key value "bogus" is an invalid field for sorting'],
    [`?marker=${ID}`, 404, `Federation ${ID} could not be found.`],
    ['?foo=1', 400, 'Unknown argument: "foo"'],
  ])('refuses %s as other lists do', async (query, status, detail) => {
    expect(errorOf(await api.call(`GET /v1/federations${query}`))).toMatchObject({ status, detail });
  });

  it('takes one in with 202 and an id, and keeps nothing', async () => {
    const before = api.services.sent.length;
    for (const fields of [{}, { name: undefined, member_ids: [ID], hostcluster_id: 'c1' }]) {
      const { status, body } = await create(fields);
      expect([status, Object.keys(body)]).toEqual([202, ['uuid']]);
      expect((await api.call(`GET /v1/federations/${body.uuid}`)).status).toBe(404);
    }
    expect(api.services.sent).toHaveLength(before);
    expect((await api.call('GET /v1/federations')).body).toEqual({ federations: [] });
  });

  it.each<[object, number, string]>([
    [{ hostcluster_id: undefined }, 400, 'No hostcluster specified. Please specify a hostcluster_id.'],
    [{ hostcluster_id: null }, 400, 'No hostcluster specified. Please specify a hostcluster_id.'],
    [{ hostcluster_id: 'nope' }, 404, 'Cluster nope could not be found.'],
    [{ properties: undefined }, 400, 'Please specify a `properties` dict for the federation.'],
    [{ properties: {} }, 400, 'No DNS zone specified. Please specify a `dns-zone`.'],
    [{ properties: 'x' }, 400, 'Value not a valid dict: x'],
    [{ properties: { 'dns-zone': 5 } }, 400, "properties. Value: '{'dns-zone': 5}'. Value should be string"],
    [{ member_ids: 'x' }, 400, 'Value not a valid list: x'],
    [{ name: '' }, 400, "Invalid input for field/attribute name. Value: ''. Value should have a minimum character requirement of 1"],
    [{ name: '1a' }, 400, 'Value should match the pattern ^[a-zA-Z][a-zA-Z0-9_.-]*$'],
    [{ name: 'a'.repeat(243) }, 400, 'Value should have a maximum character requirement of 242'],
    [{ foo: 1 }, 400, 'Unknown attribute for argument federation: foo'],
  ])('refuses %j with %i', async (fields, status, words) => {
    const error = errorOf(await create(fields));
    expect(error.status).toBe(status);
    expect(error.detail).toContain(words);
  });

  it('knows none to show, change or delete', async () => {
    for (const ident of [ID, 'f1']) {
      const missing = { status: 404, code: 'client', detail: `Federation ${ident} could not be found.` };
      expect(errorOf(await api.call(`GET /v1/federations/${ident}`))).toMatchObject(missing);
      const body = [{ op: 'add', path: '/member_ids', value: host }];
      expect(errorOf(await api.call(`PATCH /v1/federations/${ident}`, { body }))).toMatchObject(missing);
      expect(errorOf(await api.call(`DELETE /v1/federations/${ident}`))).toMatchObject(missing);
    }
  });

  it('refuses what is no patch before it looks for the federation', async () => {
    expect(errorOf(await api.call(`PATCH /v1/federations/${ID}`, { body: {} }))).toMatchObject({ status: 400 });
    for (const method of ['PATCH', 'DELETE']) {
      expect(errorOf(await api.call(`${method} /v1/federations`)).detail).toBe('Missing argument: "federation_ident"');
    }
  });

  it.each([['member', 200, 202], ['reader', 200, 403], ['member-only', 403, 202], ['no-role', 403, 403], ['admin', 403, 403]] as const)(
    'lets %s list with %i and create with %i', async (as, listed, created) => {
      expect((await api.call('GET /v1/federations', { as })).status).toBe(listed);
      expect((await create({}, as)).status).toBe(created);
    },
  );
});
