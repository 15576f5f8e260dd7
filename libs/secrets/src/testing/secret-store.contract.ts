import { randomBytes, randomUUID } from 'node:crypto';
import type { SecretStore } from '../secret-store.port.ts';

/** The rules every adapter keeps. `open` gives a store that other tests may share: references are fresh ones. */
export function secretStoreContract(adapter: string, open: () => Promise<SecretStore>): void {
  describe(`${adapter} keeps the SecretStore contract`, () => {
    let store: SecretStore;
    let ref: string;
    beforeEach(async () => {
      store = await open();
      ref = `contract/${randomUUID()}`;
    });

    it('gives back what was put, byte for byte', async () => {
      const secret = randomBytes(3000);
      await store.put(ref, secret);
      expect(await store.get(ref)).toEqual(secret);
    });

    it('takes text as UTF-8, and nothing as a secret too', async () => {
      await store.put(ref, 'clé');
      expect((await store.get(ref))?.toString()).toBe('clé');
      await store.put(ref, '');
      expect(await store.get(ref)).toEqual(Buffer.alloc(0));
    });

    it('keeps its own copy', async () => {
      const secret = Buffer.from('secret');
      await store.put(ref, secret);
      secret.fill(0);
      (await store.get(ref))!.fill(0);
      expect((await store.get(ref))?.toString()).toBe('secret');
    });

    it('knows nothing of a reference never put', async () => {
      expect(await store.get(ref)).toBeUndefined();
    });

    it('puts a secret in the place of the one before', async () => {
      await store.put(ref, 'old');
      await store.put(ref, 'new');
      expect((await store.get(ref))?.toString()).toBe('new');
      expect(await store.list(ref)).toEqual([ref]);
    });

    it('ends with one whole secret when several are put at once', async () => {
      const secrets = ['a', 'b', 'c', 'd'].map((letter) => letter.repeat(5000));
      await Promise.all(secrets.map((secret) => store.put(ref, secret)));
      expect(secrets).toContain((await store.get(ref))?.toString());
    });

    it('forgets what is destroyed, and that twice', async () => {
      await store.put(ref, 'secret');
      await store.destroy(ref);
      await store.destroy(ref);
      expect(await store.get(ref)).toBeUndefined();
      expect(await store.list(ref)).toEqual([]);
    });

    it('lists references by their beginning, sorted', async () => {
      await store.put(`${ref}/b`, '1');
      await store.put(`${ref}/a`, '2');
      await store.put(`${ref}-other`, '3');
      expect(await store.list(`${ref}/`)).toEqual([`${ref}/a`, `${ref}/b`]);
    });

    it.each(['', '/', 'a//b', '../escape', 'a/..', '.hidden', 'a b', 'a~b', 'a\0b', 'é', 'x'.repeat(181)])(
      'refuses %j as a reference',
      async (bad) => {
        await expect(store.put(bad, 'x')).rejects.toThrow('not a secret reference');
        await expect(store.get(bad)).rejects.toThrow('not a secret reference');
        await expect(store.destroy(bad)).rejects.toThrow('not a secret reference');
      },
    );

    it('takes a megabyte and not a byte more, without showing it', async () => {
      const secret = Buffer.alloc(1024 * 1024, 'x');
      await store.put(ref, secret);
      expect((await store.get(ref))?.equals(secret)).toBe(true);
      await expect(store.put(ref, Buffer.alloc(1024 * 1024 + 1, 'x'))).rejects.toThrow(
        `secret ${ref} has 1048577 bytes; at most 1048576 are kept`,
      );
    });
  });
}
