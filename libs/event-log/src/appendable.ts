import type { NewEvent } from '@jeroboam/domain';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
/** No control characters, no lone surrogates: a name must survive every adapter's encoding. */
const STREAM_NAME = /^[^\p{Cc}\p{Cs}]{1,200}$/u;

/**
 * Refuses what no adapter could keep, before anything is sent. All of these are bugs of the caller, hence plain errors:
 * an empty batch, an id that is no lower-case UUID, the same id twice, `data` that is not JSON, an unusable stream name.
 */
export function assertAppendable(stream: string, events: readonly NewEvent[]): void {
  if (!STREAM_NAME.test(stream)) throw new Error(`not a stream name: ${JSON.stringify(stream)}`);
  if (events.length === 0) throw new Error(`nothing to append to ${stream}: a decision without events needs no append`);
  const ids = new Set<string>();
  for (const { eventId, type, data } of events) {
    if (!UUID.test(eventId)) throw new Error(`not a lower-case UUID: eventId ${JSON.stringify(eventId)} of a ${type} for ${stream}`);
    if (data === undefined) throw new Error(`a ${type} for ${stream} has no data`);
    ids.add(eventId);
  }
  if (ids.size < events.length) throw new Error(`the same eventId twice in one append to ${stream}`);
}

/** An append no retry would make fit. The edges bound what reaches the log: one that comes this far is a bug, hence a plain error. */
export function tooLarge(stream: string, size: number, limit: number, unit: 'bytes' | 'characters' | 'events'): Error {
  return new Error(`an append of ${size} ${unit} to ${stream} is more than this log takes at once (${limit})`);
}
