import { isDomainError, type RecordedEvent } from '@jeroboam/domain';
import type { DocumentChange, DocumentReader, Projection, ReadModel, Unchanged } from '../read-model.port.ts';
import { Batch } from './batch.ts';
import { parkedAt, parkedCollection, parkingChange, withOneMore, type ParkedStream } from './parked-stream.ts';

/** How often a projection may try an event before its stream is parked. */
const ATTEMPTS = 3;

export interface ProjectedEvents {
  readonly changes: readonly DocumentChange[];
  /** What the changes were worked out from and nobody else guards. */
  readonly unchanged: readonly Unchanged[];
  /** Streams parked by one of these events. */
  readonly parked: readonly ParkedStream[];
}

/** Works out what `events` do. An event that cannot be projected parks its stream; events of parked streams wait with it. */
export async function projectEvents(
  projection: Projection, readModel: ReadModel, events: readonly RecordedEvent[],
): Promise<ProjectedEvents> {
  const batch = new Batch(readModel);
  const parked: ParkedStream[] = [];
  const unchanged = new Map<string, Unchanged>();
  const collection = parkedCollection(projection.name);
  const someParked = events.length > 0 && (await readModel.find(collection, { limit: 1 })).length > 0;
  for (const event of events) {
    const waiting = someParked || parked.length > 0 ? await batch.get<ParkedStream>(collection, event.stream) : undefined;
    if (waiting) {
      // Another process may retry it right now, without moving the checkpoint.
      if (!batch.has(collection, event.stream)) unchanged.set(event.stream, { collection, document: waiting });
      batch.add([parkingChange(projection.name, withOneMore(waiting, event), event.position)]);
      continue;
    }
    const failure = await attemptEvent(projection, event, batch);
    if (!failure) continue;
    const stream = parkedAt(event, failure.error);
    parked.push(stream);
    batch.add([parkingChange(projection.name, stream, event.position)]);
  }
  return { changes: batch.changes, unchanged: [...unchanged.values()], parked };
}

/**
 * Adds what the event does to `batch`, or gives back what kept the projection from saying so.
 * @throws what says that the store is unavailable: that is nobody's fault and no reason to park.
 */
export async function attemptEvent(
  projection: Projection, event: RecordedEvent, batch: Batch,
): Promise<{ readonly error: unknown } | undefined> {
  let error: unknown;
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    try {
      const changes = await projection.project(event, ownDocuments(projection, batch));
      for (const change of changes) assertOwnChange(projection, event, change);
      batch.add(changes);
      return undefined;
    } catch (thrown) {
      if (isUnavailable(thrown)) throw thrown;
      error = thrown;
    }
  }
  return { error };
}

export function isUnavailable(error: unknown): boolean {
  return isDomainError(error) && error.kind === 'unavailable';
}

/** A projection that read others' documents would depend on how far they have got, and so on the day of the rebuild. */
function ownDocuments(projection: Projection, documents: DocumentReader): DocumentReader {
  return {
    get: async (collection, id) => {
      assertOwn(projection, collection);
      return documents.get(collection, id);
    },
  };
}

function assertOwnChange(projection: Projection, event: RecordedEvent, change: DocumentChange): void {
  assertOwn(projection, change.collection);
  const id: unknown = change.kind === 'upsert' ? change.document.id : change.id;
  if (typeof id !== 'string' || id === '') throw new Error(`a change in ${change.collection} without an id`);
  if (change.position !== event.position) throw new Error(`a change in ${change.collection} with another position than its event's`);
}

function assertOwn(projection: Projection, collection: string): void {
  if (projection.collections.some(({ name }) => name === collection)) return;
  throw new Error(`projection ${projection.name} does not declare ${collection}`);
}
