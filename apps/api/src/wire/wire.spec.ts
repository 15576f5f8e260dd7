import { ApiHarness, TEMPLATE, errorOf } from '../testing/api-harness.ts';

const VERSION_HEADERS = ['openstack-api-version', 'openstack-api-minimum-version', 'openstack-api-maximum-version', 'vary'];

describe('the wire', () => {
  let api: ApiHarness;
  beforeAll(async () => {
    api = await ApiHarness.open();
  });
  afterAll(() => api.close());
  afterEach(() => {
    api.keystone.away = false;
  });

  describe('who asks', () => {
    it.each(['GET /v1/clusters', 'POST /v1/clusters', 'GET /v1/nonsense', 'GET /nonsense', 'HEAD /v1/clusters'])('is asked first: %s without a token is 401', async (request) => {
      const answer = await api.call(request, { as: 'nobody', version: 'garbage', headers: { accept: 'application/xml' } });
      expect(answer).toMatchObject({
        status: 401,
        headers: {
          'www-authenticate': 'Keystone uri="http://keystone.test/v3"', 'content-type': 'application/json',
          'x-openstack-request-id': expect.stringMatching(/^req-/),
        },
      });
      if (!request.startsWith('HEAD')) expect(answer.text).toBe(
        '{"error":{"code":401,"title":"Unauthorized","message":"The request you have made requires authentication."}}',
      );
    });

    it.each<[string, string | undefined, number]>([
      ['expired-member', 'service', 200], ['expired-member', undefined, 401], ['expired-member', 'member', 401],
      ['member', 'service', 200], ['member', 'member', 200], ['member', 'made-up', 401], ['made-up', 'service', 401],
    ])('lets %s with the service token %s in with %i', async (as, service, status) => {
      expect((await api.call('GET /v1/clusters', { as, headers: service === undefined ? {} : { 'x-service-token': service } })).status).toBe(status);
    });

    it('is 401 for a token Keystone does not know', async () => {
      expect((await api.call('GET /v1/clusters', { as: 'made-up' })).status).toBe(401);
    });

    it('is 503 in plain text, with a time to come back, when Keystone is away', async () => {
      api.keystone.away = true;
      const answer = await api.call('GET /v1/clusters');
      expect(answer).toMatchObject({ status: 503, headers: { 'content-type': 'text/plain', 'retry-after': '1' } });
      expect(answer.text).toBe('503 Service Unavailable\n\nThe server is currently unavailable. Please try again at a later time.\n\n The Keystone service is temporarily unavailable.  ');
    });

    it.each(['GET /', 'GET /v1', 'GET /v1/', 'GET /healthcheck'])('is not asked for %s', async (request) => {
      api.keystone.away = true;
      expect((await api.call(request, { as: 'nobody' })).status).toBe(200);
    });
  });

  it('takes doubled slashes for one, which an endpoint of a catalog that ends in one leads to', async () => {
    for (const path of ['//v1//clusters', '/v1/clusters//']) expect((await api.call(`GET ${path}`)).status).toBe(200);
  });

  describe('versions', () => {
    it('are answered under the name the client used, on every answer of a handler', async () => {
      for (const request of ['GET /v1/clusters', 'GET /v1/clusters/none', 'GET /clusters', 'GET /v1/clusters?foo=1']) {
        expect((await api.call(request, { version: 'container-infrastructure 1.9' })).headers).toMatchObject({
          'openstack-api-version': 'container-infrastructure 1.9', 'openstack-api-minimum-version': 'container-infrastructure 1.1',
          'openstack-api-maximum-version': 'container-infrastructure 1.14', vary: 'OpenStack-API-Version',
        });
      }
    });

    it('default to 1.1', async () => {
      expect((await api.call('GET /v1/clusters', { version: '' })).headers['openstack-api-version']).toBe(
        'container-infrastructure-management 1.1',
      );
    });

    it('that do not exist have an answer of their own, with headers', async () => {
      const answer = await api.call('GET /v1/clusters', { version: 'container-infra 9.9' });
      expect(answer).toMatchObject({
        status: 406,
        headers: {
          'openstack-api-version': 'container-infra 9.9', 'openstack-api-maximum-version': 'container-infra 1.14',
          'content-type': 'application/json',
        },
      });
      expect(Object.keys(answer.body.errors[0])).toEqual(['code', 'title', 'description', 'max_version', 'min_version', 'links']);
    });

    it.each([['container-infra garbage', 'Invalid value for OpenStack-API-Version header'], ['1.10', 'Invalid service type for OpenStack-API-Version header']])(
      'that cannot be read (%s) are 406 without version headers', async (version, detail) => {
        const answer = await api.call('GET /v1/nonsense', { version });
        expect(errorOf(answer)).toEqual({ status: 406, code: '', title: 'Not Acceptable', detail });
        for (const name of VERSION_HEADERS) expect(answer.headers).not.toHaveProperty(name);
      },
    );

    it('before an operation was there are 406', async () => {
      const answer = await api.call('POST /v1/clusters/x/actions/resize', { version: 'container-infra 1.6', body: { node_count: 2 } });
      expect(errorOf(answer)).toEqual({
        status: 406, code: '', title: 'Not Acceptable',
        detail: 'Version 1.6 was requested but the requested API resize is not supported for this version.',
      });
      for (const name of VERSION_HEADERS) expect(answer.headers).not.toHaveProperty(name);
    });
  });

  describe('paths and verbs', () => {
    it.each(['GET /v1/nonsense', 'GET /nonsense', 'GET /v2', 'GET /v1/clusters/x/nonsense', 'GET /v1/v1/clusters', 'GET /v1/events/x/y/z/nonsense'])('%s is 404 of the routing', async (request) => {
      const answer = await api.call(request);
      expect(errorOf(answer)).toEqual({ status: 404, code: '', title: 'Not Found', detail: '' });
      for (const name of VERSION_HEADERS) expect(answer.headers).not.toHaveProperty(name);
    });

    it.each([
      ['PUT /v1/clusters/x', 'DELETE, GET, PATCH, POST'],
      ['OPTIONS /v1/clusters', 'DELETE, GET, PATCH, POST'],
      ['GET /v1/certificates', 'POST'],
      ['DELETE /v1/certificates', 'POST'],
      ['PUT /clusters/x/', 'DELETE, GET, PATCH, POST'],
      ['POST /v1', 'GET'],
    ])('%s is 405 and says what is there: %s', async (request, allow) => {
      const answer = await api.call(request);
      expect(answer.headers['allow']).toBe(allow);
      expect(errorOf(answer)).toEqual({ status: 405, code: '', title: 'Method Not Allowed', detail: '' });
      for (const name of VERSION_HEADERS) expect(answer.headers).not.toHaveProperty(name);
    });

    it.each(['HEAD /v1/clusters', 'HEAD /v1/clusters/x', 'HEAD /'])('%s is 405', async (request) => {
      expect((await api.call(request)).status).toBe(405);
    });

    it.each(['POST /v1/clusters/x/actions', 'POST /v1/clusters/x/actions/bogus', 'GET /v1/clusters/x/actions/resize'])('%s is 405', async (request) => {
      expect((await api.call(request)).status).toBe(405);
    });

    it.each([
      ['DELETE /v1/clusters', 'Missing argument: "cluster_ident"'],
      ['PATCH /v1/clusters', 'Missing argument: "cluster_ident"'],
      ['DELETE /v1/clustertemplates', 'Missing argument: "cluster_template_ident"'],
      ['POST /v1/clusters/x', "Invalid input for field/attribute cluster. Value: 'x'. unable to convert to Cluster."],
      [
        'POST /v1/clustertemplates/x',
        "Invalid input for field/attribute cluster_template. Value: 'x'. unable to convert to ClusterTemplate.",
      ],
    ])('%s is 400: %s', async (request, detail) => {
      expect(errorOf(await api.call(request))).toMatchObject({ status: 400, code: 'client', detail });
    });

    it('below a cluster have Magnum\'s text with its place holders', async () => {
      expect(errorOf(await api.call('GET /v1/clusters/x/detail'))).toMatchObject({
        status: 404, detail: 'The %(name)s resource %(id)s could not be found.',
      });
    });

    it.each(['/v1/clusters/', '/clusters', '/clusters/'])('%s is the same place as /v1/clusters', async (path) => {
      expect((await api.call(`GET ${path}`)).body).toEqual({ clusters: [] });
    });
  });

  describe('content', () => {
    it.each(['application/xml', 'text/html'])('that a client does not take (%s) is 406 without a title', async (accept) => {
      const answer = await api.call('GET /v1/clusters', { headers: { accept } });
      expect(errorOf(answer)).toEqual({ status: 406, code: '', title: '', detail: '' });
      expect(answer.body.errors[0].request_id).toBe(answer.headers['x-openstack-request-id']);
      for (const name of VERSION_HEADERS) expect(answer.headers).not.toHaveProperty(name);
    });

    it('is JSON without a charset', async () => {
      expect((await api.call('GET /v1/clusters')).headers['content-type']).toBe('application/json');
    });

    it.each(['text/plain', 'application/xml', 'application/octet-stream'])('of the type %s is 415', async (type) => {
      const answer = await api.call('POST /v1/clustertemplates', { headers: { 'content-type': type }, body: '{"name": "x"}' });
      expect(errorOf(answer)).toEqual({
        status: 415, code: 'client', title: `Unknown mimetype: ${type}`, detail: `Unknown mimetype: ${type}`,
      });
      expect(answer.headers).toMatchObject({ 'openstack-api-version': 'container-infra 1.14' });
    });

    it('of a form is an unknown argument', async () => {
      const answer = await api.call('POST /v1/clustertemplates', {
        headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'a=b',
      });
      expect(errorOf(answer)).toMatchObject({ status: 400, detail: 'Unknown argument: "a=b"' });
    });

    it.each(['application/octet-stream', 'x', 'text', ';', '/', 'a, b'])('may be empty and of the type "%s" where none is needed', async (type) => {
      const answer = await api.call('DELETE /v1/clusters/none', { headers: { 'content-type': type } });
      expect(errorOf(answer)).toMatchObject({ status: 404, detail: 'Cluster none could not be found.' });
    });

    it('where none is needed may be an empty object, and nothing else', async () => {
      expect((await api.call('DELETE /v1/clusters/none', { body: {} })).status).toBe(404);
      expect(errorOf(await api.call('DELETE /v1/clusters/none', { body: { force: true } }))).toMatchObject({
        status: 400, detail: 'Unknown argument: "force"',
      });
      expect(errorOf(await api.call('DELETE /v1/clusters/none', { body: [] }))).toMatchObject({
        status: 400, detail: 'Request must be a JSON dict',
      });
    });
  });

  describe('errors', () => {
    it('carry the id of the request, in the body too', async () => {
      const answer = await api.call('GET /v1/clusters/none');
      expect(answer.text).toBe(JSON.stringify({
        errors: [{
          request_id: answer.headers['x-openstack-request-id'], code: 'client', status: 404, title: 'Cluster none could not be found',
          detail: 'Cluster none could not be found.', links: [],
        }],
      }));
    });

    it('cut the title at the first full stop', async () => {
      expect(errorOf(await api.call('GET /v1/clusters/a.b'))).toMatchObject({
        title: 'Cluster a', detail: 'Cluster a.b could not be found.',
      });
    });
  });

  describe('bad input', () => {
    const creates = [
      'POST /v1/clusters', 'POST /v1/clustertemplates', 'POST /v1/certificates', 'PATCH /v1/clusters/x',
      'POST /v1/clusters/x/actions/resize',
    ];
    const bodies: readonly (readonly [string, string])[] = [
      ['broken JSON', '{"name": '], ['single quotes', "{'name': 'x'}"], ['a number', '5'], ['a text', '"x"'], ['null', 'null'],
      ['an array of nothing useful', '[1, null, {}]'],
      ['deep nesting', '['.repeat(100_000)], ['deeply nested objects', '{"a":'.repeat(50_000)],
      ['prototype keys', '{"__proto__": {"admin": true}, "constructor": 1}'],
      [
        'every type at once',
        '{"name": 5, "cluster_template_id": [], "coe": {}, "image_id": false, "csr": 1, "cluster_uuid": 2, "node_count": "x"}',
      ],
      ['a hostile number', `{"node_count": ${'9'.repeat(100_000)}}`], ['half a character', '{"name": "\\ud800"}'],
      ['an empty text of spaces', '   '],
    ];

    it.each(creates.flatMap((request) => bodies.map(([what, body]) => [request, what, body] as const)))('%s of %s is 4xx in shape, and nobody is told', async (request, _what, body) => {
      const before = api.services.sent.length;
      const answer = await api.call(request, { body });
      expect(answer.body.errors).toHaveLength(1);
      expect(errorOf(answer)).toMatchObject({ status: 400, code: 'client' });
      expect(answer.text.length).toBeLessThan(20_000);
      expect(api.services.sent).toHaveLength(before);
    });

    it.each(creates)('%s of no body at all is 400', async (request) => {
      expect(errorOf(await api.call(request))).toMatchObject({ status: 400, detail: expect.stringMatching(/^Missing argument: "\w+"$/) });
    });

    it('of more than 1 MiB is 413 in shape', async () => {
      const answer = await api.call('POST /v1/clustertemplates', { body: { ...TEMPLATE, name: 'x'.repeat(1_048_576) } });
      expect(errorOf(answer)).toEqual({ status: 413, code: 'client', title: 'Request is too large', detail: 'Request is too large.' });
    });

    it.each(['GET /v1/clusters/%zz', `GET /v1/clusters/${'x'.repeat(5_000)}`, 'GET /v1/clusters/%00', 'GET /v1/clusters/..%2f..%2fetc', "GET /v1/clusters/'%20OR%201=1"])('%s is 4xx in shape', async (request) => {
      const answer = await api.call(request);
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(answer.status).toBeLessThan(500);
      expect(answer.body.errors).toHaveLength(1);
    });

    it('leaves nothing behind that says somebody must act', () => {
      expect(api.logger.lines.filter(({ level }) => level === 'error')).toEqual([]);
    });
  });
});

describe('without authentication', () => {
  it('everybody on this host is the user demo', async () => {
    const api = await ApiHarness.open({}, { withoutKeystone: true });
    const id = await api.givenBayModel({}, 'nobody');
    expect((await api.call(`GET /v1/clustertemplates/${id}`, { as: 'nobody' })).body).toMatchObject({
      user_id: 'demo', project_id: 'demo',
    });
    await api.close();
  });

  it('whoever comes from another host is refused', async () => {
    const api = await ApiHarness.open({}, { withoutKeystone: true });
    expect((await api.call('GET /v1/clusters', { as: 'nobody', from: '192.0.2.7' })).status).toBe(401);
    await api.close();
  });
});
