import type { Position, RecordedEvent } from '@jeroboam/domain';
import type { CollectionSpec, DocumentChange, Projection, ReadDocument } from '../read-model.port.ts';

/**
 * A stream that a projection cannot go on with: its events from `firstPosition` on wait, and what the projection shows
 * of it has been stale since then. Other streams flow.
 */
export interface ParkedStream extends ReadDocument {
  /** The stream. */
  readonly id: string;
  readonly firstPosition: Position;
  /** 0-based revision of the event that could not be projected. */
  readonly firstRevision: number;
  readonly firstType: string;
  readonly lastPosition: Position;
  /** How many events wait. */
  readonly count: number;
  /** What the projection threw, for people. */
  readonly error: string;
  /** When the log took the first of the waiting events, RFC 3339. */
  readonly staleSince: string;
  /** How often it was retried in vain. */
  readonly retries: number;
}

/** Parked events that somebody decided to do without. `id` is `<stream>@<firstPosition>`. */
export interface DiscardedStream extends Omit<ParkedStream, 'id'> {
  readonly id: string;
  readonly stream: string;
  readonly reason: string;
}

export const parkedCollection = (projection: string): string => `parked_${projection}`;
export const discardedCollection = (projection: string): string => `discarded_${projection}`;

/** Everything a projector keeps for a projection: its own collections and where its streams are parked. */
export function collectionsOf(projection: Projection): readonly CollectionSpec[] {
  return [
    ...projection.collections,
    { name: parkedCollection(projection.name), indexes: [] },
    { name: discardedCollection(projection.name), indexes: [] },
  ];
}

export function parkedAt(event: RecordedEvent, error: unknown): ParkedStream {
  return {
    id: event.stream,
    firstPosition: event.position,
    firstRevision: event.revision,
    firstType: event.type,
    lastPosition: event.position,
    count: 1,
    error: error instanceof Error ? error.message : String(error),
    staleSince: event.recordedAt,
    retries: 0,
  };
}

export function withOneMore(parked: ParkedStream, event: RecordedEvent): ParkedStream {
  return { ...parked, lastPosition: event.position, count: parked.count + 1 };
}

export function parkingChange(projection: string, document: ParkedStream, position: Position): DocumentChange {
  return { kind: 'upsert', collection: parkedCollection(projection), document, position };
}
