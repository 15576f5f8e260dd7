import { DomainError } from '@jeroboam/domain';

/** Nothing like that is among what the cluster's driver adds to the API. */
export class ExtensionNotFound extends DomainError {
  readonly code = 'EXTENSION_NOT_FOUND';
  readonly kind = 'not-found';
  constructor(alias: string, command?: string) {
    super(`Extension ${command === undefined ? alias : `${alias} ${command}`} could not be found.`, { alias, ...(command === undefined ? {} : { command }) });
  }
}

/** The driver was asked and could not show it; nothing was changed. */
export class ExtensionUnavailable extends DomainError {
  readonly code = 'EXTENSION_UNAVAILABLE';
  readonly kind = 'unavailable';
  constructor(alias: string, command: string, reason: string) {
    super(`Extension ${alias} ${command} has no answer: ${reason}`, { alias, command });
  }
}
