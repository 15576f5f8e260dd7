import type { BarbicanSecrets, KeptSecret } from '@jeroboam/openstack';
import { isDomainError } from '@jeroboam/domain';
import { Secret } from '@jeroboam/platform';
import { openHead, sealHead } from './barbican-head.ts';
import { SecretStoreUnavailable, SecretUnreadable } from './errors.ts';
import { assertRef, plaintextBytes } from './secret-ref.ts';
import type { SecretStore } from './secret-store.port.ts';

export interface BarbicanSecretStoreOptions {
  /** Of the project that secrets are kept in; nobody else should have the role `creator` there. */
  readonly secrets: BarbicanSecrets;
  /** Begins the names in Barbican, so that installations can share a project. @default jeroboam: */
  readonly namePrefix?: string;
  /** Characters of one secret in Barbican; longer ones become several. @default 16000, below Barbican's own default */
  readonly maxTextLength?: number;
}

/** A secret may be replaced while its parts are read. */
const MAX_READS = 5;
/** Not possible in a reference. */
const PART_SUFFIX = '~part';

/**
 * A store in Barbican, which encrypts what it keeps. Each reference is a secret of its name, the head; a long one goes into
 * further secrets that the head names. Barbican changes nothing, so a put makes a new head and takes the old one away;
 * while there are several the newest counts. The servers of one Barbican have to agree on the time.
 */
export function openBarbicanSecretStore(options: BarbicanSecretStoreOptions): SecretStore {
  return new BarbicanSecretStore(options);
}

class BarbicanSecretStore implements SecretStore {
  readonly #secrets: BarbicanSecrets;
  readonly #prefix: string;
  readonly #maxLength: number;

  constructor({ secrets, namePrefix = 'jeroboam:', maxTextLength = 16_000 }: BarbicanSecretStoreOptions) {
    this.#secrets = secrets;
    this.#prefix = namePrefix;
    this.#maxLength = maxTextLength;
  }

  async put(ref: string, plaintext: Buffer | string): Promise<void> {
    assertRef(ref);
    const bytes = plaintextBytes(ref, plaintext);
    const text = bytes.toString('base64');
    bytes.fill(0);
    await translated(async () => {
      const before = await this.#heads(ref);
      await this.#secrets.store(this.#prefix + ref, await this.#headOf(ref, text));
      for (const head of before) await this.#remove(head);
      // Of several puts at once the one that Barbican has last wins, whoever tidies up.
      for (const head of (await this.#heads(ref)).slice(0, -1)) await this.#remove(head);
    });
  }

  async get(ref: string): Promise<Buffer | undefined> {
    assertRef(ref);
    return translated(async () => {
      for (let read = 1; read <= MAX_READS; read += 1) {
        const head = (await this.#heads(ref)).at(-1);
        if (!head) return undefined;
        const text = await this.#textOf(ref, head);
        if (text !== undefined) return Buffer.from(text, 'base64');
      }
      throw new SecretUnreadable(ref, 'tampered');
    });
  }

  async destroy(ref: string): Promise<void> {
    assertRef(ref);
    await translated(async () => {
      for (const head of await this.#heads(ref)) await this.#remove(head);
      // Of a put that never came to its head.
      for (const { id } of await this.#secrets.named(this.#prefix + ref + PART_SUFFIX)) await this.#secrets.delete(id);
    });
  }

  async list(prefix: string): Promise<string[]> {
    const found = await translated(() => this.#secrets.list(this.#prefix + prefix));
    const refs = found.map(({ name }) => name.slice(this.#prefix.length)).filter((ref) => !ref.endsWith(PART_SUFFIX));
    return [...new Set(refs)].toSorted();
  }

  #heads(ref: string): Promise<readonly KeptSecret[]> {
    return this.#secrets.named(this.#prefix + ref);
  }

  /** What becomes the head: the text itself, or where its parts are, which are durable by then. */
  async #headOf(ref: string, text: string): Promise<Secret> {
    if (text.length <= this.#maxLength) return sealHead({ text });
    const parts: string[] = [];
    for (let start = 0; start < text.length; start += this.#maxLength) {
      parts.push(await this.#secrets.store(this.#prefix + ref + PART_SUFFIX, new Secret(text.slice(start, start + this.#maxLength))));
    }
    return sealHead({ parts });
  }

  /** Undefined when somebody else took the head or a part away meanwhile. */
  async #textOf(ref: string, { id }: KeptSecret): Promise<string | undefined> {
    const kept = await this.#secrets.get(id);
    if (!kept) return undefined;
    const head = openHead(kept);
    if (!head) throw new SecretUnreadable(ref, 'unknown-format');
    if ('text' in head) return head.text;
    let text = '';
    for (const part of head.parts) {
      const found = await this.#secrets.get(part);
      if (!found) return undefined;
      text += found.reveal();
    }
    return text;
  }

  /** The head first: whoever finds it finds its parts. */
  async #remove({ id }: KeptSecret): Promise<void> {
    const kept = await this.#secrets.get(id);
    await this.#secrets.delete(id);
    const head = kept && openHead(kept);
    for (const part of head && 'parts' in head ? head.parts : []) await this.#secrets.delete(part);
  }
}

/** Whatever Barbican or Keystone refuse, the store cannot do its work; the cause says why. */
async function translated<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (isDomainError(cause)) throw new SecretStoreUnavailable(cause.message, { cause });
    throw cause;
  }
}
