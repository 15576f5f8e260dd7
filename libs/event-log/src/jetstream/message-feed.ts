import { setTimeout } from 'node:timers/promises';
import type { Consumer, ConsumerMessages, JetStreamClient, JsMsg } from '@nats-io/jetstream';
import { LogUnavailable } from '../errors.ts';
import { DamagedEvent } from '../stored-event.ts';
import { positionOf } from './message-codec.ts';

export interface FeedOptions {
  readonly streamName: string;
  /** Sequence of the first message wanted. */
  readonly from: number;
  /** Only messages of this subject; absent: all. */
  readonly subject?: string;
}

/** Messages fetched ahead. */
const MAX_BUFFERED = 256;
/** How long one request to the server for more lasts; also bounds how long a lost consumer goes unnoticed. */
const PULL_EXPIRES_MS = 5_000;
const FIRST_RETRY_MS = 50;
const LONGEST_RETRY_MS = 2_000;
/** The server drops the consumer of a reader that died after this long. */
const INACTIVE_THRESHOLD_MS = 60_000;

/**
 * The stream's messages from a sequence on, in order, for ever. It reads a bounded number ahead, and comes back by
 * itself after the connection or the server was gone, exactly behind the last message it gave.
 */
export class MessageFeed {
  #buffer: JsMsg[] = [];
  #next: number;
  #closed = false;
  #gap: DamagedEvent | undefined;
  #messages: ConsumerMessages | undefined;
  #taken: (() => void) | undefined;
  #arrived: (() => void) | undefined;
  readonly #pumping: Promise<void>;

  constructor(
    private readonly client: JetStreamClient,
    private readonly options: FeedOptions,
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

  async close(): Promise<void> {
    this.#closed = true;
    this.#messages?.stop();
    this.#taken?.();
    this.#arrived?.();
    await this.#pumping;
  }

  async #arrival(patienceMs: number | undefined): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve, reject) => {
      this.#arrived = resolve;
      if (patienceMs === undefined) return;
      timer = globalThis.setTimeout(() => reject(new LogUnavailable(`no message within ${patienceMs} ms`)), patienceMs);
    });
    clearTimeout(timer);
    this.#arrived = undefined;
  }

  async #pump(): Promise<void> {
    let retryMs = FIRST_RETRY_MS;
    while (!this.#closed) {
      const before = this.#next;
      // Whatever ended the consumer (a restart took it, the connection broke): a new one goes on behind the last message.
      await this.#consume().catch(() => undefined);
      if (this.#closed) return;
      retryMs = this.#next > before ? FIRST_RETRY_MS : Math.min(retryMs * 2, LONGEST_RETRY_MS);
      await setTimeout(retryMs, undefined, { ref: false });
    }
  }

  async #consume(): Promise<void> {
    const { streamName, subject } = this.options;
    const consumer = await this.client.consumers.get(streamName, {
      opt_start_seq: this.#next,
      inactive_threshold: INACTIVE_THRESHOLD_MS,
      ...(subject !== undefined && { filter_subjects: subject }),
    });
    try {
      this.#messages = await consumer.consume({ max_messages: MAX_BUFFERED, expires: PULL_EXPIRES_MS });
      if (this.#closed) this.#messages.stop();
      for await (const message of this.#messages) await this.#keep(message);
    } finally {
      remove(consumer);
    }
  }

  async #keep(message: JsMsg): Promise<void> {
    // One sent again after a reset.
    if (message.seq < this.#next) return;
    if (this.options.subject === undefined && message.seq > this.#next) this.#endAtGap(this.#next);
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

  #endAtGap(missing: number): void {
    this.#gap = new DamagedEvent(positionOf(missing, 0));
    this.#closed = true;
    this.#messages?.stop();
    this.#arrived?.();
  }
}

/** Without waiting: when this does not reach the server, it removes the consumer by itself a little later. */
function remove(consumer: Consumer): void {
  consumer.delete().catch(() => undefined);
}
