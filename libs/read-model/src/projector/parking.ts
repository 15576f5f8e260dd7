import { setImmediate } from 'node:timers/promises';
import type { Position, RecordedEvent } from '@jeroboam/domain';
import type { EventLog } from '@jeroboam/event-log';
import { ProjectionBusy, StreamNotParked } from '../errors.ts';
import type { DocumentChange, Projection, ReadModel } from '../read-model.port.ts';
import { Batch } from './batch.ts';
import { discardedCollection, parkedAt, parkedCollection, parkingChange } from './parked-stream.ts';
import type { DiscardedStream, ParkedStream } from './parked-stream.ts';
import { attemptEvent } from './project-events.ts';

/** How often a retry or a discard may lose against projectors of other processes before it gives up. */
const ROUNDS = 50;

export interface RetryOutcome {
  /** How many of the waiting events are in the documents now. */
  readonly applied: number;
  /** Set when one of them failed again: the stream stays parked from there. */
  readonly parked?: ParkedStream;
}

export interface ParkingOptions {
  readonly log: EventLog;
  readonly readModel: ReadModel;
  readonly projection: Projection;
}

/** Streams that wait, in the order in which they were parked. */
export function parkedStreams(readModel: ReadModel, projection: string): Promise<readonly ParkedStream[]> {
  return readModel.find<ParkedStream>(parkedCollection(projection));
}

/** What was given up, and why. */
export function discardedStreams(readModel: ReadModel, projection: string): Promise<readonly DiscardedStream[]> {
  return readModel.find<DiscardedStream>(discardedCollection(projection));
}

/**
 * Projects the waiting events of a stream and lets it flow again; parks it anew, once, at an event that still fails.
 * Runs beside the projection's projectors: theirs or this one's work is applied, never a mixture.
 *
 * @throws {StreamNotParked} there is nothing to retry.
 * @throws {ProjectionBusy} others were faster 50 times; nothing was applied.
 */
export function retryParkedStream({ log, readModel, projection }: ParkingOptions, stream: string): Promise<RetryOutcome> {
  return settle<RetryOutcome>(readModel, projection.name, stream, async (parked, checkpoint) => {
    const batch = new Batch(readModel);
    const events = await waitingEvents(log, parked, checkpoint);
    for (const [index, event] of events.entries()) {
      const failure = await attemptEvent(projection, event, batch);
      if (!failure) continue;
      const again: ParkedStream = {
        ...parkedAt(event, failure.error), lastPosition: parked.lastPosition, count: events.length - index, retries: parked.retries + 1,
      };
      return { changes: [...batch.changes, parkingChange(projection.name, again, checkpoint)], result: { applied: index, parked: again } };
    }
    return { changes: [...batch.changes, unparking(projection.name, stream, checkpoint)], result: { applied: events.length } };
  });
}

/**
 * Gives the waiting events of a stream up: it flows again from the next event on. A rebuild meets them anew.
 *
 * @throws {StreamNotParked} there is nothing to discard.
 * @throws {ProjectionBusy} others were faster 50 times; nothing was changed.
 */
export function discardParkedStream(readModel: ReadModel, projection: string, stream: string, reason: string): Promise<void> {
  return settle(readModel, projection, stream, async (parked, checkpoint) => {
    const document: DiscardedStream = { ...parked, id: `${stream}@${parked.firstPosition}`, stream, reason };
    const record: DocumentChange = { kind: 'upsert', collection: discardedCollection(projection), document, position: checkpoint };
    return { changes: [record, unparking(projection, stream, checkpoint)], result: undefined };
  });
}

interface Settled<T> {
  readonly changes: readonly DocumentChange[];
  readonly result: T;
}

type Settlement<T> = (parked: ParkedStream, checkpoint: Position) => Promise<Settled<T>>;

async function settle<T>(readModel: ReadModel, projection: string, stream: string, work: Settlement<T>): Promise<T> {
  const collection = parkedCollection(projection);
  for (let round = 0; round < ROUNDS; round += 1) {
    // The checkpoint first: whatever of this stream came up to there waits, as long as the stream is parked after that.
    const checkpoint = await readModel.checkpoint(projection);
    const parked = await readModel.get<ParkedStream>(collection, stream);
    if (!parked || checkpoint === undefined) throw new StreamNotParked(projection, stream);
    const { changes, result } = await work(parked, checkpoint);
    // Documents that several streams share have moved on meanwhile. With an old event's position the change would be
    // taken for a late one and skipped, so all of them get the position at which they happen: now.
    const stamped = changes.map((change) => ({ ...change, position: checkpoint }));
    const unchanged = [{ collection, document: parked }];
    if (await readModel.commit(projection, checkpoint, checkpoint, stamped, { unchanged })) return result;
    await setImmediate();
  }
  throw new ProjectionBusy(projection);
}

async function waitingEvents(log: EventLog, { id, firstRevision }: ParkedStream, upTo: Position): Promise<RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  for await (const event of log.readStream(id, { from: firstRevision })) {
    if (event.position > upTo) break;
    events.push(event);
  }
  return events;
}

function unparking(projection: string, stream: string, position: Position): DocumentChange {
  return { kind: 'delete', collection: parkedCollection(projection), id: stream, position };
}
