import type { RecordedEvent } from '@jeroboam/domain';
import type { Appended } from '../event-log.port.ts';
import { NO_TAIL } from './message-codec.ts';
import type { Tail } from './message-codec.ts';

/** What an append has to know of its stream. */
export class StreamHead {
  /** Sequence of the stream's last message; 0 while there is none. */
  sequence = 0;
  tail: Tail = NO_TAIL;
  /** Where each event of the stream is, by its id. */
  readonly places = new Map<string, Omit<Appended, 'wereThere'>>();

  /** Takes in more events of the stream, which end with message `sequence`. */
  advance(sequence: number, events: readonly RecordedEvent[]): void {
    for (const { eventId, revision, position, hash } of events) {
      this.places.set(eventId, { revision, position });
      this.tail = { revision, hash };
    }
    this.sequence = sequence;
  }
}

/** Heads kept in memory until the ids in them are too many; then those not used for longest go first. */
export class HeadCache {
  readonly #heads = new Map<string, { readonly head: StreamHead; readonly ids: number }>();
  #ids = 0;

  constructor(private readonly maxIds = 200_000) {}

  get(stream: string): StreamHead | undefined {
    return this.#heads.get(stream)?.head;
  }

  /** Keeps a head as the one used last. */
  set(stream: string, head: StreamHead): void {
    this.delete(stream);
    const ids = Math.max(head.places.size, 1);
    this.#heads.set(stream, { head, ids });
    this.#ids += ids;
    for (const oldest of this.#heads.keys()) {
      if (this.#ids <= this.maxIds || oldest === stream) return;
      this.delete(oldest);
    }
  }

  delete(stream: string): void {
    this.#ids -= this.#heads.get(stream)?.ids ?? 0;
    this.#heads.delete(stream);
  }
}
