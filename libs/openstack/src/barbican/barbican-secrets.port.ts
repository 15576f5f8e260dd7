import type { Secret } from '@jeroboam/platform';

export interface KeptSecret {
  readonly id: string;
  readonly name: string;
  /** As Barbican writes it: RFC 3339 UTC without a zone, to the second or finer. */
  readonly createdAt: string;
}

/**
 * Secrets of the project that the session is in, each a text; what it is made of is the caller's business. Nothing is ever
 * changed: a new value is a new secret. Names need not be unique.
 *
 * Every call tries again a bounded number of times, also after lost answers.
 *
 * @throws {CloudServiceUnavailable} by every call, after all tries. @throws {CloudCredentialsRefused}
 * @throws {CloudForbidden} the session's user lacks the role `creator`, or the project has as many secrets as it may.
 * @throws {CloudRequestInvalid} longer than this Barbican takes; 20,000 bytes when nothing else is configured.
 */
export interface BarbicanSecrets {
  /**
   * Keeps a text that is not empty; Barbican cuts white space off its ends. After a lost answer there may be two of the name
   * with the same text.
   * @returns its id.
   */
  store(name: string, text: Secret): Promise<string>;
  /** The text; undefined when there is none of this id (any more). */
  get(id: string): Promise<Secret | undefined>;
  /** Nothing there is success. */
  delete(id: string): Promise<void>;
  /** Those with exactly this name, oldest first. */
  named(name: string): Promise<readonly KeptSecret[]>;
  /** All whose name begins with `prefix`, oldest first. Reads the whole list of the project, 100 secrets a request. */
  list(prefix: string): Promise<readonly KeptSecret[]>;
}
