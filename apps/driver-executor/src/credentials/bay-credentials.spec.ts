import type { BayView, CredentialRotation, CredentialView } from '@jeroboam/domain';
import { aBay, aBaySpec, aManifest } from '@jeroboam/driver-sdk/testing';
import { Secret, credentialRefs } from '@jeroboam/openstack';
import type { BayKeystone, BayUserIntent, CloudCredentials, CredentialIntent, MadeCredential, Outcome, Purpose } from '@jeroboam/openstack';
import { FakeClock, recordingLogger } from '@jeroboam/platform/testing';
import { InMemorySecretStore } from '@jeroboam/secrets/testing';
import { BayCredentials } from './bay-credentials.ts';
import type { CredentialWork } from './bay-credentials.ts';
import type { CredentialLedger } from './credential-ledger.ts';

const OPERATION = { operationId: 'op-create' };
const spec = { ...aBaySpec(aManifest()), requesterRoles: ['member', 'creator'] };
const CURRENT = credentialRefs.current(spec.bayId, 'control');

/** Fails once where it is told to: there the process dies. */
class MortalStore extends InMemorySecretStore {
  diesAt: string | null = null;

  override async put(ref: string, plaintext: Buffer | string): Promise<void> {
    if (ref === this.diesAt) {
      this.diesAt = null;
      throw new Error('died');
    }
    return super.put(ref, plaintext);
  }
}

class Keystone implements Partial<BayKeystone> {
  readonly minted: string[] = [];
  readonly proved: string[] = [];
  readonly revoked: string[] = [];
  /** Of whoever's token it is. */
  held: readonly string[] = ['member', 'creator'];
  /** What the bay's own user holds. */
  readonly granted = new Set<string>();

  async ensureUser({ roles, held }: BayUserIntent): Promise<{ id: string; roles: readonly string[] }> {
    const passedOn = roles.filter((role) => held.includes(role));
    for (const role of passedOn) this.granted.add(role);
    return { id: 'own-user', roles: passedOn };
  }

  async mint(_as: CloudCredentials, { name, roles, expiresAt }: CredentialIntent): Promise<MadeCredential> {
    this.minted.push(`${name.slice(`jeroboam-${spec.bayId}-`.length)} ${roles.join(' ')}`);
    return {
      id: `id-of-${name}`, roles, expiresAt: expiresAt.toISOString(), kept: { kind: 'application-credential', id: name, secret: new Secret('s3cret') },
      fingerprint: 'f', accessRulesHash: 'h',
    };
  }

  async ownerOf(as: CloudCredentials): Promise<{ userId: string; roles: readonly string[] }> {
    return as.kind === 'token' ? { userId: `user-of-${as.token.reveal()}`, roles: this.held } : { userId: 'own-user', roles: [...this.granted] };
  }

  async prove(credential: CloudCredentials): Promise<void> {
    if (credential.kind === 'application-credential') this.proved.push(credential.id);
  }

  async revoke(_mode: string, name: string): Promise<Outcome> {
    this.revoked.push(name);
    return 'revoked';
  }
}

const nameOf = (credential: string) => `jeroboam-${spec.bayId}-${credential}`;

function aWorld(mode: 'service_user' | 'app_cred' | 'trust') {
  const known = new Map<string, CredentialView>();
  const recorded: Record<string, readonly string[]> = {};
  const asked: (readonly string[])[] = [];
  /** Nodes that use old credentials still. */
  const using: string[] = [];
  const left: Record<string, readonly string[]> = {};
  const ledgerOf = (operationId: string): CredentialLedger => ({
    intend: async ({ name, purpose, ...entry }) => void (known.has(name) || known.set(name, { name, purpose, ...entry, state: 'intended', operationId })),
    record: async ({ name, externalId, expiresAt, roles }) => {
      recorded[name.slice(nameOf('').length)] = roles;
      known.set(name, { ...known.get(name)!, state: 'minted', operationId, externalId, expiresAt });
    },
    close: async (name, _outcome, leaves = []) => {
      left[name.slice(nameOf('').length)] = leaves;
      known.delete(name);
    },
    holders: async (names) => {
      asked.push(names.map((name) => name.slice(nameOf('').length)));
      return using;
    },
  });
  const secrets = new MortalStore();
  const clock = new FakeClock();
  const keystone = new Keystone();
  const credentials = new BayCredentials({
    keystone: keystone as Partial<BayKeystone> as BayKeystone, secrets, mode, roles: ['member', 'creator', 'observer'], lifetimeDays: 90, withoutAccessRules: false,
    probe: async () => 'enforced', overlapMinutes: 30, clock, timers: clock,
  });
  // Each try sees the bay as the log has it by then.
  const work = (operationId = OPERATION.operationId, rotation?: CredentialRotation): CredentialWork => {
    const bay: BayView = { ...aBay(spec), credentials: [...known.values()] };
    return { bay, operation: { operationId, ...(rotation && { rotation }) }, ledger: ledgerOf(operationId) };
  };
  const token = (operationId: string, text = 'a-token') => secrets.put(credentialRefs.requester(spec.bayId, operationId), text);
  return {
    secrets, keystone, credentials, known, recorded, asked, using, left, clock, work, token,
    mint: (purposes: readonly Purpose[] = ['control']) => credentials.mint(work(), purposes),
    states: () => [...known.values()].map(({ purpose, state }) => `${purpose} ${state}`),
    current: async (purpose: Purpose) => (await secrets.get(credentialRefs.current(spec.bayId, purpose)))?.toString(),
    /** All steps of a rotation that are the executor's own, `tries` times each. */
    rotate: async (operationId: string, rotation: CredentialRotation, tries = 1) => {
      const purposes = rotation.purposes ?? ['control', 'volume', 'registry'];
      for (const step of [() => credentials.mint(work(operationId, rotation), purposes), () => credentials.prove(work(operationId, rotation)), () => credentials.revokeOld(work(operationId, rotation))]) {
        for (let done = 0; done < tries; done += 1) await step();
      }
    },
  };
}

describe('credentials of a bay that are made by a step which is cut off', () => {
  it('count when the step is done again, also where it died before they did', async () => {
    const { secrets, mint, states } = aWorld('service_user');
    secrets.diesAt = CURRENT;
    await expect(mint()).rejects.toThrow('died');
    expect(states()).toContain('control minted');
    expect(await secrets.get(CURRENT)).toBeUndefined();
    await mint();
    expect((await secrets.get(CURRENT))?.toString()).toBe('{"generation":1}');
  });

  it('need nothing of the requester any more where only the report was lost', async () => {
    const { secrets, keystone, mint } = aWorld('app_cred');
    const token = credentialRefs.requester(spec.bayId, OPERATION.operationId);
    await secrets.put(token, 'a-token');
    await mint();
    expect(await secrets.get(token)).toBeUndefined();
    await mint();
    expect(keystone.minted).toHaveLength(1);
  });

  it('are refused where the requester left no token and none was made', async () => {
    await expect(aWorld('app_cred').mint()).rejects.toMatchObject({ retryable: false });
  });
});

describe('a rotation of some purposes', () => {
  it.each(['service_user', 'app_cred'] as const)('makes, proves and takes away those alone, however often its steps are done (%s)', async (mode) => {
    const world = aWorld(mode);
    await world.token(OPERATION.operationId);
    await world.mint(['control', 'volume', 'registry']);
    const before = [...world.known.keys()];
    const others = async () => [await world.current('control'), await world.current('registry')];
    const counted = await others();
    await world.token('rotate');
    await world.rotate('rotate', { purposes: ['volume'] }, 2);
    expect([...world.known.keys()].sort()).toEqual([...before.filter((name) => name !== nameOf('volume-1')), nameOf('volume-2')].sort());
    expect([await world.current('volume'), await others()]).toEqual(['{"generation":2,"since":"2026-01-31T12:00:00.000Z"}', counted]);
    expect([world.keystone.proved.filter((name) => name !== nameOf('volume-2')), world.keystone.revoked]).toEqual([[], [nameOf('volume-1')]]);
    expect(world.keystone.minted.filter((made) => made.startsWith('volume-'))).toHaveLength(2);
  });

  it('leaves alone what an earlier one, which was cut off, made for others', async () => {
    const world = aWorld('service_user');
    await world.mint(['control', 'volume', 'registry']);
    await world.credentials.mint(world.work('cut-off'), ['registry']);
    await world.rotate('rotate', { purposes: ['volume'] });
    expect([...world.known.keys()]).toEqual(expect.arrayContaining([nameOf('registry-1'), nameOf('registry-2')]));
    expect(await world.current('registry')).toBe('{"generation":1}');
  });
});

describe('a rotation that nodes have to be told of', () => {
  const waiting = { signal: new AbortController().signal, log: recordingLogger() };

  it('asks who has an old one of what it rotates, and of nothing else', async () => {
    const { credentials, work, mint, asked } = aWorld('service_user');
    await mint(['control', 'volume', 'network']);
    await credentials.distribute(work('op-2', { purposes: ['volume'] }), waiting);
    expect(asked).toEqual([]);
    for (const operationId of ['op-2', 'op-3']) await credentials.mint(work(operationId, { purposes: ['volume', 'network'] }), ['volume', 'network']);
    await credentials.distribute(work('op-3', { purposes: ['volume'] }), waiting);
    expect(asked).toEqual([['volume-1', 'volume-2']]);
  });

  it('says of each old one which nodes of the bay are without one when it goes', async () => {
    const { credentials, work, mint, using, left } = aWorld('service_user');
    await mint(['volume']);
    await credentials.mint(work('op-2', { purposes: ['volume'] }), ['volume']);
    using.push('k1-worker-0', 'k1-worker-7');
    const rotation = work('op-2', { purposes: ['volume'] });
    const nodes = [{ name: 'default-worker-0', hostName: 'k1-worker-0', nodeGroup: 'default-worker', address: '10.0.0.5' }];
    await credentials.revokeOld({ ...rotation, bay: { ...rotation.bay, nodes } });
    expect(left).toEqual({ 'volume-1': ['k1-worker-0'] });
  });

  it('counts from when its credentials do, also where they are proved again', async () => {
    const { credentials, work, mint, current, clock } = aWorld('service_user');
    await mint(['volume']);
    const rotation = work('op-2', { purposes: ['volume'] });
    await credentials.mint(rotation, ['volume']);
    const prove = () => credentials.prove(work('op-2', { purposes: ['volume'] }));
    await prove();
    await clock.advance(60_000);
    await prove();
    expect(await current('volume')).toBe('{"generation":2,"since":"2026-01-31T12:00:00.000Z"}');
  });
});

describe('credentials that are made in the name of who asks for a rotation', () => {
  it('have the roles that the owner passed on, also where a colleague holds more', async () => {
    const world = aWorld('app_cred');
    await world.token(OPERATION.operationId);
    await world.mint();
    world.keystone.held = ['member', 'creator', 'observer', 'admin'];
    await world.token('rotate', 'colleague');
    await world.rotate('rotate', { purposes: ['control'] });
    expect(world.keystone.minted).toEqual(['control-1 member creator', 'control-2 member creator']);
    expect(world.known.get(nameOf('control-2'))).toMatchObject({ ownerId: 'user-of-colleague' });
  });

  it.each(['app_cred', 'trust'] as const)('are refused to whoever lacks one of those, before anything is made, and their token is not kept (%s)', async (mode) => {
    const world = aWorld(mode);
    world.keystone.held = ['member'];
    await world.token('rotate', 'colleague');
    await expect(world.rotate('rotate', { purposes: ['control'] })).rejects.toMatchObject({ retryable: false, message: expect.stringMatching(/control .* creator; with rebind_owner/) });
    expect([world.keystone.minted, [...world.known], await world.secrets.list(credentialRefs.all(spec.bayId))]).toEqual([[], [], []]);
  });

  it('have those of a new owner instead, more or fewer', async () => {
    const world = aWorld('app_cred');
    world.keystone.held = ['member', 'observer', 'admin'];
    await world.token('rotate', 'colleague');
    await world.rotate('rotate', { purposes: ['control'], rebindOwner: { roles: world.keystone.held } });
    expect(world.keystone.minted).toEqual(['control-1 member observer']);
  });

  it('are made with the token of their own operation alone', async () => {
    const world = aWorld('app_cred');
    await world.token('another', 'somebody-else');
    await expect(world.rotate('rotate', { purposes: ['control'] })).rejects.toMatchObject({ retryable: false });
    await world.token('rotate', 'colleague');
    await world.rotate('rotate', { purposes: ['control'] });
    expect(world.known.get(nameOf('control-1'))).toMatchObject({ ownerId: 'user-of-colleague' });
    expect(await world.secrets.get(credentialRefs.requester(spec.bayId, 'another'))).toBeDefined();
  });
});

describe('a bay’s own user', () => {
  it('is given what a new owner holds of the configured roles, never an administrator’s', async () => {
    const world = aWorld('service_user');
    await world.mint(['control', 'volume']);
    expect([...world.keystone.granted]).toEqual(['member', 'creator']);
    await world.rotate('rotate', { purposes: ['control', 'registry'], rebindOwner: { roles: ['observer', 'member', 'admin', 'manager'] } });
    expect([...world.keystone.granted]).toEqual(['member', 'creator', 'observer']);
  });

  it('keeps roles that a new owner lacks, and the ledger says so: nodes’ credentials would end with them', async () => {
    const world = aWorld('service_user');
    await world.mint(['control', 'volume']);
    await world.rotate('rotate', { purposes: ['control', 'volume'], rebindOwner: { roles: ['MEMBER'] } });
    expect([world.recorded['control-2'], world.recorded['volume-2']]).toEqual([['member', 'creator'], ['member']]);
  });

  it('makes nothing for a new owner who has no role to pass on', async () => {
    const world = aWorld('service_user');
    await world.mint(['volume']);
    await expect(world.rotate('rotate', { purposes: ['volume'], rebindOwner: { roles: ['admin'] } })).rejects.toMatchObject({ code: 'NO_ROLE_TO_PASS_ON' });
    expect([...world.known.keys()]).toEqual([nameOf('user'), nameOf('volume-1')]);
  });
});
