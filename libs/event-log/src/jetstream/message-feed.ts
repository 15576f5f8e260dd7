import { setTimeout } from 'node:timers/promises';
import type { Consumer, ConsumerMessages, JsMsg } from '@nats-io/jetstream';
import { LogUnavailable } from '../errors.ts';
import { DamagedEvent } from '../stored-event.ts';
import { positionOf } from './message-codec.ts';

/** What a feed needs of the stream it reads. */
export interface FeedSource {
  /** A server-side cursor that hands out messages from this sequence on. */
  cursor(from: number, subject: string | undefined): Promise<Consumer>;
  /** Without waiting: a cursor left behind goes away by itself. */
  discard(cursor: Consumer): void;
  /** Sequence of the last message there is. */
  last(subject: string | undefined): Promise<number>;
}

export interface FeedOptions {
  /** Sequence of the first message wanted. */
  readonly from: number;
  /** Only messages of this subject; absent: all. */
  readonly subject?: string;
  /** How long the server keeps one request for more open; after a silent one the feed asks whether it missed something. */
  readonly pullMs: number;
}

/** Messages fetched ahead. */
const MAX_BUFFERED = 256;
const FIRST_RETRY_MS = 10;
const LONGEST_RETRY_MS = 1_000;

/**
 * In a cluster a new cursor may live on a server that ours has not yet heard has it: "no responders" (503). That takes
 * milliseconds; a cursor that stays unreachable is gone.
 */
const UNREACHABLE_RETRY_MS = 5;
const MAX_UNREACHABLE = 100;

/** The cursor cannot be trusted (any more) to be where we are: take a new one. */
class CursorLost extends Error {}

/**
 * The stream's messages from a sequence on, in order, for ever. It reads a bounded number ahead and comes back by
 * itself after the connection or the server was gone, exactly behind the last message it gave: cursors on the server
 * are taken anew at the least doubt, as what a broken connection swallowed is not sent again.
 */
export class MessageFeed {
  #buffer: JsMsg[] = [];
  #next: number;
  #closed = false;
  #gap: DamagedEvent | undefined;
  #fetching: ConsumerMessages | undefined;
  #doubted = false;
  #taken: (() => void) | undefined;
  #arrived: (() => void) | undefined;
  readonly #pumping: Promise<void>;

  constructor(
    private readonly source: FeedSource,
    private readonly options: FeedOptions,
    private readonly onEnd: () => void = () => undefined,
  ) {
    this.#next = options.from;
    this.#pumping = this.#pump();
  }

  /**
   * What has arrived, at least one message; nothing once closed.
   *
   * @throws {LogUnavailable} after `patienceMs` without any.
   * @throws {DamagedEvent} when the server lost messages the log holds.
   */
  async take(patienceMs?: number): Promise<readonly JsMsg[]> {
    if (this.#buffer.length === 0 && !this.#closed) await this.#arrival(patienceMs);
    if (this.#buffer.length === 0 && this.#gap) throw this.#gap;
    const taken = this.#buffer;
    this.#buffer = [];
    this.#taken?.();
    return taken;
  }

  /** The connection broke: messages may have been lost on the way. */
  doubt(): void {
    this.#doubted = true;
    this.#fetching?.stop();
  }

  async close(): Promise<void> {
    this.#end();
    await this.#pumping;
  }

  #end(): void {
    this.#closed = true;
    this.onEnd();
    this.#fetching?.stop();
    this.#taken?.();
    this.#arrived?.();
  }

  async #arrival(patienceMs: number | undefined): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        this.#arrived = resolve;
        if (patienceMs === undefined) return;
        timer = globalThis.setTimeout(() => reject(new LogUnavailable(`no message within ${patienceMs} ms`)), patienceMs);
      });
    } finally {
      clearTimeout(timer);
      this.#arrived = undefined;
    }
  }

  async #pump(): Promise<void> {
    let retryMs = FIRST_RETRY_MS;
    while (!this.#closed) {
      const before = this.#next;
      try {
        await this.#readWithOneCursor();
      } catch {
        // Server away, cursor gone, message lost: whatever it was, the next cursor starts where this one got to.
        retryMs = this.#next > before ? FIRST_RETRY_MS : Math.min(retryMs * 2, LONGEST_RETRY_MS);
        if (!this.#closed) await setTimeout(retryMs, undefined, { ref: false });
      }
    }
  }

  async #readWithOneCursor(): Promise<void> {
    this.#doubted = false;
    const cursor = await this.source.cursor(this.#next, this.options.subject);
    try {
      let delivered = 0;
      for (let unreachable = 0; !this.#closed; ) {
        const before = delivered;
        try {
          delivered = await this.#fetch(cursor, before);
          unreachable = 0;
        } catch (error) {
          if (!isUnreachable(error) || unreachable >= MAX_UNREACHABLE) throw error;
          unreachable += 1;
          await setTimeout(UNREACHABLE_RETRY_MS);
        }
      }
    } finally {
      this.source.discard(cursor);
    }
  }

  /** One request for more. Returns how many messages the cursor has delivered in all. */
  async #fetch(cursor: Consumer, deliveredBefore: number): Promise<number> {
    let delivered = deliveredBefore;
    const fetching = await cursor.fetch({ max_messages: MAX_BUFFERED, expires: this.options.pullMs });
    this.#fetching = fetching;
    if (this.#closed || this.#doubted) fetching.stop();
    for await (const message of fetching) {
      delivered += 1;
      if (message.info.deliverySequence !== delivered) throw new CursorLost();
      await this.#keep(message);
    }
    if (this.#doubted) throw new CursorLost();
    if (delivered === deliveredBefore && !this.#closed && (await this.source.last(this.options.subject)) >= this.#next) throw new CursorLost();
    return delivered;
  }

  async #keep(message: JsMsg): Promise<void> {
    // The log deletes nothing, so a sequence left out is a message lost for good.
    if (this.options.subject === undefined && message.seq !== this.#next) this.#gap = new DamagedEvent(positionOf(this.#next, 0));
    if (this.#gap) this.#end();
    if (this.#closed) return;
    this.#next = message.seq + 1;
    this.#buffer.push(message);
    this.#arrived?.();
    if (this.#buffer.length < MAX_BUFFERED) return;
    await new Promise<void>((resolve) => {
      this.#taken = resolve;
    });
    this.#taken = undefined;
  }
}

function isUnreachable(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 503;
}
