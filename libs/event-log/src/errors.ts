import { DomainError } from '@jeroboam/domain';
import type { Expected } from './event-log.port.ts';

/** Another writer came first. Nothing was written: reload the stream and decide again. */
export class RevisionConflict extends DomainError {
  readonly code = 'REVISION_CONFLICT';
  readonly kind = 'conflict';
  constructor(stream: string, expected: Expected, actual: number | 'none') {
    super(`Stream ${stream} is at revision ${actual}, not ${expected}`, { stream, expected, actual });
  }
}

/** The log did not answer in time or cannot be reached. The outcome of an append is unknown: retry with the same event ids. */
export class LogUnavailable extends DomainError {
  readonly code = 'LOG_UNAVAILABLE';
  readonly kind = 'unavailable';
  constructor(reason: string, options?: ErrorOptions) {
    super(`The event log is unavailable: ${reason}`, {}, options);
  }
}
