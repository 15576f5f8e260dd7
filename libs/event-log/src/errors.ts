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

/** A log that cannot keep what `EventLog` promises, as it is set up. Stops the boot; a person must decide. */
export class UnsuitableLog extends Error {
  constructor(
    what: string,
    /** Everything that is wrong, each with what would make it right. */
    readonly problems: readonly string[],
  ) {
    super(`${what} cannot be the event log:\n${problems.map((problem) => `- ${problem}`).join('\n')}`);
    this.name = 'UnsuitableLog';
  }
}
