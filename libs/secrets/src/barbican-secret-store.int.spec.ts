import { randomUUID } from 'node:crypto';
import type { BarbicanSecrets, CloudSession } from '@jeroboam/openstack';
import { BARBICAN_START_TIMEOUT_MS, RealBarbican, secretsOf } from '@jeroboam/openstack/testing';
import { Secret } from '@jeroboam/platform';
import { openBarbicanSecretStore } from './barbican-secret-store.ts';
import { secretStoreContract } from './testing/secret-store.contract.ts';

let barbican: RealBarbican;
let secrets: BarbicanSecrets;
let session: CloudSession;
beforeAll(async () => {
  barbican = await RealBarbican.start();
  ({ secrets, session } = secretsOf(barbican));
}, BARBICAN_START_TIMEOUT_MS);
afterAll(async () => {
  session?.close();
  await barbican?.close();
});

secretStoreContract('Barbican', async () => openBarbicanSecretStore({ secrets }));

describe('BarbicanSecretStore', () => {
  const LONG = 'a secret of several parts. '.repeat(2_000);
  let prefix: string;
  const open = () => openBarbicanSecretStore({ secrets, namePrefix: prefix });
  beforeEach(() => (prefix = `${randomUUID()}:`));

  it('leaves nothing in Barbican of what was replaced or destroyed', async () => {
    const store = open();
    await store.put('a', LONG);
    const whole = (await secrets.list(prefix)).length;
    await store.put('a', LONG);
    expect(await secrets.list(prefix)).toHaveLength(whole);
    await store.put('a', 'short');
    expect(await secrets.list(prefix)).toHaveLength(1);
    await store.put('a', LONG);
    await store.destroy('a');
    expect(await secrets.list(prefix)).toEqual([]);
  });

  it('keeps apart from other installations in the project', async () => {
    await open().put('a', 'mine');
    const other = openBarbicanSecretStore({ secrets, namePrefix: `other-${prefix}` });
    expect(await other.get('a')).toBeUndefined();
    expect(await other.list('')).toEqual([]);
  });

  it('gives the newest after a put that died before it took the old one away', async () => {
    const dying = openBarbicanSecretStore({
      namePrefix: prefix, secrets: overridden(secrets, { delete: () => Promise.reject(new Error('died')) }),
    });
    await open().put('a', 'old');
    await expect(dying.put('a', 'new')).rejects.toThrow('died');
    expect((await open().get('a'))?.toString()).toBe('new');
    expect(await open().list('')).toEqual(['a']);
    await open().put('a', 'newest');
    expect(await secrets.list(prefix)).toHaveLength(1);
  });

  it('takes away what a put left that died before its head', async () => {
    let stores = 0;
    const dying = openBarbicanSecretStore({
      namePrefix: prefix,
      secrets: overridden(secrets, {
        store: (name, text) => (stores++ < 2 ? secrets.store(name, text) : Promise.reject(new Error('died'))),
      }),
    });
    await expect(dying.put('a', LONG)).rejects.toThrow('died');
    expect(await open().get('a')).toBeUndefined();
    expect(await open().list('')).toEqual([]);
    await open().destroy('a');
    expect(await secrets.list(prefix)).toEqual([]);
  });

  it('says that a part is missing rather than give less', async () => {
    await open().put('a', LONG);
    const part = (await secrets.list(prefix)).find(({ name }) => name.endsWith('~part'));
    await secrets.delete(part!.id);
    await expect(open().get('a')).rejects.toMatchObject({ code: 'SECRET_UNREADABLE', reason: 'tampered' });
  });

  it('does not take somebody else’s secret of the name for one of its own', async () => {
    await secrets.store(`${prefix}a`, new Secret('by hand'));
    await expect(open().get('a')).rejects.toMatchObject({ code: 'SECRET_UNREADABLE', reason: 'unknown-format' });
    await open().put('a', 'mine');
    expect((await open().get('a'))?.toString()).toBe('mine');
  });

  it('is unavailable while Barbican is away', async () => {
    await barbican.kill();
    const hasty = secretsOf(barbican, { attempts: 1 });
    await expect(openBarbicanSecretStore({ secrets: hasty.secrets }).get('a')).rejects.toMatchObject({ code: 'SECRET_STORE_UNAVAILABLE' });
    hasty.session.close();
  });
});

/** As `whole`, with some calls done otherwise. */
function overridden(whole: BarbicanSecrets, part: Partial<BarbicanSecrets>): BarbicanSecrets {
  return {
    store: (name, text) => whole.store(name, text), get: (id) => whole.get(id), delete: (id) => whole.delete(id),
    named: (name) => whole.named(name), list: (prefix) => whole.list(prefix), ...part,
  };
}
