import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { RecordedEvent } from '@jeroboam/domain';
import { openKeystoneSession, readCredential } from '@jeroboam/openstack';
import type { CloudCredentials } from '@jeroboam/openstack';
import { openLocalSecretStore } from '@jeroboam/secrets';
import { ApiClient, login } from './harness/client.ts';
import { readLog } from './harness/history.ts';
import { EmbeddedProcess } from './harness/process.ts';

const TIMEOUT_MS = 180_000;
const KUBERNETES = { name: 'own', coe: 'kubernetes', image_id: 'fedora-coreos', external_network_id: 'public', server_type: 'vm', flavor_id: 'm1.small', master_flavor_id: 'm1.small' };

let jeroboam: EmbeddedProcess;
let api: ApiClient;
let admin: string;

beforeAll(async () => {
  jeroboam = await EmbeddedProcess.start({
    env: { JEROBOAM_DRIVERS: '@jeroboam/driver-k8s-fedora-coreos', JEROBOAM_LOG_LEVEL: 'debug', JEROBOAM_NOTIFIER_FILE: 'notifications.jsonl', JEROBOAM_TELEMETRY_FAST_INTERVAL_SECONDS: '1' },
  });
  api = new ApiClient(jeroboam.apiUrl, await login({ authUrl: jeroboam.authUrl }));
  admin = await login({ authUrl: jeroboam.authUrl, username: 'admin', projectName: 'admin' });
}, 60_000);
afterAll(() => jeroboam?.stop());

/** A call to the sandbox's Keystone as its administrator. */
async function keystone(method: string, path: string, body?: unknown): Promise<Record<string, { readonly id: string; readonly name: string }[]>> {
  const response = await fetch(jeroboam.authUrl + path, {
    method, headers: { 'x-auth-token': admin, 'content-type': 'application/json' }, ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return (text === '' ? {} : JSON.parse(text)) as Record<string, never>;
}

const idOf = async (what: 'users' | 'projects' | 'roles', name: string) => (await keystone('GET', `/${what}?name=${name}`))[what]![0]!.id;
const bayUsers = async () => (await keystone('GET', '/users?domain_id=bays'))['users']!.map(({ name }) => name);

type Minted = { readonly name: string; readonly purpose: string; readonly mode: string; readonly roles: readonly string[]; readonly fingerprint: string };

async function ledger(bayId: string): Promise<{ minted: Minted[]; open: string[]; types: string[] }> {
  const events = (await readLog(jeroboam.dataDir)).filter(({ stream }) => stream === `bay-${bayId}`) as RecordedEvent[];
  const ofCredentials = events.filter(({ type }) => /^Credential(?!Rotation)/.test(type));
  const open = new Set<string>();
  for (const { type, data } of ofCredentials) {
    const { name } = data as Minted;
    if (type === 'CredentialIntended') open.add(name);
    if (type === 'CredentialRevoked' || type === 'CredentialGone') open.delete(name);
  }
  return { minted: ofCredentials.filter(({ type }) => type === 'CredentialMinted').map(({ data }) => data as Minted), open: [...open], types: events.map(({ type }) => type) };
}

async function template(as = api, more: object = {}): Promise<string> {
  const { status, body } = await as.call<{ uuid: string }>('POST', '/v1/clustertemplates', { ...KUBERNETES, ...more });
  if (status !== 201) throw new Error(JSON.stringify(body));
  return body.uuid;
}

async function deleted(bayId: string, as = api): Promise<void> {
  expect((await as.call('DELETE', `/v1/clusters/${bayId}`)).status).toBe(204);
  await as.until(bayId, ['GONE', 'DELETE_FAILED'], TIMEOUT_MS);
  expect(await ledger(bayId)).toMatchObject({ open: [], types: expect.arrayContaining(['BayDeleted']) as string[] });
  expect((await bayUsers()).filter((name) => name.includes(bayId))).toEqual([]);
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder).map((name) => join(folder, name)).flatMap((path) => (statSync(path).isDirectory() ? filesBelow(path) : [path]));
}

describe('the credentials of a bay', () => {
  it('are its own, with a member’s roles, are rotated without an outage, and are nowhere but in the secret store', async () => {
    const bay = await api.createBay(await template());
    expect(await api.until(bay, ['CREATE_COMPLETE', 'CREATE_FAILED'], TIMEOUT_MS)).toMatchObject({ status: 'CREATE_COMPLETE' });
    const store = await openLocalSecretStore({ directory: join(jeroboam.dataDir, 'secrets'), masterKeyFile: join(jeroboam.dataDir, 'master.key') });
    const secrets = async () => (await Promise.all((await store.list(`credentials/${bay}/`)).map(async (ref) => (await store.get(ref))!.toString())))
      .flatMap((text) => (text.startsWith('{') ? Object.entries(JSON.parse(text) as Record<string, unknown>).filter(([name]) => name === 'secret' || name === 'password').map(([, secret]) => String(secret)) : [text]));
    const before = await secrets();
    expect((await api.call('PATCH', `/v1/credentials/${bay}`)).status).toBe(202);
    expect(await api.until(bay, ['UPDATE_COMPLETE', 'UPDATE_FAILED'], TIMEOUT_MS)).toMatchObject({ status: 'UPDATE_COMPLETE' });
    const known = [...new Set([...before, ...(await secrets())])];
    expect(known).toHaveLength(2);
    await api.call('POST', `/v1/clusters/${bay}/actions/resize`, { node_count: 1 });
    expect((await api.until(bay, ['UPDATE_COMPLETE', 'UPDATE_FAILED'], TIMEOUT_MS))['status']).toBe('UPDATE_COMPLETE');

    const { minted, open } = await ledger(bay);
    expect(minted.map(({ name, mode, roles }) => [name, mode, roles])).toEqual([
      [`jeroboam-${bay}-user`, 'service_user', ['member']], [`jeroboam-${bay}-control-1`, 'service_user', ['member']], [`jeroboam-${bay}-control-2`, 'service_user', ['member']],
    ]);
    expect(open).toEqual([`jeroboam-${bay}-user`, `jeroboam-${bay}-control-2`]);
    await deleted(bay);
    expect(await store.list(`credentials/${bay}`)).toEqual([]);
    const everything = [jeroboam.output, ...filesBelow(jeroboam.dataDir).map((file) => readFileSync(file, 'latin1'))];
    expect(everything.join('\n')).toContain(`jeroboam-${bay}-control-2`);
    for (const secret of known) expect(everything.some((text) => text.includes(secret))).toBe(false);
  }, TIMEOUT_MS);

  it('never are an administrator’s, whoever asks for the bay', async () => {
    const boss = new ApiClient(jeroboam.apiUrl, await login({ authUrl: jeroboam.authUrl, username: 'admin' }));
    const bay = await boss.createBay(await template(boss));
    await boss.until(bay, ['CREATE_COMPLETE'], TIMEOUT_MS);
    expect((await ledger(bay)).minted.flatMap(({ roles }) => roles)).toEqual(['member', 'member']);
    await deleted(bay, boss);
  }, TIMEOUT_MS);

  it('outlive who asked for the bay: an update under way completes, and a colleague deletes it', async () => {
    const { user } = (await keystone('POST', '/users', { user: { name: 'leaver', password: 'secret' } })) as unknown as { user: { id: string } };
    await keystone('PUT', `/projects/${await idOf('projects', 'demo')}/users/${user.id}/roles/${await idOf('roles', 'member')}`);
    const leaver = new ApiClient(jeroboam.apiUrl, await login({ authUrl: jeroboam.authUrl, username: 'leaver' }));
    const bay = await leaver.createBay(await template(leaver));
    await leaver.until(bay, ['CREATE_COMPLETE'], TIMEOUT_MS);
    await leaver.call('POST', `/v1/clusters/${bay}/actions/resize`, { node_count: 3 });
    await keystone('DELETE', `/users/${user.id}`);
    expect((await api.until(bay, ['UPDATE_COMPLETE', 'UPDATE_FAILED'], TIMEOUT_MS))['status']).toBe('UPDATE_COMPLETE');
    await deleted(bay);
  }, TIMEOUT_MS);

  it('that Keystone does not take any more are an orphan in the bay’s health, until a rotation makes new ones', async () => {
    const bay = await api.createBay(await template());
    await api.until(bay, ['CREATE_COMPLETE'], TIMEOUT_MS);
    await api.untilHealth(bay, 'HEALTHY');
    const user = (await keystone('GET', `/users?domain_id=bays&name=jeroboam-${bay}-user`))['users']![0]!;
    await keystone('DELETE', `/users/${user.id}`);
    expect(await api.untilHealth(bay, 'UNHEALTHY')).toMatchObject({ health_status_reason: { 'credential.control': 'orphaned' } });
    expect((await ledger(bay)).types).toContain('CredentialOrphaned');
    await api.call('PATCH', `/v1/credentials/${bay}`);
    expect((await api.until(bay, ['UPDATE_COMPLETE', 'UPDATE_FAILED'], TIMEOUT_MS))['status']).toBe('UPDATE_COMPLETE');
    await api.untilHealth(bay, 'HEALTHY');
    await deleted(bay);
  }, TIMEOUT_MS);

  it('do not keep a bay from being deleted whose whole project is gone', async () => {
    const other = new ApiClient(jeroboam.apiUrl, await login({ authUrl: jeroboam.authUrl, username: 'other', projectName: 'other' }));
    const bay = await other.createBay(await template(other));
    await other.until(bay, ['CREATE_COMPLETE'], TIMEOUT_MS);
    await keystone('DELETE', `/projects/${await idOf('projects', 'other')}`);
    await deleted(bay, new ApiClient(jeroboam.apiUrl, admin));
    const response = await fetch(`${jeroboam.authUrl.replace('/v3', '')}/admin/inventory`, { headers: { 'x-auth-token': admin } });
    expect(await response.json()).toMatchObject({ things: [], stacks: [] });
    expect(await bayUsers()).toEqual([]);
  }, TIMEOUT_MS);
});

describe.each(['app_cred', 'trust'])('the credentials of a bay whose mode is %s', (mode) => {
  let own: EmbeddedProcess;
  beforeAll(async () => {
    own = await EmbeddedProcess.start({ env: { JEROBOAM_DRIVERS: '@jeroboam/driver-k8s-fedora-coreos', JEROBOAM_CREDENTIAL_MODE: mode } });
  }, 60_000);
  afterAll(() => own?.stop());

  it('are made with the token of who asked for it, which is not kept', async () => {
    const member = new ApiClient(own.apiUrl, await login({ authUrl: own.authUrl }));
    const bay = await member.createBay(await template(member));
    expect(await member.until(bay, ['CREATE_COMPLETE', 'CREATE_FAILED'], TIMEOUT_MS)).toMatchObject({ status: 'CREATE_COMPLETE' });
    await member.call('PATCH', `/v1/credentials/${bay}`);
    expect((await member.until(bay, ['UPDATE_COMPLETE', 'UPDATE_FAILED'], TIMEOUT_MS))['status']).toBe('UPDATE_COMPLETE');
    const store = await openLocalSecretStore({ directory: join(own.dataDir, 'secrets'), masterKeyFile: join(own.dataDir, 'master.key') });
    expect(await store.list(`credentials/${bay}/`)).toEqual([`credentials/${bay}/control`, `credentials/${bay}/control-2`]);
    await member.call('DELETE', `/v1/clusters/${bay}`);
    await member.until(bay, ['GONE', 'DELETE_FAILED'], TIMEOUT_MS);
    const types = (await readLog(own.dataDir)).filter(({ stream }) => stream === `bay-${bay}`).map(({ type, data }) => [type, data['mode']]);
    expect(types.filter(([type]) => type === 'CredentialMinted')).toEqual([['CredentialMinted', mode], ['CredentialMinted', mode]]);
    expect(types.at(-1)).toEqual(['BayDeleted', undefined]);
    expect(await store.list(`credentials/${bay}/`)).toEqual([]);
  }, TIMEOUT_MS);

  it('are rotated for the named purposes alone, and in the name of whoever rebinds them', async () => {
    const member = new ApiClient(own.apiUrl, await login({ authUrl: own.authUrl }));
    const boss = new ApiClient(own.apiUrl, await login({ authUrl: own.authUrl, username: 'admin' }));
    const bay = await member.createBay(await template(member, { volume_driver: 'cinder' }));
    expect(await member.until(bay, ['CREATE_COMPLETE', 'CREATE_FAILED'], TIMEOUT_MS)).toMatchObject({ status: 'CREATE_COMPLETE' });
    const store = await openLocalSecretStore({ directory: join(own.dataDir, 'secrets'), masterKeyFile: join(own.dataDir, 'master.key') });
    const kept = async (name: string) => readCredential((await store.get(`credentials/${bay}/${name}`))!.toString());
    const ownerOf = async (credentials: CloudCredentials) => {
      const session = openKeystoneSession({ authUrl: own.authUrl, credentials });
      return session.identity().then(({ userName }) => userName).catch((error: { code: string }) => error.code).finally(() => session.close());
    };
    const rotated = async (as: ApiClient, body: object) => {
      expect((await as.call('POST', `/v1/clusters/${bay}/actions/rotate_credential`, body)).status).toBe(202);
      return (await member.until(bay, ['UPDATE_COMPLETE', 'UPDATE_FAILED'], TIMEOUT_MS))['status'];
    };

    const [control, volume] = [await kept('control-1'), await kept('volume-1')];
    expect(await rotated(member, { purposes: ['volume'] })).toBe('UPDATE_COMPLETE');
    const next = await kept('volume-2');
    expect([await ownerOf(control), await ownerOf(volume), await ownerOf(next)]).toEqual(['demo', 'CLOUD_CREDENTIALS_REFUSED', 'demo']);
    expect((await member.call('POST', `/v1/clusters/${bay}/actions/rotate_credential`, { purposes: ['network'] })).status).toBe(400);
    expect(await rotated(boss, { purposes: ['volume'], rebind_owner: true })).toBe('UPDATE_COMPLETE');
    expect([await ownerOf(control), await ownerOf(next), await ownerOf(await kept('volume-3'))]).toEqual(['demo', 'CLOUD_CREDENTIALS_REFUSED', 'admin']);
    expect((await store.list(`credentials/${bay}/`)).map((ref) => ref.split('/').at(-1))).toEqual(['control', 'control-1', 'volume', 'volume-3']);
    const minted = (await readLog(own.dataDir)).filter(({ stream, type }) => stream === `bay-${bay}` && type === 'CredentialMinted').map(({ data }) => data as unknown as Minted);
    expect(minted.flatMap(({ roles }) => roles).filter((role) => role !== 'member')).toEqual([]);
    await member.call('DELETE', `/v1/clusters/${bay}`);
    await member.until(bay, ['GONE', 'DELETE_FAILED'], TIMEOUT_MS);
    expect((await readLog(own.dataDir)).findLast(({ stream }) => stream === `bay-${bay}`)?.type).toBe('BayDeleted');
  }, TIMEOUT_MS);
});
