import { randomUUID } from 'node:crypto';
import { bayDecider, fold } from '@jeroboam/domain';
import type { BayCommand, BayEvent, CredentialMode, CredentialRotation, LiveBay } from '@jeroboam/domain';
import { baySamples } from '@jeroboam/domain/testing';
import { credentialRefs, openBayKeystone, openKeystoneSession, readCredential } from '@jeroboam/openstack';
import type { CloudCredentials, CloudSession, Purpose } from '@jeroboam/openstack';
import { KEYSTONE_ADMIN, KEYSTONE_START_TIMEOUT_MS, RealKeystone, addDomainAdmin, asKeystoneAdmin, login } from '@jeroboam/openstack/testing';
import { Secret, systemClock, systemTimers } from '@jeroboam/platform';
import { InMemorySecretStore } from '@jeroboam/secrets/testing';
import { BayCredentials } from './bay-credentials.ts';
import type { CredentialWork } from './bay-credentials.ts';

let keystone: RealKeystone;
const secrets = new InMemorySecretStore();
const sessions: CloudSession[] = [];

beforeAll(async () => {
  keystone = await RealKeystone.start({
    projects: [{ name: 'demo' }, { name: 'doomed' }],
    users: [
      { name: 'demo', password: 'secret', roles: { demo: ['member'], doomed: ['member'] } },
      { name: 'boss', password: 'secret', roles: { demo: ['admin', 'member'] } },
      { name: 'senior', password: 'secret', roles: { demo: ['member', 'creator'] } },
    ],
    services: [],
  });
  await addDomainAdmin(keystone.authUrl, { domain: 'bays', username: 'bays_admin', password: 'secret' });
}, KEYSTONE_START_TIMEOUT_MS);
afterAll(async () => {
  for (const session of sessions) session.close();
  await keystone?.close();
});

function open(credentials: CloudCredentials): CloudSession {
  const session = openKeystoneSession({ authUrl: keystone.authUrl, credentials });
  sessions.push(session);
  return session;
}

function credentialsIn(mode: CredentialMode): BayCredentials {
  const admin = open({ kind: 'password', user: { username: KEYSTONE_ADMIN.username }, password: new Secret(KEYSTONE_ADMIN.password), scope: 'system' });
  return new BayCredentials({
    keystone: openBayKeystone({ admin, domainName: 'bays', open, timers: systemTimers }), secrets, mode, roles: ['member', 'creator'], lifetimeDays: 90,
    withoutAccessRules: true, probe: async () => 'refused', overlapMinutes: 30, clock: systemClock, timers: systemTimers,
  });
}

/** A bay with a ledger, of a user with a token in a project. */
async function bayOf(username: string, projectName: string) {
  const bayId = randomUUID();
  const token = await login(keystone.authUrl, { username, password: 'secret', projectName });
  const { projectId, roles } = await open({ kind: 'token', token: new Secret(token) }).identity();
  await secrets.put(credentialRefs.requester(bayId, 'create'), token);
  const events: BayEvent[] = [];
  const run = (command: Omit<BayCommand, 'metadata'>) => {
    events.push(...bayDecider.decide({ ...command, metadata: { now: new Date().toISOString() } } as BayCommand, fold(bayDecider, events)));
  };
  const spec = { ...baySamples.aSpec, bayId, projectId: projectId!, requesterRoles: roles };
  run({ type: 'CreateBay', data: { operationId: 'create', spec, nodeGroups: [baySamples.group('default-master', 1)] } });
  const work = (operationId: string, rotation: CredentialRotation = {}): CredentialWork => ({
    bay: fold(bayDecider, events) as LiveBay, operation: { operationId, rotation },
    ledger: {
      intend: async (entry) => run({ type: 'IntendCredential', data: { operationId, ...entry } }),
      record: async (facts) => run({ type: 'RecordCredential', data: { operationId, ...facts } }),
      close: async (name, outcome) => run({ type: 'CloseCredential', data: { operationId, name, outcome } }),
      holders: async () => [],
    },
  });
  const current = async (generation: number, purpose: Purpose = 'control') => readCredential((await secrets.get(credentialRefs.secret(bayId, purpose, generation)))!.toString());
  const remove = async (credentials: BayCredentials) => {
    run({ type: 'DeleteBay', data: { operationId: 'delete' } });
    await credentials.allowCleanUp(work('delete'));
    await credentials.revokeAll(work('delete'));
    run({ type: 'CompleteOperation', data: { operationId: 'delete', outputs: {} } });
    return events.at(-1)!.type;
  };
  return { bayId, projectId: projectId!, token, events, work, current, remove };
}

const usersOf = async (bayId: string) => ((await asKeystoneAdmin(keystone.authUrl, 'GET', '/users')) as { users: { id: string; name: string }[] }).users.filter(({ name }) => name.includes(bayId));

describe.each<CredentialMode>(['service_user', 'app_cred', 'trust'])('a bay’s credentials in a real Keystone as %s', (mode) => {
  it('live from mint over rotation to revocation', async () => {
    const credentials = credentialsIn(mode);
    const bay = await bayOf('demo', 'demo');
    await credentials.mint(bay.work('create'), ['control']);
    const first = await bay.current(1);
    const identity = await open(first).identity();
    expect(identity).toMatchObject({ projectId: bay.projectId, userName: mode === 'service_user' ? `jeroboam-${bay.bayId}-user` : 'demo' });
    expect(identity.roles.filter((role) => ['admin', 'manager', 'service'].includes(role))).toEqual([]);
    await secrets.put(credentialRefs.requester(bay.bayId, 'rotate'), bay.token);
    await credentials.mint(bay.work('rotate'), ['control']);
    // A user has one password: sessions that are refused take the new one, which was kept before.
    if (mode !== 'service_user') await open(first).identity();
    await credentials.prove(bay.work('rotate'));
    await credentials.revokeOld(bay.work('rotate'));
    await expect(open(first).identity()).rejects.toMatchObject({ code: 'CLOUD_CREDENTIALS_REFUSED' });
    const second = await bay.current(2);
    await open(second).identity();
    expect(await bay.remove(credentials)).toBe('BayDeleted');
    await expect(open(second).identity()).rejects.toMatchObject({ code: 'CLOUD_CREDENTIALS_REFUSED' });
    expect([await usersOf(bay.bayId), await secrets.list(credentialRefs.all(bay.bayId))]).toEqual([[], []]);
  });

  it('are no administrator’s where one asks for the bay', async () => {
    const credentials = credentialsIn(mode);
    const bay = await bayOf('boss', 'demo');
    await credentials.mint(bay.work('create'), ['control']);
    expect((await open(await bay.current(1)).identity()).roles).not.toContain('admin');
    expect(await bay.remove(credentials)).toBe('BayDeleted');
  });
});

describe.each<CredentialMode>(['service_user', 'app_cred', 'trust'])('a new owner of a bay’s credentials in a real Keystone as %s', (mode) => {
  it('gives those that are rotated their own roles, and the others go on', async () => {
    const credentials = credentialsIn(mode);
    const bay = await bayOf('demo', 'demo');
    await credentials.mint(bay.work('create'), ['control', 'registry']);
    const others = await bay.current(1, 'registry');
    const senior = await login(keystone.authUrl, { username: 'senior', password: 'secret', projectName: 'demo' });
    await secrets.put(credentialRefs.requester(bay.bayId, 'rebind'), senior);
    const { roles } = await open({ kind: 'token', token: new Secret(senior) }).identity();
    const work = () => bay.work('rebind', { purposes: ['control'], rebindOwner: { roles } });
    await credentials.mint(work(), ['control']);
    await credentials.prove(work());
    await credentials.revokeOld(work());
    const identity = await open(await bay.current(2)).identity();
    expect(identity).toMatchObject({ userName: mode === 'service_user' ? `jeroboam-${bay.bayId}-user` : 'senior', roles: expect.arrayContaining(['member', 'creator']) as string[] });
    expect((await open(others).identity()).roles).not.toContain('creator');
    expect(await bay.remove(credentials)).toBe('BayDeleted');
  });
});

// Last: projects and users that are gone are gone for all.
describe('a bay in a real Keystone', () => {
  it('can be deleted when its whole project is gone', async () => {
    const credentials = credentialsIn('service_user');
    const bay = await bayOf('demo', 'doomed');
    await credentials.mint(bay.work('create'), ['control']);
    await asKeystoneAdmin(keystone.authUrl, 'DELETE', `/projects/${bay.projectId}`);
    expect(await bay.remove(credentials)).toBe('BayDeleted');
    expect(await usersOf(bay.bayId)).toEqual([]);
  });

  it('can be deleted when its requester is gone, whose its credentials were', async () => {
    const credentials = credentialsIn('app_cred');
    const bay = await bayOf('demo', 'demo');
    await credentials.mint(bay.work('create'), ['control']);
    const { users } = (await asKeystoneAdmin(keystone.authUrl, 'GET', '/users?name=demo')) as { users: { id: string }[] };
    await asKeystoneAdmin(keystone.authUrl, 'DELETE', `/users/${users[0]!.id}`);
    expect(await bay.remove(credentials)).toBe('BayDeleted');
    expect(bay.events.filter(({ type }) => type === 'CredentialGone')).toHaveLength(1);
  });
});
