import type { Cloud } from '../cloud/cloud.ts';
import { ApiError } from '../http/api-error.ts';
import { noStore } from '../inventory/document-store.ts';
import type { DocumentStore } from '../inventory/document-store.ts';
import { fingerprintOf, generateSshKeyPair, placeholderPublicKey } from './ssh-key.ts';

export interface Keypair {
  readonly name: string;
  readonly publicKey: string;
  readonly fingerprint: string;
}

export interface MadeKeypair {
  readonly keypair: Keypair;
  /** There when the pair was made here, not from a public key. Not kept. */
  readonly privateKey?: string;
}

/** Nova's default quota. */
const MAX_KEYPAIRS_PER_USER = 100;
const COLLECTION = 'keypair';

/** Key pairs of each user: those of the cloud file, and what the user makes. */
export class KeypairStore {
  private readonly byUser = new Map<string, Map<string, Keypair>>();

  constructor(
    private readonly cloud: Cloud,
    private readonly documents: DocumentStore = noStore,
  ) {
    for (const { document } of documents.load(COLLECTION)) {
      const { userId, keypair } = document as { readonly userId: string; readonly keypair: Keypair };
      this.of(userId).set(keypair.name, keypair);
    }
  }

  list(userId: string): readonly Keypair[] {
    return [...this.of(userId).values()];
  }

  /** @throws {ApiError} 404 */
  get(userId: string, name: string): Keypair {
    const keypair = this.of(userId).get(name);
    if (!keypair) throw new ApiError(404, `Keypair ${name} not found for user ${userId}`);
    return keypair;
  }

  async create(userId: string, name: string, given: string | undefined): Promise<MadeKeypair> {
    const keypairs = this.of(userId);
    if (keypairs.size >= MAX_KEYPAIRS_PER_USER) throw new ApiError(403, 'Quota exceeded, too many key pairs.');
    if (keypairs.has(name)) throw new ApiError(409, `Key pair '${name}' already exists.`);
    const made = given === undefined ? await generateSshKeyPair(name) : undefined;
    const publicKey = made?.publicKey ?? given!;
    const fingerprint = fingerprintOf(publicKey);
    if (fingerprint === undefined) throw new ApiError(400, 'Keypair data is invalid: failed to generate fingerprint');
    const keypair = { name, publicKey, fingerprint };
    keypairs.set(name, keypair);
    this.documents.put(COLLECTION, `${userId}/${name}`, { userId, keypair });
    return { keypair, ...(made && { privateKey: made.privateKey }) };
  }

  /** As `delete`, of what may be gone already. */
  forget(userId: string, name: string): void {
    if (this.of(userId).delete(name)) this.documents.delete(COLLECTION, `${userId}/${name}`);
  }

  /** @throws {ApiError} 404 */
  delete(userId: string, name: string): void {
    this.get(userId, name);
    this.forget(userId, name);
  }

  private of(userId: string): Map<string, Keypair> {
    let keypairs = this.byUser.get(userId);
    if (!keypairs) {
      keypairs = new Map(this.cloud.keypairsOf(userId).map(({ name, publicKey = placeholderPublicKey(userId, name) }) =>
        [name, { name, publicKey, fingerprint: fingerprintOf(publicKey) ?? '' }]));
      this.byUser.set(userId, keypairs);
    }
    return keypairs;
  }
}
