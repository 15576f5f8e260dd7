import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openInjectedSandbox } from '../testing/injected-sandbox.ts';
import type { InjectedSandbox } from '../testing/injected-sandbox.ts';

let dataDir: string;
let sandbox: InjectedSandbox;
let demo: { readonly token: string; readonly userId: string; readonly projectId: string };
let admin: string;

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'sandbox-identity-'));
  sandbox = await openInjectedSandbox({ dataDir });
  const token = await sandbox.logIn('demo', 'demo');
  const { user, project } = (await sandbox.get('/v3/auth/tokens', token, { 'x-subject-token': token })).json.token;
  demo = { token, userId: user.id, projectId: project.id };
  admin = await sandbox.logIn('admin', 'admin');
});
afterEach(async () => {
  await sandbox.close();
  rmSync(dataDir, { recursive: true });
});

const RULES = [{ service: 'network', method: 'GET', path: '/v2.0/networks/**' }, { service: 'network', method: 'GET', path: '/v2.0/networks' }];

async function credential(more: object = {}) {
  const body = { application_credential: { name: 'c1', secret: 'a secret of its own', roles: [{ name: 'member' }], ...more } };
  const made = await sandbox.send('POST', `/v3/users/${demo.userId}/application_credentials`, { token: demo.token, body });
  return made.json.application_credential as { id: string };
}
async function tokenOf(id: string) {
  const identity = { methods: ['application_credential'], application_credential: { id, secret: 'a secret of its own' } };
  const answer = await sandbox.send('POST', '/v3/auth/tokens', { body: { auth: { identity } } });
  return { status: answer.status, token: answer.headers['x-subject-token'] as string };
}

it('lets the bearer of access rules do what they name and nothing else, of whatever service', async () => {
  const { token } = await tokenOf((await credential({ access_rules: RULES })).id);
  const statuses = await Promise.all(
    ['/network/v2.0/networks', '/network/v2.0/subnets', '/compute/v2.1/servers', '/v3/auth/projects'].map(async (path) => (await sandbox.get(path, token)).status),
  );
  expect(statuses).toEqual([200, 401, 401, 401]);
});

it('ends credentials and their tokens with their user, and with their project', async () => {
  const { id } = await credential();
  const { token } = await tokenOf(id);
  expect((await sandbox.get('/network/v2.0/networks', token)).status).toBe(200);
  await sandbox.send('DELETE', `/v3/projects/${demo.projectId}`, { token: admin });
  expect((await sandbox.get('/network/v2.0/networks', token)).status).toBe(401);
  expect((await tokenOf(id)).status).toBe(401);
  expect((await sandbox.send('DELETE', `/v3/users/${demo.userId}`, { token: admin })).status).toBe(204);
  expect((await sandbox.get(`/v3/users/${demo.userId}/application_credentials`, admin)).status).toBe(404);
});

it('knows what was made before a restart', async () => {
  const { id } = await credential();
  await sandbox.close();
  sandbox = await openInjectedSandbox({ dataDir });
  expect((await tokenOf(id)).status).toBe(201);
});

it('lets nobody but administrators make or delete users and projects', async () => {
  const { token } = demo;
  const statuses = [
    (await sandbox.send('POST', '/v3/users', { token, body: { user: { name: 'u', password: 'p' } } })).status,
    (await sandbox.send('DELETE', `/v3/users/${demo.userId}`, { token })).status,
    (await sandbox.send('DELETE', `/v3/projects/${demo.projectId}`, { token })).status,
  ];
  expect(statuses).toEqual([403, 403, 403]);
});
