import { randomUUID } from 'node:crypto';
import { bayDecider, fold } from '@jeroboam/domain';
import type { BayCommand, BayEvent, CredentialMode, LiveBay } from '@jeroboam/domain';
import { baySamples } from '@jeroboam/domain/testing';
import { BayCredentials } from '@jeroboam/driver-executor';
import type { CredentialWork } from '@jeroboam/driver-executor';
import { CloudServiceUnavailable, credentialRefs, openBayKeystone, openKeystoneSession } from '@jeroboam/openstack';
import type { CloudCredentials, CloudSession } from '@jeroboam/openstack';
import { instantTimers, login } from '@jeroboam/openstack/testing';
import { Secret, systemClock, systemTimers } from '@jeroboam/platform';
import { startSandboxCloud } from '@jeroboam/sandbox-cloud';
import type { SandboxCloud } from '@jeroboam/sandbox-cloud';
import { InMemorySecretStore } from '@jeroboam/secrets/testing';
import { Random } from '../e2e/harness/random.ts';

const BAYS = 500;
/** Bays at work at once. */
const LANES = 8;
const TIMEOUT_MS = 1_800_000;
const PURPOSES = ['control', 'registry', 'certs'] as const;
const MODES: readonly CredentialMode[] = ['service_user', 'service_user', 'app_cred', 'trust'];

let sandbox: SandboxCloud;
let authUrl: string;
beforeAll(async () => {
  sandbox = await startSandboxCloud({ port: 0, containerInfraUrl: 'http://127.0.0.1:9511/v1' });
  authUrl = `${sandbox.url}/v3`;
});
afterAll(() => sandbox.close());

/** One request in five is lost, half of them only on the way back; log-ins as well. */
function flaky(session: CloudSession, random: () => number): CloudSession {
  const lost = () => new CloudServiceUnavailable('identity', 'lost');
  const losing = async <T>(work: () => Promise<T>): Promise<T> => {
    const chance = random();
    if (chance < 0.1) throw lost();
    const result = await work();
    if (chance < 0.2) throw lost();
    return result;
  };
  return { identity: () => losing(() => session.identity()), request: (request) => losing(() => session.request(request)), close: () => session.close() };
}

/** A bay whose events are its own decider's. */
class Bay {
  readonly bayId = randomUUID();
  readonly #events: BayEvent[] = [];

  constructor(projectId: string, readonly mode: CredentialMode) {
    const spec = { ...baySamples.aSpec, bayId: this.bayId, projectId, requesterRoles: ['admin', 'member', 'reader'] };
    this.do({ type: 'CreateBay', data: { operationId: 'create', spec, nodeGroups: [baySamples.group('default-master', 1)] } });
  }

  do(command: Omit<BayCommand, 'metadata'>): void {
    const full = { ...command, metadata: { now: new Date().toISOString() } } as BayCommand;
    this.#events.push(...bayDecider.decide(full, fold(bayDecider, this.#events)));
  }

  get events(): readonly BayEvent[] {
    return this.#events;
  }

  work(operationId: string): CredentialWork {
    const bay = fold(bayDecider, this.#events) as LiveBay;
    return {
      bay, operation: { operationId },
      ledger: {
        intend: async (entry) => this.do({ type: 'IntendCredential', data: { operationId, ...entry } }),
        record: async (facts) => this.do({ type: 'RecordCredential', data: { operationId, ...facts } }),
        close: async (name, outcome) => this.do({ type: 'CloseCredential', data: { operationId, name, outcome } }),
      holders: async () => [],
      },
    };
  }
}

async function untilDone(work: () => Promise<void>, tries = Number.POSITIVE_INFINITY): Promise<void> {
  for (let attempt = 1; attempt <= tries; attempt += 1) {
    try {
      await work();
      return;
    } catch (error) {
      if (!(error instanceof CloudServiceUnavailable)) throw error;
    }
  }
}

it(`leaves nothing of ${BAYS} bays in Keystone, made and deleted while one request in five is lost, and no secret in the store`, async () => {
  const dice = new Random();
  const { seed } = dice;
  const random = () => dice.next(1_000) / 1_000;
  const secrets = new InMemorySecretStore();
  const open = (credentials: CloudCredentials) => flaky(openKeystoneSession({ authUrl, credentials }), random);
  const administrator = { kind: 'password', user: { username: 'admin' }, password: new Secret('secret'), scope: 'system' } as const;
  const pacing = { timers: instantTimers(), attempts: 2 };
  const keystone = openBayKeystone({ admin: open(administrator), domainName: 'bays', open, ...pacing });
  const credentials = Object.fromEntries(MODES.map((mode) => [mode, new BayCredentials({
    keystone, secrets, mode, roles: ['member', 'creator'], lifetimeDays: 90, withoutAccessRules: false, probe: async () => 'enforced', overlapMinutes: 30, clock: systemClock, timers: systemTimers,
  })]));
  const token = await login(authUrl, { username: 'demo', password: 'secret', projectName: 'demo' });
  const { projectId, userId } = await openKeystoneSession({ authUrl, credentials: { kind: 'token', token: new Secret(token) } }).identity();
  const bays: Bay[] = [];

  async function life(): Promise<void> {
    const bay = new Bay(projectId!, MODES[Math.floor(random() * MODES.length)]!);
    bays.push(bay);
    const mine = credentials[bay.mode]!;
    const mint = async (operationId: string, tries?: number) => {
      if (bay.mode !== 'service_user') await secrets.put(credentialRefs.requester(bay.bayId, operationId), token);
      await untilDone(() => mine.mint(bay.work(operationId), PURPOSES), tries);
    };
    // Every fifth is deleted after one try, whatever that has left.
    const isImpatient = random() < 0.2;
    await mint('create', isImpatient ? 1 : undefined);
    if (!isImpatient && random() < 0.5) {
      await mint('rotate');
      await untilDone(() => mine.prove(bay.work('rotate')));
      await untilDone(() => mine.revokeOld(bay.work('rotate')));
    }
    bay.do({ type: 'DeleteBay', data: { operationId: 'delete' } });
    await untilDone(() => mine.allowCleanUp(bay.work('delete')));
    await untilDone(() => mine.revokeAll(bay.work('delete')));
    bay.do({ type: 'CompleteOperation', data: { operationId: 'delete', outputs: {} } });
  }
  await Promise.all(Array.from({ length: LANES }, async () => {
    while (bays.length < BAYS) await life();
  }));

  const admin = openKeystoneSession({ authUrl, credentials: administrator });
  const listed = async (path: string) => (await admin.request({ service: 'identity', method: 'GET', path })).body;
  const left = await Promise.all([listed('/users?domain_id=bays'), listed(`/users/${userId}/application_credentials`), listed(`/users/${userId}/access_rules`), listed('/OS-TRUST/trusts')]);
  expect({ seed, left: left.map((body) => Object.values(JSON.parse(body) as object).filter(Array.isArray).flat()) }).toEqual({ seed, left: [[], [], [], []] });
  expect(bays.filter(({ events }) => events.at(-1)!.type !== 'BayDeleted')).toEqual([]);
  expect(await secrets.list('')).toEqual([]);
  const minted = bays.flatMap(({ events }) => events).filter(({ type }) => type === 'CredentialMinted') as Extract<BayEvent, { type: 'CredentialMinted' }>[];
  expect(minted.length).toBeGreaterThan(BAYS);
  expect(minted.flatMap(({ data: { roles } }) => roles).filter((role) => role !== 'member')).toEqual([]);
}, TIMEOUT_MS);
