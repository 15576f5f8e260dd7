import { randomUUID } from 'node:crypto';
import { BootstrapTokenRefused, NodeCredentialNotFound, NodeKeyRefused } from '@jeroboam/domain';
import { ApiHarness, errorOf } from '../testing/api-harness.ts';

const SHARE = 'ab'.repeat(32);
const KEY = 'jeroboam-node-key:1795420800:MIIBcertificate:MEUCsignature';
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
  const fetched = (ident = uuid, as = NODE, purpose = 'volume', headers = {}) => api.call(`GET /v1/clusters/${ident}/credentials/${purpose}`, { as, headers });

  it('asks the authority with what the node shows, answers what a script needs, and nobody may keep it', async () => {
    const { status, body, headers } = await fetched();
    expect([status, body]).toEqual([200, {
      cluster_uuid: uuid, purpose: 'volume', auth_url: expect.any(String), region: null, id: 'ac1', secret: 's3cret', expires_at: '2027-01-01T00:00:00.000Z',
    }]);
    expect([headers['cache-control'], headers['content-type'], headers['etag']]).toEqual(['no-store', 'application/json', '"tag-1"']);
    expect(api.services.sent.at(-1)).toMatchObject({
      pattern: 'certificate-authority.get-credential-for-node', payload: { bayId: uuid, nodeToken: NODE, purpose: 'volume', needed: [], holds: null },
      context: { actor: { userId: 'system', projectId: 'p1', roles: [] } },
    });
    expect(JSON.stringify(api.logger.lines)).not.toMatch(/s3cret|abababab/);
  });

  it.each(['"tag-1"', 'W/"tag-1"'])('says that nothing is new to who has it, with no body, and hands on what it says: %s', async (held) => {
    const { status, text, headers } = await fetched(uuid, KEY, 'volume', { 'if-none-match': held });
    expect([status, text, headers['etag'], headers['cache-control']]).toEqual([304, '', '"tag-1"', 'no-store']);
    expect(api.services.sent.at(-1)).toMatchObject({ payload: { nodeToken: KEY, holds: 'tag-1' } });
    expect(JSON.stringify(api.logger.lines)).not.toMatch(/MIIB|MEUC/);
  });

  it.each(['"old"', '*', 'tag-1', '"tag-1", "old"'])('answers whoever says anything else in full: %s', async (held) => {
    expect((await fetched(uuid, KEY, 'volume', { 'if-none-match': held })).body).toMatchObject({ id: 'ac1' });
  });

  it('takes a key for no user’s token elsewhere, and refuses it as it refuses a share', async () => {
    expect((await api.call('GET /v1/clusters', { as: KEY })).status).toBe(401);
    for (const reason of ['unknown', 'signature'] as const) {
      api.services.failure = new NodeKeyRefused(reason, { role: 'worker', node: 'c1-worker-0' });
      const refusals = [];
      for (const ident of [uuid, randomUUID(), 'c1']) refusals.push(errorOf(await fetched(ident, KEY)));
      expect(refusals[0]).toMatchObject({ status: 403, detail: 'The proof of the node’s key was refused: no node of this cluster is known by it.' });
      for (const refusal of refusals) expect(refusal).toEqual(refusals[0]);
    }
    expect(api.logger.lines).toContainEqual(expect.objectContaining({ level: 'warn', message: 'a node’s key was refused', bayId: uuid, reason: 'signature', node: 'c1-worker-0' }));
    expect(JSON.stringify(api.logger.lines)).not.toMatch(/MIIB|MEUC/);
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
