import { DomainError, type RecordedEvent } from '@jeroboam/domain';

/** A projection met a type of one of its categories that it does not know. It is parked, never skipped silently. */
export class UnknownEvent extends DomainError {
  readonly code = 'UNKNOWN_EVENT';
  readonly kind = 'invalid';
  constructor(projection: string, { type, schemaVersion, position }: Pick<RecordedEvent, 'type' | 'schemaVersion' | 'position'>) {
    const details = { projection, type, schemaVersion, position };
    super(`Projection ${projection} does not know ${type} version ${schemaVersion} (position ${position})`, details);
  }
}

/** The read model did not answer in time or cannot be reached. Reads can be tried again; so can a commit: its `from` guards it. */
export class ReadModelUnavailable extends DomainError {
  readonly code = 'READ_MODEL_UNAVAILABLE';
  readonly kind = 'unavailable';
  constructor(reason: string, options?: ErrorOptions) {
    super(`The read model is unavailable: ${reason}`, {}, options);
  }
}

/** Somebody else rebuilds this projection, or took a rebuild over that had not been heard of for too long. */
export class RebuildUnderWay extends DomainError {
  readonly code = 'REBUILD_UNDER_WAY';
  readonly kind = 'conflict';
  constructor(projection: string, options?: ErrorOptions) {
    super(`Projection ${projection} is being rebuilt by another process`, { projection }, options);
  }
}

/** The stream is not parked for this projection: it never was, or somebody has retried or discarded it already. */
export class StreamNotParked extends DomainError {
  readonly code = 'STREAM_NOT_PARKED';
  readonly kind = 'not-found';
  constructor(projection: string, stream: string) {
    super(`Stream ${stream} is not parked for projection ${projection}`, { projection, stream });
  }
}

/** A retry lost against running projectors again and again. Nothing was applied: ask again. */
export class ProjectionBusy extends DomainError {
  readonly code = 'PROJECTION_BUSY';
  readonly kind = 'conflict';
  constructor(projection: string) {
    super(`Projection ${projection} moves too fast to retry a parked stream now`, { projection });
  }
}
