import { randomUUID } from 'node:crypto';
import { bayDecider, fold } from '@jeroboam/domain';
import type { BayCommand, BayEvent, LiveBay } from '@jeroboam/domain';
import { baySamples } from '@jeroboam/domain/testing';
import { BayCredentials } from '@jeroboam/driver-executor';
import type { BayCredentialOptions, CredentialWork } from '@jeroboam/driver-executor';
import { credentialRefs, openBayKeystone, openKeystoneSession, openPurposeCredentials, probeAccessRules, readCredential } from '@jeroboam/openstack';
import type { CloudCredentials, CloudService, CloudSession } from '@jeroboam/openstack';
import { login } from '@jeroboam/openstack/testing';
import { Secret, systemClock, systemTimers } from '@jeroboam/platform';
import { startSandboxCloud } from '@jeroboam/sandbox-cloud';
import type { SandboxCloud } from '@jeroboam/sandbox-cloud';
import { InMemorySecretStore } from '@jeroboam/secrets/testing';

let sandbox: SandboxCloud;
let options: Omit<BayCredentialOptions, 'withoutAccessRules'>;
const secrets = new InMemorySecretStore();
const open = (credentials: CloudCredentials): CloudSession => openKeystoneSession({ authUrl: `${sandbox.url}/v3`, credentials });

beforeAll(async () => {
  sandbox = await startSandboxCloud({ port: 0, containerInfraUrl: 'http://127.0.0.1:9511/v1' });
  const admin = open({ kind: 'password', user: { username: 'admin' }, password: new Secret('secret'), scope: 'system' });
  options = {
    keystone: openBayKeystone({ admin, domainName: 'bays', open, timers: systemTimers }), secrets, mode: 'service_user', roles: ['member'], lifetimeDays: 90, overlapMinutes: 30, clock: systemClock, timers: systemTimers,
    probe: (probe, as) => probeAccessRules(probe, openPurposeCredentials(open(as), { timers: systemTimers }), open),
  };
});
afterAll(() => sandbox.close());

async function aBay(): Promise<{ readonly bayId: string; readonly events: BayEvent[]; readonly work: CredentialWork }> {
  const bayId = randomUUID();
  const token = await login(`${sandbox.url}/v3`, { username: 'demo', password: 'secret', projectName: 'demo' });
  const { projectId } = await open({ kind: 'token', token: new Secret(token) }).identity();
  const events: BayEvent[] = [];
  const run = (command: Omit<BayCommand, 'metadata'>) => {
    events.push(...bayDecider.decide({ ...command, metadata: { now: new Date().toISOString() } } as BayCommand, fold(bayDecider, events)));
  };
  const of = { operationId: 'create' };
  run({ type: 'CreateBay', data: { ...of, spec: { ...baySamples.aSpec, bayId, projectId: projectId!, requesterRoles: ['member'] }, nodeGroups: [baySamples.group('default-master', 1)] } });
  const work: CredentialWork = {
    get bay() { return fold(bayDecider, events) as LiveBay; }, operation: of,
    ledger: {
      intend: async (entry) => run({ type: 'IntendCredential', data: { ...of, ...entry } }),
      record: async (facts) => run({ type: 'RecordCredential', data: { ...of, ...facts } }),
      close: async (name, outcome) => run({ type: 'CloseCredential', data: { ...of, name, outcome } }),
      holders: async () => [],
    },
  };
  return { bayId, events, work };
}

async function bearer(bayId: string, purpose: 'network' | 'volume'): Promise<CloudSession> {
  return open(readCredential((await secrets.get(credentialRefs.secret(bayId, purpose, 1)))!.toString()));
}

describe('a credential of nodes', () => {
  it('opens what its purpose needs and nothing else, of whatever service', async () => {
    const { bayId, events, work } = await aBay();
    await new BayCredentials({ ...options, withoutAccessRules: false }).mint(work, ['network', 'volume']);
    const asked = async (session: CloudSession, service: CloudService, path: string, method: 'GET' | 'POST' = 'GET') => (
      (await session.request({ service, method, path, ...(method === 'POST' && { body: {} }) })).status);
    const network = await bearer(bayId, 'network');
    const { userId } = await network.identity();
    expect([await asked(network, 'network', '/networks'), await asked(network, 'network', '/ports')]).toEqual([200, 200]);
    const outside: [CloudService, string, ('GET' | 'POST')?][] = [
      ['network', '/routers'], ['volumev3', '/volumes'], ['compute', '/servers'], ['identity', '/users', 'POST'],
      ['identity', `/users/${userId}/application_credentials`, 'POST'], ['identity', '/OS-TRUST/trusts', 'POST'],
    ];
    // As keystonemiddleware: a request that no rule allows is one without a token.
    for (const [service, path, method] of outside) expect([service, path, await asked(network, service, path, method)]).toEqual([service, path, 401]);
    const volume = await bearer(bayId, 'volume');
    expect([await asked(volume, 'volumev3', '/volumes'), await asked(volume, 'network', '/networks')]).toEqual([200, 401]);
    const minted = events.filter(({ type }) => type === 'CredentialMinted').map(({ data }) => data as { readonly purpose: string; readonly accessRules?: unknown });
    expect(minted.map(({ purpose, accessRules }) => [purpose, accessRules])).toEqual([['principal', undefined], ['network', { network: 'enforced' }], ['volume', { volumev3: 'enforced' }]]);
  });

  it('is refused where a service does not enforce access rules, unless the operator takes the risk', async () => {
    const careless = { ...options, probe: async () => 'ignored' as const };
    const { work, events } = await aBay();
    await expect(new BayCredentials({ ...careless, withoutAccessRules: false }).mint(work, ['network'])).rejects.toMatchObject({ code: 'ACCESS_RULES_NOT_ENFORCED' });
    await new BayCredentials({ ...careless, withoutAccessRules: true }).mint(work, ['network']);
    expect(events.at(-1)).toMatchObject({ type: 'CredentialMinted', data: { accessRules: { network: 'ignored' } } });
  });

  it('is of no use for another bay of the project', async () => {
    const [one, other] = [await aBay(), await aBay()];
    const credentials = new BayCredentials({ ...options, withoutAccessRules: false });
    for (const { work } of [one, other]) await credentials.mint(work, ['network']);
    const [first, second] = [await bearer(one.bayId, 'network'), await bearer(other.bayId, 'network')];
    expect((await first.identity()).userId).not.toBe((await second.identity()).userId);
    await credentials.revokeAll(one.work);
    await expect(bearer(one.bayId, 'network')).rejects.toThrow();
    expect((await second.request({ service: 'network', method: 'GET', path: '/networks' })).status).toBe(200);
  });
});
