import { assertRef, plaintextBytes } from '../secret-ref.ts';
import type { SecretStore } from '../secret-store.port.ts';

/** The whole contract without a disk and without encryption, for tests of what stands on a secret store. */
export class InMemorySecretStore implements SecretStore {
  readonly #secrets = new Map<string, Buffer>();

  async put(ref: string, plaintext: Buffer | string): Promise<void> {
    assertRef(ref);
    this.#secrets.set(ref, plaintextBytes(ref, plaintext));
  }

  async get(ref: string): Promise<Buffer | undefined> {
    assertRef(ref);
    const secret = this.#secrets.get(ref);
    return secret && Buffer.from(secret);
  }

  async destroy(ref: string): Promise<void> {
    assertRef(ref);
    this.#secrets.delete(ref);
  }

  async list(prefix: string): Promise<string[]> {
    return [...this.#secrets.keys()].filter((ref) => ref.startsWith(prefix)).sort();
  }
}
