import { DomainError } from '@jeroboam/domain';

/** The store cannot be reached or written to. The outcome of a change is unknown: do it again. */
export class SecretStoreUnavailable extends DomainError {
  readonly code = 'SECRET_STORE_UNAVAILABLE';
  readonly kind = 'unavailable';
  constructor(reason: string, options?: ErrorOptions) {
    super(`The secret store is unavailable: ${reason}`, {}, options);
  }
}

/**
 * What is kept under a reference cannot be opened. Not a refusal of a request but a reason to wake someone: somebody
 * changed the file, moved it to another reference, or started the service with another master key.
 */
export class SecretUnreadable extends Error {
  readonly code = 'SECRET_UNREADABLE';
  override readonly name = 'SecretUnreadable';
  readonly ref: string;
  readonly reason: 'tampered' | 'other-master-key' | 'unknown-format';
  constructor(ref: string, reason: SecretUnreadable['reason'], options?: ErrorOptions) {
    super(`Secret ${ref} cannot be read: ${WHY[reason]}`, options);
    this.ref = ref;
    this.reason = reason;
  }
}

const WHY: Record<SecretUnreadable['reason'], string> = {
  tampered: 'its content or its place was changed after it was written',
  'other-master-key': 'it was written under another master key; start with the master key file that belongs to this directory',
  'unknown-format': 'its format is unknown; a newer release may have written it',
};

/** The service must not start with this master key file. The message says what to do. */
export class MasterKeyRefused extends Error {
  readonly code = 'MASTER_KEY_REFUSED';
  override readonly name = 'MasterKeyRefused';
}
