import { randomUUID } from 'node:crypto';
import { BootstrapTokenRefused } from '@jeroboam/domain';
import { ApiHarness, errorOf } from '../testing/api-harness.ts';

const CSR = '-----BEGIN CERTIFICATE REQUEST-----\nMIIC\n-----END CERTIFICATE REQUEST-----\n';
const PEM = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----';
const SHARE = 'ab'.repeat(32);
const NODE = `jeroboam-node:worker:c1-worker-0:${SHARE}`;

describe('/v1/certificates for nodes', () => {
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
  const show = (ident = uuid, as = NODE) => api.call(`GET /v1/certificates/${ident}?ca_cert_type=etcd`, { as });
  const sign = (ident = uuid, as = NODE) => api.call('POST /v1/certificates', { as, body: { cluster_uuid: ident, csr: CSR, ca_cert_type: 'kubernetes' } });

  it('asks the authority with what the node shows, and Keystone nothing', async () => {
    const shown = await show();
    expect([shown.status, shown.body]).toMatchObject([200, { cluster_uuid: uuid, pem: PEM }]);
    expect(api.services.sent.at(-1)).toMatchObject({
      pattern: 'certificate-authority.get-ca-certificate-for-node', payload: { bayId: uuid, bayName: 'c1', authority: 'etcd', nodeToken: NODE },
      context: { actor: { userId: 'system', projectId: 'p1', roles: [] } },
    });
    const signed = await sign();
    expect([signed.status, signed.body]).toMatchObject([201, { cluster_uuid: uuid, csr: CSR, pem: PEM, ca_cert_type: 'kubernetes' }]);
    expect(api.services.sent.at(-1)).toMatchObject({
      pattern: 'certificate-authority.sign-csr-for-node', payload: { bayId: uuid, bayName: 'c1', authority: 'kubernetes', csrPem: CSR, nodeToken: NODE },
    });
  });

  it('refuses in Magnum’s shape and says in the log why and to whom, without the token', async () => {
    api.services.failure = new BootstrapTokenRefused('used-up', { role: 'worker', node: 'c1-worker-0' });
    const answer = await sign();
    expect(errorOf(answer)).toMatchObject({ status: 403, detail: 'The bootstrap token was refused: it has been used for this already.' });
    const requestId = answer.headers['x-openstack-request-id'];
    expect(api.logger.lines).toContainEqual(expect.objectContaining({
      level: 'warn', message: 'a bootstrap token was refused', requestId, bayId: uuid, reason: 'used-up', role: 'worker', node: 'c1-worker-0',
    }));
    expect(JSON.stringify(api.logger.lines) + answer.text).not.toContain(SHARE);
  });

  it('finds bays by id only, and tells nobody which there are', async () => {
    api.services.failure = new BootstrapTokenRefused('unknown', { role: 'worker', node: 'c1-worker-0' });
    for (const ask of [show, sign]) {
      const refusals = [];
      for (const ident of [uuid, randomUUID(), 'c1', 'nothing']) refusals.push(errorOf(await ask(ident)));
      for (const refusal of refusals) expect(refusal).toEqual(refusals[0]);
      expect(refusals[0]).toMatchObject({ status: 403, detail: 'The bootstrap token was refused: there is no such token for this cluster.' });
    }
  });

  it('lets a node rotate nothing', async () => {
    expect((await api.call(`PATCH /v1/certificates/${uuid}`, { as: NODE })).status).toBe(401);
  });

  it('is for nodes with a token only, also where users need none', async () => {
    const open = await ApiHarness.open({}, { withoutKeystone: true });
    const there = await open.givenBay(await open.givenBayModel());
    const asked = { as: NODE, from: '192.0.2.7' };
    expect((await open.call(`GET /v1/certificates/${there}`, asked)).status).toBe(200);
    expect((await open.call(`GET /v1/certificates/${there}`, { from: '192.0.2.7' })).status).toBe(401);
    expect((await open.call('GET /v1/clusters', asked)).status).toBe(401);
    await open.close();
  });
});
