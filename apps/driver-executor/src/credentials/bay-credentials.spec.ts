import type { BayView, CredentialView } from '@jeroboam/domain';
import { aBay, aBaySpec, aManifest } from '@jeroboam/driver-sdk/testing';
import { Secret, credentialRefs } from '@jeroboam/openstack';
import type { BayKeystone, CloudCredentials, CredentialIntent, MadeCredential } from '@jeroboam/openstack';
import { InMemorySecretStore } from '@jeroboam/secrets/testing';
import { BayCredentials } from './bay-credentials.ts';
import type { CredentialWork } from './bay-credentials.ts';
import type { CredentialLedger } from './credential-ledger.ts';

const OPERATION = { operationId: 'op-create' };
const spec = { ...aBaySpec(aManifest()), requesterRoles: ['member'] };
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

  async ensureUser(): Promise<{ id: string; roles: readonly string[] }> {
    return { id: 'own-user', roles: ['member'] };
  }

  async mint(_as: CloudCredentials, { name, expiresAt }: CredentialIntent): Promise<MadeCredential> {
    this.minted.push(name);
    return {
      id: `id-of-${name}`, roles: ['member'], expiresAt: expiresAt.toISOString(), kept: { kind: 'application-credential', id: name, secret: new Secret('s3cret') },
      fingerprint: 'f', accessRulesHash: 'h',
    };
  }

  async ownerOf(): Promise<{ userId: string }> {
    return { userId: 'requester' };
  }

  async prove(): Promise<void> {
    // Whoever logs in is let in.
  }
}

function aWorld(mode: 'service_user' | 'app_cred') {
  const known = new Map<string, CredentialView>();
  const ledger: CredentialLedger = {
    intend: async ({ name, purpose, ...entry }) => void known.set(name, { ...known.get(name), name, purpose, ...entry, state: 'intended', operationId: OPERATION.operationId }),
    record: async ({ name, externalId, expiresAt }) => void known.set(name, { ...known.get(name)!, state: 'minted', externalId, expiresAt }),
    close: async (name) => void known.delete(name),
  };
  const secrets = new MortalStore();
  const keystone = new Keystone();
  const credentials = new BayCredentials({
    keystone: keystone as Partial<BayKeystone> as BayKeystone, secrets, mode, roles: ['member'], lifetimeDays: 90, withoutAccessRules: false,
    probe: async () => 'enforced', clock: { now: () => new Date('2026-01-31T12:00:00Z') },
  });
  // Each try sees the bay as the log has it by then.
  const bay = (): BayView => ({ ...aBay(spec), credentials: [...known.values()] });
  const mint = () => credentials.mint({ bay: bay(), operation: OPERATION, ledger } satisfies CredentialWork, ['control']);
  return { secrets, keystone, mint, states: () => [...known.values()].map(({ purpose, state }) => `${purpose} ${state}`) };
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
    const token = credentialRefs.requester(spec.bayId);
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
