import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode, makeDirectoryDurably, removeDurably, removeLeftovers, writeDurably } from './durable-file.ts';
import { openEnvelope, sealEnvelope } from './envelope.ts';
import { MasterKeyRefused, SecretStoreUnavailable } from './errors.ts';
import { createMasterKey, readMasterKey } from './master-key.ts';
import { assertRef, plaintextBytes } from './secret-ref.ts';
import type { SecretStore } from './secret-store.port.ts';

const SUFFIX = '.secret';

export interface LocalSecretStoreOptions {
  /** Holds one file a secret; made with mode 0700 where it is missing. Several processes may share it. */
  readonly directory: string;
  /**
   * 32 random bytes, mode 0600; made on first start. Whoever has it and the directory has all secrets: keep its backup
   * apart from the directory's. Without it nothing in the directory can ever be read again.
   */
  readonly masterKeyFile: string;
}

/**
 * Opens a store of encrypted files.
 *
 * Destroying removes the file, which cannot reach copies in backups or on worn flash cells: those stay protected by the
 * master key alone.
 *
 * @throws {MasterKeyRefused} the key file is open to others, damaged, or missing while there are secrets.
 */
export async function openLocalSecretStore({ directory, masterKeyFile }: LocalSecretStoreOptions): Promise<SecretStore> {
  await makeDirectoryDurably(directory);
  await removeLeftovers(directory);
  const secrets = (await readdir(directory)).filter((name) => name.endsWith(SUFFIX));
  // Looked for after the secrets: another process may be making both just now.
  const found = await readMasterKey(masterKeyFile);
  if (!found && secrets.length > 0) {
    throw new MasterKeyRefused(
      `The master key file ${masterKeyFile} is missing, but ${directory} holds ${secrets.length} secrets written with it. `
      + 'Restore the file from its backup.',
    );
  }
  return new LocalSecretStore(directory, found ?? (await createMasterKey(masterKeyFile)));
}

class LocalSecretStore implements SecretStore {
  readonly #directory: string;
  readonly #masterKey: Buffer;

  constructor(directory: string, masterKey: Buffer) {
    this.#directory = directory;
    this.#masterKey = masterKey;
  }

  async put(ref: string, plaintext: Buffer | string): Promise<void> {
    const path = this.#path(ref);
    const bytes = plaintextBytes(ref, plaintext);
    const envelope = sealEnvelope(this.#masterKey, ref, bytes);
    bytes.fill(0);
    await translated(() => writeDurably(path, envelope));
  }

  async get(ref: string): Promise<Buffer | undefined> {
    const path = this.#path(ref);
    const envelope = await translated(async () => {
      try {
        return await readFile(path);
      } catch (error) {
        if (hasCode(error, 'ENOENT')) return undefined;
        throw error;
      }
    });
    return envelope && openEnvelope(this.#masterKey, ref, envelope);
  }

  async destroy(ref: string): Promise<void> {
    const path = this.#path(ref);
    await translated(() => removeDurably(path));
  }

  async list(prefix: string): Promise<string[]> {
    const names = await translated(() => readdir(this.#directory));
    return names.filter((name) => name.endsWith(SUFFIX)).map(refOf).filter((ref) => ref.startsWith(prefix)).sort();
  }

  /** One flat directory: `~` is in no reference, so names and references match one to one. */
  #path(ref: string): string {
    assertRef(ref);
    return join(this.#directory, `${ref.replaceAll('/', '~')}${SUFFIX}`);
  }
}

function refOf(name: string): string {
  return name.slice(0, -SUFFIX.length).replaceAll('~', '/');
}

/** Outside failures (a full disk, a lost mount) become the port's. */
async function translated<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw new SecretStoreUnavailable(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}
