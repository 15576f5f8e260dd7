/**
 * Keeps secrets under references: in clear they exist only at whoever puts and gets them. Events, documents and
 * messages carry references. Every adapter passes `secretStoreContract`.
 *
 * A reference is 1 to 180 characters: parts of letters, digits, `.`, `_` and `-` that begin with a letter or digit,
 * joined by `/`. Anything else is the caller's bug and throws a plain `Error`.
 */
export interface SecretStore {
  /**
   * Keeps `plaintext` under `ref`, in the place of what was there. When it resolves the secret is durable. At most 1 MiB.
   * @throws {SecretStoreUnavailable} outcome unknown: put it again.
   */
  put(ref: string, plaintext: Buffer | string): Promise<void>;

  /**
   * The secret, or undefined where there is none (any more).
   * @throws {SecretUnreadable} what is kept was changed, or belongs to another master key or reference.
   * @throws {SecretStoreUnavailable}
   */
  get(ref: string): Promise<Buffer | undefined>;

  /**
   * Forgets the secret; when it resolves that is durable. Nothing there is success.
   * @throws {SecretStoreUnavailable} outcome unknown: destroy it again.
   */
  destroy(ref: string): Promise<void>;

  /**
   * References that begin with `prefix`, sorted.
   * @throws {SecretStoreUnavailable}
   */
  list(prefix: string): Promise<string[]>;
}
