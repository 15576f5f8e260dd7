import { InvalidCsr } from '@jeroboam/domain';
import { ApiHarness, errorOf } from '../testing/api-harness.ts';

const PEM = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----';
const CSR = '-----BEGIN CERTIFICATE REQUEST-----\nMIIC\n-----END CERTIFICATE REQUEST-----\n';

describe('/v1/certificates', () => {
  let api: ApiHarness;
  let uuid: string;
  beforeAll(async () => {
    api = await ApiHarness.open();
    uuid = await api.givenBay(await api.givenBayModel());
  });
  afterAll(() => api.close());
  afterEach(() => {
    api.services.failure = undefined;
  });
  const links = () => [
    { href: `http://localhost:80/v1/certificates/${uuid}`, rel: 'self' },
    { href: `http://localhost:80/certificates/${uuid}`, rel: 'bookmark' },
  ];
  const sign = (fields: object = {}, options: object = {}) => api.call('POST /v1/certificates', {
    body: { cluster_uuid: uuid, csr: CSR, ...fields }, ...options,
  });

  it('shows the CA of a cluster, by id or name, without keys that are not set', async () => {
    for (const ident of [uuid, 'c1']) {
      const answer = await api.call(`GET /v1/certificates/${ident}`);
      expect([answer.status, answer.text]).toEqual([200, JSON.stringify({ cluster_uuid: uuid, links: links(), pem: PEM })]);
    }
  });

  it.each([['', 'kubernetes'], ['?ca_cert_type=etcd', 'etcd'], ['?ca_cert_type=front_proxy', 'front-proxy'], ['?ca_cert_type=kubelet', 'kubernetes']])(
    'takes %p for the authority %s', async (query, authority) => {
      expect((await api.call(`GET /v1/certificates/${uuid}${query}`)).status).toBe(200);
      expect(api.services.sent.at(-1)).toMatchObject({
        pattern: 'certificate-authority.get-ca-certificate', payload: { bayId: uuid, bayName: 'c1', authority },
      });
    },
  );

  it('signs a CSR and repeats it, with the type where one was sent', async () => {
    const answer = await sign({ cluster_uuid: 'c1', ca_cert_type: 'etcd', pem: 'ignored' });
    expect([answer.status, answer.text]).toEqual([
      201, JSON.stringify({ cluster_uuid: uuid, links: links(), csr: CSR, pem: PEM, ca_cert_type: 'etcd' }),
    ]);
    expect(answer.headers).not.toHaveProperty('location');
    expect(api.services.sent.at(-1)).toMatchObject({
      pattern: 'certificate-authority.sign-client-csr', payload: { bayId: uuid, bayName: 'c1', authority: 'etcd', csrPem: CSR },
      context: { actor: { userId: 'u1' } },
    });
    expect((await sign()).body).not.toHaveProperty('ca_cert_type');
    expect((await sign({ ca_cert_type: '' })).body).toMatchObject({ ca_cert_type: '' });
  });

  it.each<[object, number, string]>([
    [{ cluster_uuid: 'nope' }, 400, 'Cluster nope could not be found.'],
    [{ cluster_uuid: undefined }, 400, "Invalid input for field/attribute cluster_uuid. Value: 'None'. Mandatory field missing."],
    [{ cluster_uuid: null }, 400, "Invalid input for field/attribute cluster_uuid. Value: 'None'. Mandatory field missing."],
    [{ csr: undefined }, 400, "Invalid input for field/attribute csr. Value: 'None'. Mandatory field missing."],
    [{ csr: null }, 400, "Invalid input for field/attribute csr. Value: 'None'. Mandatory field missing."],
    [{ csr: '' }, 400, "Invalid input for field/attribute csr. Value: ''. Value should have a minimum character requirement of 1"],
    [{ bay_uuid: 'x' }, 400, 'Unknown attribute for argument certificate: bay_uuid'],
  ])('refuses %j with %i and asks nobody', async (fields, status, detail) => {
    const before = api.services.sent.length;
    expect(errorOf(await sign(fields))).toMatchObject({ status, code: 'client', detail });
    expect(api.services.sent).toHaveLength(before);
  });

  it('passes on what the authority refuses', async () => {
    api.services.failure = new InvalidCsr('not a csr');
    expect(errorOf(await sign({ csr: 'not a csr' }))).toMatchObject({
      status: 400, title: "Received invalid csr b'not a csr'", detail: "Received invalid csr b'not a csr'.",
    });
  });

  it('is for the one user whose cluster it is, and for administrators of the same project', async () => {
    for (const [as, shown, signed] of [['member', 200, 201], ['colleague', 403, 403], ['reader', 403, 403], ['no-role', 403, 403], ['stranger', 404, 400], ['admin', 404, 400]] as const) {
      expect([as, (await api.call(`GET /v1/certificates/${uuid}`, { as })).status, (await sign({}, { as })).status]).toEqual([
        as, shown, signed,
      ]);
    }
    expect(errorOf(await api.call(`GET /v1/certificates/${uuid}`, { as: 'colleague' })).detail).toBe(
      "Policy doesn't allow certificate:get to be performed.",
    );
  });

  it('refuses what it does not know in the query', async () => {
    expect(errorOf(await api.call(`GET /v1/certificates/${uuid}?foo=1`)).detail).toBe('Unknown argument: "foo"');
  });

  it('is 404 for an unknown cluster', async () => {
    expect(errorOf(await api.call('GET /v1/certificates/detail'))).toMatchObject({
      status: 404, detail: 'Cluster detail could not be found.',
    });
  });
});
