import { Readable } from 'node:stream';
import type { Position, RecordedEvent } from '@jeroboam/domain';
import type { Timer, Timers } from '@jeroboam/platform';
import type { EventFilter } from './event-filter.ts';
import { wireEvent } from './wire-event.ts';

/** Proxies and clients take a silent connection for a dead one; 15 s is the longest silence (behaviour R30). */
export const HEARTBEAT_MS = 10_000;
/** What may wait for a client that reads slower than things happen: about a thousand events. */
export const MAX_QUEUED_BYTES = 1_048_576;
/** Beyond this much waiting, the past is read no further from the log. */
const HIGH_WATER_BYTES = 65_536;
/** Heartbeats a client may leave unread before it is cut off. */
const MAX_UNREAD_HEARTBEATS = 6;
/** How long a client gets to read what is left after the last word. */
const LAST_WORD_MS = 10_000;

export interface Subscriber {
  readonly filter: EventFilter;
  /** Whether events of this project (null: of none) may be seen. */
  readonly sees: (projectId: string | null) => boolean;
  /** Strictly after this position; empty: from the beginning. */
  readonly after: Position;
  /** Whether the subscriber's right to listen has ended. */
  readonly expired: () => boolean;
}

/**
 * One client of `GET /v1/events`: its server-sent events (WHATWG HTML, section 9.2) as `body`. It takes events in
 * order of position, leaves out what its client did not ask for or may not see, and never keeps more than
 * `MAX_QUEUED_BYTES` for a slow client: it says goodbye instead, and the client resumes where it was.
 */
export class EventConnection {
  readonly body: Readable;
  #position: Position;
  #open = true;
  /** The client has not come for more yet. */
  #full = false;
  #roomWaiters: (() => void)[] = [];
  #saidSomething = false;
  #unreadHeartbeats = 0;
  #timer: Timer;

  constructor(private readonly subscriber: Subscriber, private readonly timers: Timers) {
    this.#position = subscriber.after;
    this.body = new Readable({ highWaterMark: HIGH_WATER_BYTES, read: () => this.#hasRoom() });
    this.body.once('close', () => this.#closed());
    this.#timer = timers.after(HEARTBEAT_MS, () => this.#beat());
    // Said at once, so that the client has its headers and knows that it listens.
    this.#say(`: events ${this.#position === '' ? 'from the beginning' : `after ${this.#position}`}\nretry: 1000\n\n`);
  }

  /** Everything up to here has been offered. */
  get position(): Position {
    return this.#position;
  }

  get open(): boolean {
    return this.#open;
  }

  get filter(): EventFilter {
    return this.subscriber.filter;
  }

  /** @param frame the event as `frameOf` has it, made once for all connections. */
  offer(event: RecordedEvent, projectId: string | null, frame: () => string): void {
    if (!this.#open || event.position <= this.#position) return;
    this.#position = event.position;
    if (this.subscriber.filter.passes(event) && this.subscriber.sees(projectId)) this.#say(frame());
  }

  /** Nothing up to `position` is for this client that it has not been offered. */
  skipTo(position: Position): void {
    if (position > this.#position) this.#position = position;
  }

  /** Waits until the client has taken most of what it was given, or is gone. */
  async room(): Promise<void> {
    if (!this.#full || !this.#open) return;
    await new Promise<void>((resolve) => this.#roomWaiters.push(resolve));
  }

  /** Ends in an orderly way: what is queued, then the reason. */
  end(reason: string): void {
    if (!this.#open) return;
    this.#open = false;
    this.#timer.cancel();
    this.body.push(`: ${reason}; resume with Last-Event-ID\n\n`);
    this.body.push(null);
    this.#timer = this.timers.after(LAST_WORD_MS, () => this.body.destroy());
    this.#wake();
  }

  #say(text: string): void {
    if (!this.#open) return;
    if (this.body.readableLength + text.length > MAX_QUEUED_BYTES) return this.end('too slow: more is happening than is read');
    this.#saidSomething = true;
    this.#full = !this.body.push(text);
  }

  #beat(): void {
    if (!this.#open) return;
    if (this.subscriber.expired()) return this.end('the token has expired: come again with a new one');
    if (this.#full && (this.#unreadHeartbeats += 1) >= MAX_UNREAD_HEARTBEATS) return void this.body.destroy();
    // The id moves the place to resume from past events that were not for this client.
    if (!this.#saidSomething) this.#say(this.#position === '' ? ': still here\n\n' : `: still here\nid: ${this.#position}\n\n`);
    this.#saidSomething = false;
    this.#timer = this.timers.after(HEARTBEAT_MS, () => this.#beat());
  }

  #hasRoom(): void {
    this.#full = false;
    this.#unreadHeartbeats = 0;
    this.#wake();
  }

  #closed(): void {
    this.#open = false;
    this.#timer.cancel();
    this.#wake();
  }

  #wake(): void {
    for (const wake of this.#roomWaiters.splice(0)) wake();
  }
}

export function frameOf(event: RecordedEvent): string {
  // JSON has no line breaks of its own, so one data line is enough; a type is an identifier.
  return `id: ${event.position}\nevent: ${event.type}\ndata: ${JSON.stringify(wireEvent(event))}\n\n`;
}
