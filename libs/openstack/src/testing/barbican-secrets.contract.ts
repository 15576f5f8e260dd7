import { randomUUID } from 'node:crypto';
import { Secret, systemTimers } from '@jeroboam/platform';
import type { BarbicanSecrets } from '../barbican/barbican-secrets.port.ts';
import { openBarbicanSecrets } from '../barbican/barbican-secrets.ts';
import type { RetryPolicy } from '../session/cloud-client.ts';
import type { CloudSession } from '../session/cloud-session.port.ts';
import { openKeystoneSession } from '../session/keystone-session.ts';
import type { Login } from './login.ts';

/** A cloud with a key manager in its catalog. */
export interface KeyManagerUnderTest {
  readonly authUrl: string;
  /** May keep secrets. */
  readonly member: Login;
  close?(): Promise<void>;
}

/** A client of that cloud's key manager, and the session to close. */
export function secretsOf(
  { authUrl, member }: KeyManagerUnderTest, retries: RetryPolicy = {},
): { readonly secrets: BarbicanSecrets; readonly session: CloudSession } {
  const { username, password, projectName } = member;
  const session = openKeystoneSession({
    authUrl, credentials: { kind: 'password', user: { username }, password: new Secret(password), scope: { projectName } },
  });
  return { session, secrets: openBarbicanSecrets(session, { timers: systemTimers, ...retries }) };
}

/** The rules that Barbican keeps, seen through `BarbicanSecrets`. */
export function barbicanSecretsContract(cloud: string, open: () => Promise<KeyManagerUnderTest>): void {
  describe(`${cloud} keeps the BarbicanSecrets contract`, () => {
    let keyManager: KeyManagerUnderTest;
    let session: CloudSession;
    let secrets: BarbicanSecrets;
    let name: string;
    beforeAll(async () => {
      keyManager = await open();
      ({ session, secrets } = secretsOf(keyManager));
    }, 180_000);
    beforeEach(() => (name = `contract-${randomUUID()}`));
    afterAll(async () => {
      session?.close();
      await keyManager?.close?.();
    });

    it('gives back what was stored', async () => {
      const id = await secrets.store(name, new Secret('clé\nof two lines'));
      expect((await secrets.get(id))?.reveal()).toBe('clé\nof two lines');
    });

    it('knows nothing of what was never there or was deleted', async () => {
      const id = await secrets.store(name, new Secret('x'));
      await secrets.delete(id);
      await secrets.delete(id);
      expect(await secrets.get(id)).toBeUndefined();
      expect(await secrets.get(randomUUID())).toBeUndefined();
      expect(await secrets.named(name)).toEqual([]);
    });

    it('finds secrets by their exact name, oldest first', async () => {
      const first = await secrets.store(`${name}_a`, new Secret('1'));
      const second = await secrets.store(`${name}_a`, new Secret('2'));
      await secrets.store(`${name}-a`, new Secret('3'));
      await secrets.store(`${name}_a2`, new Secret('4'));
      expect((await secrets.named(`${name}_a`)).map(({ id }) => id)).toEqual([first, second]);
    });

    it('lists secrets by the beginning of their names, however many there are', async () => {
      const names = Array.from({ length: 105 }, (_, index) => `${name}/${index}`);
      for (const each of names) await secrets.store(each, new Secret('x'));
      expect((await secrets.list(`${name}/`)).map((secret) => secret.name)).toEqual(names);
    });

    it('refuses what is too long, without showing it', async () => {
      const text = 'long-secret-'.repeat(2_000);
      const error = await secrets.store(name, new Secret(text)).catch((caught: unknown) => caught);
      expect(error).toMatchObject({ code: 'CLOUD_REQUEST_INVALID', message: expect.not.stringContaining('long-secret') as string });
    });
  });
}
