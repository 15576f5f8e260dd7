import { hash } from 'node:crypto';
import type { NewEvent, Position, RecordedEvent } from '@jeroboam/domain';

// The writer thread of the SQLite log runs this file with types stripped: erasable syntax, no imports of packages but for types.

/** `prevHash` of the first event of a stream. */
export const NO_HASH = '0'.repeat(64);

/** An event as it is hashed: everything but the hash itself and the position, which only the whole log can give. */
export type HashedEvent = Omit<RecordedEvent, 'hash' | 'position'>;

/** What the log adds to a new event before it hashes it. */
export interface Placing {
  readonly prevHash: string;
  readonly stream: string;
  readonly revision: number;
  readonly recordedAt: string;
}

/**
 * The writer's part of the stored text: members in a fixed order, without the opening brace. Parsing the text and
 * writing it again gives the same text (ECMA-404 through `JSON.stringify`), so a reader can check a hash with nothing
 * but the parsed event.
 */
export function writerText(event: NewEvent): string {
  const { eventId, type, schemaVersion, occurredAt, actor, requestId, commandId, correlationId, causationId, driver, templateVersion, data } = event;
  return JSON.stringify({
    eventId, type, schemaVersion, occurredAt, actor, requestId, commandId, correlationId, causationId, driver, templateVersion, data,
  }).slice(1);
}

/** The stored text of an event: where the log put it, then what the writer said. Its UTF-8 bytes are what is hashed. */
export function storedText(placing: Placing, writer: string): string {
  const { prevHash, stream, revision, recordedAt } = placing;
  return `{"prevHash":"${prevHash}","stream":${JSON.stringify(stream)},"revision":${revision},"recordedAt":"${recordedAt}",${writer}`;
}

/** Hex SHA-256 over the stored text, which begins with `prevHash`: the link of the stream's chain. */
export function hashText(text: string): string {
  return hash('sha256', text, 'hex');
}

/** The hash an event must carry, from nothing but the event: what a verifier compares `event.hash` with. */
export function hashEvent(event: HashedEvent): string {
  return hashText(storedText(event, writerText(event)));
}

/** Stored bytes that are no event any more, or an event that is gone. A verifier reports it; anybody else cannot go on. */
export class DamagedEvent extends Error {
  readonly position: Position;
  constructor(position: Position, options?: ErrorOptions) {
    super(`the event at position ${position} is damaged`, options);
    this.name = 'DamagedEvent';
    this.position = position;
  }
}

/**
 * An event out of its stored text.
 *
 * @throws {DamagedEvent} when the text is no JSON.
 */
export function recordedEvent(text: string, hexHash: string, position: Position): RecordedEvent {
  const event = parsed(text, position);
  event.hash = hexHash;
  event.position = position;
  return event;
}

function parsed(text: string, position: Position): { -readonly [K in keyof RecordedEvent]: RecordedEvent[K] } {
  try {
    return JSON.parse(text) as RecordedEvent;
  } catch (cause) {
    throw new DamagedEvent(position, { cause });
  }
}
