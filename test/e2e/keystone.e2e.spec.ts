import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KEYSTONE_START_TIMEOUT_MS, login, revoke } from '@jeroboam/openstack/testing';
import type { Login, RealKeystone } from '@jeroboam/openstack/testing';
import { ApiClient } from './harness/client.ts';
import { fetchDescribed } from './harness/contract.ts';
import { withRealKeystone } from './harness/identity.ts';
import type { JeroboamWithKeystone } from './harness/identity.ts';
import { EmbeddedProcess } from './harness/process.ts';

const DEMO: Login = { username: 'demo', password: 'secret', projectName: 'demo' };
/** Jeroboam waits five seconds for one answer of Keystone. */
const SLOW_TEST_MS = 60_000;

describe('Jeroboam as a service user of a real Keystone', () => {
  let cloud: JeroboamWithKeystone;
  let keystone: RealKeystone;

  beforeAll(async () => {
    cloud = await withRealKeystone();
    keystone = cloud.keystone;
  }, KEYSTONE_START_TIMEOUT_MS);
  afterAll(() => cloud?.close());

  const token = (user: Parameters<typeof login>[1] = DEMO) => login(cloud.authUrl, user);
  const api = (withToken: string) => new ApiClient(cloud.jeroboam.apiUrl, withToken);
  const list = (withToken: string) => listClusters(cloud.jeroboam, withToken);

  it('takes a token of Keystone and looks things up in its catalog, as the user who sent it', async () => {
    const demo = api(await token());
    const template = await demo.fakeTemplate();
    const bayId = await demo.createBay(template, { keypair: 'default', node_count: 1 });
    const madeByDemo = { name: 'b1', user_id: expect.stringMatching(/^[0-9a-f]{32}$/) as string };
    expect(await demo.until(bayId, ['CREATE_COMPLETE'])).toMatchObject(madeByDemo);
    const nowhere = await demo.call('POST', '/v1/clustertemplates', { coe: 'swarm-mode', image_id: 'nope', external_network_id: 'public' });
    expect(nowhere).toMatchObject({ status: 400, body: { errors: [{ title: 'Image nope could not be found' }] } });
    const others = api(await token({ ...DEMO, username: 'other', projectName: 'other' }));
    expect((await others.call('GET', `/v1/clusters/${bayId}`)).status).toBe(404);
  }, SLOW_TEST_MS);

  it.each(['', 'made-up', 'gAAAAABmade-up'])('refuses the token %j and says where to get one', async (noToken) => {
    const { status, headers } = await list(noToken);
    expect([status, headers.get('www-authenticate')]).toEqual([401, `Keystone uri="${cloud.authUrl}"`]);
  });

  it('refuses a token that was revoked before it came', async () => {
    const revoked = await token();
    await revoke(cloud.authUrl, revoked);
    expect((await list(revoked)).status).toBe(401);
  });

  it('lets nobody in on a token without a project', async () => {
    const { projectName: _, ...unscoped } = DEMO;
    expect((await list(await token(unscoped))).status).toBe(403);
  });

  it('answers 503 for tokens that it has not seen while Keystone is away, serves the others, and goes on by itself', async () => {
    const [known, unknown] = [await token(), await token()];
    expect((await list(known)).status).toBe(200);
    await keystone.kill();
    const { status, headers } = await list(unknown);
    expect([status, headers.get('retry-after')]).toEqual([503, '1']);
    expect(await Promise.all(Array.from({ length: 20 }, async () => (await list(known)).status))).toEqual(Array(20).fill(200));
    expect((await fetchDescribed(cloud.jeroboam.apiUrl, '/healthcheck')).status).toBe(200);
    await keystone.resume();
    expect((await list(unknown)).status).toBe(200);
  }, SLOW_TEST_MS);

  it('gives up on a Keystone that does not answer, and goes on when it does', async () => {
    const [known, unknown] = [await token(), await token()];
    expect((await list(known)).status).toBe(200);
    process.kill(keystone.pid!, 'SIGSTOP');
    const waiting = list(unknown);
    // Whoever waits for Keystone holds up nobody else.
    expect((await list(known)).status).toBe(200);
    const { status, headers } = await waiting;
    expect([status, headers.get('retry-after')]).toEqual([503, '1']);
    process.kill(keystone.pid!, 'SIGCONT');
    expect((await list(unknown)).status).toBe(200);
  }, SLOW_TEST_MS);

  it('refuses a token that has expired, except from a service that goes on for its user', async () => {
    const asService = async (user: Login) => {
      const headers = { 'x-auth-token': expired, 'x-service-token': await token(user) };
      return (await fetch(`${cloud.jeroboam.apiUrl}/v1/clusters`, { headers })).status;
    };
    const expired = await keystone.expired(() => token());
    expect((await list(expired)).status).toBe(401);
    expect(await asService({ ...DEMO, username: 'jeroboam', projectName: 'service' })).toBe(200);
    expect(await asService({ ...DEMO, username: 'demo2' })).toBe(401);
  }, SLOW_TEST_MS);

  it('looks things up in the region that it is told, and names the one that the catalog lacks', async () => {
    const env = { ...cloud.env, JEROBOAM_CLOUD_REGION: 'Elsewhere' };
    const jeroboam = await EmbeddedProcess.start({ env });
    const demo = new ApiClient(jeroboam.apiUrl, await token());
    const template = { coe: 'swarm-mode', image_id: 'cirros', external_network_id: 'public' };
    const [answer] = await Promise.allSettled([demo.call('POST', '/v1/clustertemplates', template)]);
    await jeroboam.stop();
    expect(answer).toMatchObject({ value: { status: 503 } });
    expect(JSON.stringify(answer)).toContain('no public endpoint in region Elsewhere');
  }, SLOW_TEST_MS);

  describe('with a password file', () => {
    let directory: string;
    beforeEach(() => {
      directory = mkdtempSync(join(tmpdir(), 'jeroboam-password-'));
    });
    afterEach(() => rmSync(directory, { recursive: true }));
    const env = () => ({
      JEROBOAM_AUTH: 'keystone', JEROBOAM_KEYSTONE_URL: cloud.authUrl, JEROBOAM_KEYSTONE_PASSWORD_FILE: join(directory, 'password'),
    });

    it('that is not there does not start, and names the variable', async () => {
      await expect(EmbeddedProcess.start({ env: env() })).rejects.toThrow('JEROBOAM_KEYSTONE_PASSWORD_FILE');
    });

    it('that holds a wrong one answers 503 and tells the operator why, without the password', async () => {
      writeFileSync(join(directory, 'password'), 'quite-wrong\n');
      const demo = await token();
      const jeroboam = await EmbeddedProcess.start({ env: env() });
      const answers = await Promise.allSettled([listClusters(jeroboam, demo)]);
      await jeroboam.stop();
      expect(answers).toMatchObject([{ value: { status: 503 } }]);
      expect(jeroboam.output).toContain('it refuses the user name, password or project of the service user');
      expect(jeroboam.output).not.toContain('quite-wrong');
    });
  });
});

/** With plain `fetch`: refusals of a token are no JSON, as with Magnum. */
function listClusters({ apiUrl }: EmbeddedProcess, token: string): Promise<Response> {
  return fetchDescribed(apiUrl, '/v1/clusters', { headers: { 'x-auth-token': token } });
}
