import type { NewEvent, Position, RecordedEvent } from '@jeroboam/domain';
import { DamagedEvent, NO_HASH, hashText, storedText, writerText } from '../stored-event.ts';

// One message is one append: a JSON array of stored texts, each with its hash put in front. Being one message makes an
// append whole or absent without any help of the server.

/** Events one message can number: four digits of a position. */
export const MAX_EVENTS_PER_APPEND = 10_000;

/** The subject of a stream: one token, whatever characters its name has. */
export function subjectOf(prefix: string, stream: string): string {
  const token = encodeURIComponent(stream).replace(/[.!~*'()]/gu, (character) => `%${character.charCodeAt(0).toString(16)}`);
  return `${prefix}.${token}`;
}

/** Sequence of the message (from 1) and place of the event in it (from 0), ordered as strings. */
export function positionOf(sequence: number, index: number): Position {
  return `${String(sequence).padStart(16, '0')}.${String(index).padStart(4, '0')}`;
}

/** Sequence of the message a position lies in. */
export function sequenceOf(position: Position): number {
  if (!/^\d{16}\.\d{4}$/u.test(position)) throw new Error(`not a position of this log: ${JSON.stringify(position)}`);
  return Number(position.slice(0, 16));
}

/** What the next event of a stream is linked to. */
export interface Tail {
  /** -1 while there is none. */
  readonly revision: number;
  readonly hash: string;
}

export const NO_TAIL: Tail = { revision: -1, hash: NO_HASH };

export interface EncodedAppend {
  readonly payload: string;
  readonly tail: Tail;
}

export function encodeAppend(stream: string, after: Tail, events: readonly NewEvent[], recordedAt: string): EncodedAppend {
  let tail = after;
  const texts = events.map((event) => {
    const revision = tail.revision + 1;
    const text = storedText({ prevHash: tail.hash, stream, revision, recordedAt }, writerText(event));
    tail = { revision, hash: hashText(text) };
    return `{"hash":"${tail.hash}",${text.slice(1)}`;
  });
  return { payload: `[${texts.join(',')}]`, tail };
}

/** @throws {DamagedEvent} when the message is not one of ours. */
export function decodeMessage(sequence: number, payload: string): RecordedEvent[] {
  try {
    const events = JSON.parse(payload) as { -readonly [K in keyof RecordedEvent]: RecordedEvent[K] }[];
    for (const [index, event] of events.entries()) event.position = positionOf(sequence, index);
    return events;
  } catch (cause) {
    throw new DamagedEvent(positionOf(sequence, 0), { cause });
  }
}
