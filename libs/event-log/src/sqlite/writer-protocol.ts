import type { MessagePort } from 'node:worker_threads';
import type { Expected } from '../event-log.port.ts';

// What the main thread and the writer thread say to each other. Flat on purpose: copying nested objects between threads
// costs more than the rest of an append on the main thread. The thread runs this file with types stripped.

/** One append. */
export interface AppendRequest {
  readonly id: number;
  readonly stream: string;
  readonly category: string;
  readonly expected: Expected;
  /** Id, type and writer's text of each event in turn. */
  readonly events: readonly string[];
}

/** Strings an event takes in `AppendRequest.events`. */
export const FIELDS_PER_EVENT = 3;

/** Any number of appends as one flat list, made by `flatten`. */
export type FlatAppends = readonly (string | number)[];

/** `checkpoint` is answered with no answers, once it has been done. */
export type ToWriter = FlatAppends | 'checkpoint' | 'close';

export function flatten(requests: readonly AppendRequest[]): FlatAppends {
  const flat: (string | number)[] = [];
  for (const { id, stream, category, expected, events } of requests) flat.push(id, stream, category, expected, events.length, ...events);
  return flat;
}

export function unflatten(flat: FlatAppends): AppendRequest[] {
  const requests: AppendRequest[] = [];
  for (let at = 0; at < flat.length; ) {
    const [id, stream, category, expected, fields] = flat.slice(at, at + 5) as [number, string, string, Expected, number];
    at += 5 + fields;
    requests.push({ id, stream, category, expected, events: flat.slice(at - fields, at) as string[] });
  }
  return requests;
}

/**
 * One commit's answers, four numbers each: request id, one of `OUTCOME`, then revision and position of the last event,
 * or for a conflict the head that was found (-1: no such stream) and 0.
 */
export type Answers = Float64Array<ArrayBuffer>;

export const NUMBERS_PER_ANSWER = 4;

export const OUTCOME = { appended: 0, conflict: 1, wereThere: 2 } as const;

/** None of these was answered, and why: nobody may say whether they were written. */
export interface Failure {
  readonly failed: readonly number[];
  readonly reason: string;
}

export type FromWriter = Answers | Failure;

export interface WriterThreadData {
  readonly path: string;
  readonly busyTimeoutMs: number;
  /** Counts messages sent, so that the thread can sleep on it. */
  readonly sent: SharedArrayBuffer;
  readonly port: MessagePort;
}
