import { randomUUID } from 'node:crypto';
import { BootstrapTokenRefused, NodeCredentialNotFound } from '@jeroboam/domain';
import { ApiHarness, errorOf } from '../testing/api-harness.ts';

const SHARE = 'ab'.repeat(32);
const NODE = `jeroboam-node:worker:c1-worker-0:${SHARE}`;

describe('/v1/clusters/{cluster}/credentials/{purpose}', () => {
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
  const fetched = (ident = uuid, as = NODE, purpose = 'volume') => api.call(`GET /v1/clusters/${ident}/credentials/${purpose}`, { as });

  it('asks the authority with what the node shows, answers what a script needs, and nobody may keep it', async () => {
    const { status, body, headers } = await fetched();
    expect([status, body]).toEqual([200, {
      cluster_uuid: uuid, purpose: 'volume', auth_url: expect.any(String), region: null, id: 'ac1', secret: 's3cret', expires_at: '2027-01-01T00:00:00.000Z',
    }]);
    expect([headers['cache-control'], headers['content-type']]).toEqual(['no-store', 'application/json']);
    expect(api.services.sent.at(-1)).toMatchObject({
      pattern: 'certificate-authority.get-credential-for-node', payload: { bayId: uuid, nodeToken: NODE, purpose: 'volume', needed: [] },
      context: { actor: { userId: 'system', projectId: 'p1', roles: [] } },
    });
    expect(JSON.stringify(api.logger.lines)).not.toMatch(/s3cret|abababab/);
  });

  it('refuses in Magnum’s shape, says in the log why and to whom, and tells nobody which clusters there are', async () => {
    api.services.failure = new BootstrapTokenRefused('not-needed', { role: 'worker', node: 'c1-worker-0' });
    const answer = await fetched(uuid, NODE, 'control');
    expect(errorOf(answer)).toMatchObject({ status: 403, detail: 'The bootstrap token was refused: such a node may not have this credential.' });
    expect(api.logger.lines).toContainEqual(expect.objectContaining({ level: 'warn', message: 'a bootstrap token was refused', bayId: uuid, reason: 'not-needed' }));
    api.services.failure = new NodeCredentialNotFound(uuid, 'volume');
    expect(errorOf(await fetched())).toMatchObject({ status: 404, detail: `Cluster ${uuid} has no credential for volume.` });
    api.services.failure = new BootstrapTokenRefused('unknown', { role: 'worker', node: 'c1-worker-0' });
    const refusals = [];
    for (const ident of [uuid, randomUUID(), 'c1', 'nothing']) refusals.push(errorOf(await fetched(ident)));
    for (const refusal of refusals) expect(refusal).toEqual(refusals[0]);
  });

  it('is for no user, also where users need no token', async () => {
    for (const as of ['member', 'admin', 'stranger']) expect((await fetched(uuid, as)).status).toBe(403);
    expect((await fetched(uuid, 'nobody')).status).toBe(401);
    const open = await ApiHarness.open({}, { withoutKeystone: true });
    const there = await open.givenBay(await open.givenBayModel());
    expect((await open.call(`GET /v1/clusters/${there}/credentials/volume`, { as: NODE, from: '192.0.2.7' })).status).toBe(200);
    expect((await open.call(`GET /v1/clusters/${there}/credentials/volume`)).status).toBe(403);
    await open.close();
  });
});
