import type { NewEvent } from '@jeroboam/domain';
import { tooLarge } from '../appendable.ts';
import { LogUnavailable, RevisionConflict } from '../errors.ts';
import type { Appended, Expected } from '../event-log.port.ts';
import { SequenceConflict } from './log-stream.ts';
import type { LogStream } from './log-stream.ts';
import { MAX_EVENTS_PER_APPEND, decodeMessage, encodeAppend, subjectOf } from './message-codec.ts';
import { HeadCache, StreamHead } from './stream-heads.ts';

/** One attempt to publish waits no longer: an acknowledgement lost in a reconnect never comes. */
const MAX_PUBLISH_MS = 2_000;

interface Append {
  readonly stream: string;
  readonly events: readonly NewEvent[];
  readonly expected: Expected;
  /** On `performance.now()`'s clock. */
  readonly deadline: number;
}

/**
 * Decides and publishes appends, one at a time per stream, side by side for different ones. The server is the judge:
 * each message names the sequence it must follow on its subject, so a decision on an old head is refused, not written.
 */
export class Appender {
  readonly #heads = new HeadCache();
  /** The last append under way of each stream. */
  readonly #queues = new Map<string, Promise<unknown>>();

  constructor(
    private readonly log: LogStream,
    private readonly prefix: string,
  ) {}

  append(stream: string, events: readonly NewEvent[], expected: Expected, timeoutMs: number): Promise<Appended> {
    const append: Append = { stream, events, expected, deadline: performance.now() + timeoutMs };
    const before = this.#queues.get(stream) ?? Promise.resolve();
    const running = before.then(() => this.#append(append));
    const settled = running.then(() => undefined, () => undefined).then(() => {
      if (this.#queues.get(stream) === settled) this.#queues.delete(stream);
    });
    this.#queues.set(stream, settled);
    return inTime(running, timeoutMs);
  }

  /** Resolves when no append is under way. */
  async idle(): Promise<void> {
    await Promise.all(this.#queues.values());
  }

  async #append(append: Append): Promise<Appended> {
    const { stream } = append;
    let head = this.#heads.get(stream);
    // A remembered head may be old: it may let an append through to the server, which knows, but never refuse one.
    const appended = head && (await this.#tryAt(head, append, () => undefined));
    if (appended) return appended;
    for (;;) {
      head = await this.#refreshed(append, head);
      const taken = await this.#tryAt(head, append, (conflict) => {
        throw conflict;
      });
      if (taken) return taken;
      if (performance.now() >= append.deadline) throw new LogUnavailable(`stream ${stream} could not be written in time`);
    }
  }

  /** Undefined when the head is too old to tell. */
  async #tryAt(head: StreamHead, append: Append, onConflict: (conflict: RevisionConflict) => undefined): Promise<Appended | undefined> {
    const { stream, events, expected } = append;
    const held = events.map(({ eventId }) => head.places.get(eventId));
    const firstNew = held.indexOf(undefined);
    if (firstNew === -1) return { ...held.reduce((last, place) => (place!.revision > last!.revision ? place : last))!, wereThere: true };
    const at = head.tail.revision === -1 ? 'none' : head.tail.revision;
    // An id held behind a new one: the given order cannot be had any more.
    const outOfOrder = held.slice(firstNew).some((place) => place !== undefined);
    if (outOfOrder || (expected !== 'any' && expected !== at)) return onConflict(new RevisionConflict(stream, expected, at));
    return this.#publish(head, append, events.slice(firstNew));
  }

  async #publish(head: StreamHead, { stream, deadline }: Append, events: readonly NewEvent[]): Promise<Appended | undefined> {
    const { payload } = encodeAppend(stream, head.tail, events, new Date().toISOString());
    const bytes = Buffer.from(payload);
    if (events.length > MAX_EVENTS_PER_APPEND) throw tooLarge(stream, events.length, MAX_EVENTS_PER_APPEND, 'events');
    if (bytes.length > this.log.maxBytes) throw tooLarge(stream, bytes.length, this.log.maxBytes, 'bytes');
    const remainingMs = deadline - performance.now();
    if (remainingMs <= 0) throw new LogUnavailable('no time was left to write');
    try {
      const sequence = await this.log.publish(subjectOf(this.prefix, stream), bytes, head.sequence, Math.min(remainingMs, MAX_PUBLISH_MS));
      head.advance(sequence, decodeMessage(sequence, payload));
      this.#heads.set(stream, head);
      return { ...head.places.get(events.at(-1)!.eventId)!, wereThere: false };
    } catch (error) {
      // Not written, or nobody knows: the fresh head shows which, and the ids in it keep this from being written twice.
      if (error instanceof SequenceConflict || (error instanceof LogUnavailable && performance.now() < deadline)) return undefined;
      throw error;
    }
  }

  /** The head as the leader has it now, read on from what is known. */
  async #refreshed({ stream, deadline }: Append, known: StreamHead | undefined): Promise<StreamHead> {
    const subject = subjectOf(this.prefix, stream);
    const head = known ?? new StreamHead();
    const last = await this.log.lastSequence(subject, deadline - performance.now());
    for await (const { sequence, events } of this.log.between(head.sequence + 1, last, subject)) head.advance(sequence, events);
    this.#heads.set(stream, head);
    return head;
  }
}

function inTime<T>(work: Promise<T>, timeoutMs: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new LogUnavailable(`no answer within ${timeoutMs} ms`)), timeoutMs);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
