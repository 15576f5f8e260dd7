import { isDomainError } from '@jeroboam/domain';
import type { Position, RecordedEvent } from '@jeroboam/domain';
import type { EventBatch, EventLog, Subscription } from '@jeroboam/event-log';
import type { Clock, Logger, Timer, Timers } from '@jeroboam/platform';
import { delay } from '@jeroboam/platform';
import type { ReadModel } from '@jeroboam/read-model';
import type { BayRecord } from '../bay/bay-record.ts';
import { isKnown } from '../bay/recorded.ts';
import { NothingToTell } from '../mapping/happening.ts';
import { notificationsOf } from '../mapping/notifications-of.ts';
import type { Kind } from '../message/draft.ts';
import { notificationId } from '../message/notification.ts';
import { periodDrafts } from '../periods/period-drafts.ts';
import type { Sink } from '../sinks/sink.port.ts';
import { Cursor } from './cursor.ts';
import type { FeedMetrics } from './feed-metrics.ts';
import { lagBehind } from './lag.ts';
import { Outbox } from './outbox.ts';
import { nextDue, periodsFrom, told } from './periods.ts';
import type { Due, PeriodLengths, PeriodsDocument } from './periods.ts';
import { Story } from './story.ts';

export interface FeedOptions {
  readonly log: EventLog;
  readonly readModel: ReadModel;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: Logger;
  readonly metrics: FeedMetrics;
  readonly sink: Sink;
  readonly start: 'now' | 'beginning';
  readonly kinds: ReadonlySet<Kind>;
  readonly publisherId: string;
  readonly lengths: PeriodLengths;
}

const RETRY_MS = 500;
/**
 * A period is told of so long after its end at the earliest, if no event has shown before that it is over: by then every
 * event that the log took in it can be read.
 */
export const GRACE_MS = 10_000;
const TICK_MS = 1_000;
/** Events sent and committed at once while catching up: what comes twice after a crash at most. */
const EVENTS_AT_ONCE = 512;
/** Bays whose part of a period is sent and committed at once. */
const BAYS_AT_ONCE = 250;

/**
 * Tells one sink of everything the log says, in its order, and moves that sink's cursor when the sink has it. What it
 * sends follows from the log up to an event, or up to the end of a period, and from nothing else: after a crash it makes
 * the same messages, byte for byte, of what it had not committed.
 */
export class Feed {
  readonly #cursor: Cursor;
  readonly #story: Story;
  readonly #outbox: Outbox;
  readonly #stopping = new AbortController();
  #subscription: Subscription | undefined;
  #tick: Timer | undefined;
  #done: Promise<void> = Promise.resolve();
  /** Batches and periods take turns. */
  #turn: Promise<void> = Promise.resolve();
  #isBusy = false;

  constructor(private readonly options: FeedOptions) {
    const { sink, kinds, publisherId, timers, logger, metrics, log, readModel, lengths } = options;
    this.#cursor = new Cursor(sink.name, readModel);
    this.#story = new Story(log, lengths.auditMs, (bayId, error) => logger.error('a bay cannot be read from the log and will not be told of', { sink: sink.name, bayId, error }));
    this.#outbox = new Outbox({ sink, kinds, publisherId, timers, logger, metrics, signal: this.#stopping.signal });
  }

  start(): void {
    this.#done = this.#follow();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#tick?.cancel();
    await this.options.sink.close();
    await this.#subscription?.stop();
    await this.#done;
  }

  async #follow(): Promise<void> {
    const { log, logger, sink, timers } = this.options;
    while (!this.#stopping.signal.aborted) {
      try {
        await this.#inTurn(() => this.#open());
        if (this.#stopping.signal.aborted) return;
        this.#subscription = log.subscribe({ ...this.#cursor.after(), batchSize: EVENTS_AT_ONCE }, (batch) => this.#inTurn(() => this.#take(batch)));
        this.#tickLater();
        await this.#subscription.done;
      } catch (error) {
        if (this.#stopping.signal.aborted) return;
        logger.error('a sink cannot be told of the log; it is tried again from its cursor', { sink: sink.name, error });
        await delay(timers, RETRY_MS, this.#stopping.signal).catch(() => undefined);
      }
    }
  }

  async #open(): Promise<void> {
    const { log, start, clock, lengths } = this.options;
    this.#outbox.clear();
    if (!(await this.#cursor.open())) {
      const head = start === 'now' ? await log.head() : undefined;
      await (head === undefined ? this.#cursor.beginAtTheBeginning() : this.#cursor.beginAt(head, periodsFrom(clock.now().getTime(), lengths), log));
    }
    await this.#story.load(await this.#cursor.bays(), this.#cursor.position);
  }

  async #take({ events, upTo }: EventBatch): Promise<void> {
    const pending: RecordedEvent[] = [];
    let first = this.#cursor.periods;
    for (const event of events) {
      const atMs = Date.parse(event.recordedAt);
      const periods = this.#cursor.periods ?? first;
      first = periods ?? periodsFrom(atMs, this.options.lengths);
      if (periods && nextDue(periods, this.options.lengths).endMs <= atMs) {
        // Everything before this event is out before the periods that it closes.
        if (pending.length > 0) await this.#commit(pending.at(-1)!.position, pending.splice(0), periods);
        await this.#tellPeriods(atMs);
      }
      await this.#tell(event);
      pending.push(event);
    }
    if (upTo !== this.#cursor.position) await this.#commit(upTo, pending, this.#cursor.periods ?? first);
  }

  async #commit(to: Position, events: readonly RecordedEvent[], periods: PeriodsDocument | undefined): Promise<void> {
    await this.#cursor.moveTo(to, events, periods, await this.#outbox.flush());
  }

  async #tell(event: RecordedEvent): Promise<void> {
    if (!isKnown(event)) return this.#park(event, `${event.type} version ${event.schemaVersion} is not known`);
    try {
      this.#outbox.add(notificationsOf(await this.#story.happens(event)), event.position);
    } catch (error) {
      // A log that is away is nobody's fault. Whatever else it is, the next event must not wait for this one.
      if (isDomainError(error) && error.kind === 'unavailable') throw error;
      if (!(error instanceof NothingToTell)) this.options.logger.error('an event could not be told of', { sink: this.options.sink.name, type: event.type, position: event.position, error });
      this.#park(event, error instanceof Error ? error.message : String(error));
    }
  }

  #park({ stream, revision, type, position }: RecordedEvent, problem: string): void {
    this.#outbox.park({ id: notificationId(stream, revision, type), eventType: type, position, problems: [problem] });
  }

  /** Everything that is due up to a moment, period by period. */
  async #tellPeriods(atMs: number): Promise<void> {
    const { lengths } = this.options;
    for (let periods = this.#cursor.periods; periods; periods = this.#cursor.periods) {
      const due = nextDue(periods, lengths);
      if (due.endMs > atMs) return;
      await this.#tellPeriod(due, periods);
    }
  }

  async #tellPeriod(due: Due, periods: PeriodsDocument): Promise<void> {
    const left = this.#story.records().filter(({ bay }) => periods.afterBay === null || bay.spec.bayId > periods.afterBay);
    for (let at = 0; ; at += BAYS_AT_ONCE) {
      const part = left.slice(at, at + BAYS_AT_ONCE);
      for (const record of part) this.#addPeriodic(record, due);
      const isLast = at + BAYS_AT_ONCE >= left.length;
      const forgotten = due.what === 'exists' ? part.filter(({ deletedMs }) => deletedMs !== null && deletedMs < due.endMs).map(({ bay }) => bay.spec.bayId) : [];
      const parked = await this.#outbox.flush();
      await this.#cursor.tell(isLast ? told(periods, due) : { ...periods, afterBay: part.at(-1)!.bay.spec.bayId }, forgotten, parked);
      for (const bayId of forgotten) this.#story.forget(bayId);
      if (isLast) return;
    }
  }

  #addPeriodic(record: BayRecord, due: Due): void {
    const { position } = this.#cursor;
    try {
      this.#outbox.add(periodDrafts(record, due), position);
    } catch (error) {
      const { bayId } = record.bay.spec;
      this.options.logger.error('a bay could not be told of at the end of a period', { sink: this.options.sink.name, bayId, what: due.what, error });
      this.#outbox.park({ id: notificationId(bayId, due.what, due.endMs), eventType: due.what, position, problems: [String(error)] });
    }
  }

  #tickLater(): void {
    this.#tick?.cancel();
    if (this.#stopping.signal.aborted) return;
    this.#tick = this.options.timers.after(TICK_MS, () => void this.#ticked().finally(() => this.#tickLater()));
  }

  /** Measures the lag, also while the sink is away; and tells of periods that end while nothing happens. */
  async #ticked(): Promise<void> {
    const { clock, lengths, logger, sink } = this.options;
    await this.#measureLag().catch((error: unknown) => logger.debug('lag of a sink unknown', { sink: sink.name, error }));
    const { periods } = this.#cursor;
    const overMs = clock.now().getTime() - GRACE_MS;
    if (!this.#isBusy && periods && nextDue(periods, lengths).endMs <= overMs) void this.#inTurn(() => this.#tellIfIdle(overMs)).catch((error: unknown) => this.#beginAgain(error));
  }

  async #tellIfIdle(overMs: number): Promise<void> {
    // Events on their way say by themselves which periods are over.
    if ((await this.options.log.head()) === this.#cursor.position) await this.#tellPeriods(overMs);
  }

  /** What this feed holds may be ahead of its cursor. */
  async #beginAgain(error: unknown): Promise<void> {
    if (this.#stopping.signal.aborted) return;
    this.options.logger.error('a sink could not be told of a period; it is tried again', { sink: this.options.sink.name, error });
    await this.#subscription?.stop();
  }

  async #measureLag(): Promise<void> {
    const { log, clock, metrics, sink } = this.options;
    const { events, seconds } = await lagBehind(log, this.#cursor, clock.now());
    metrics.lag(sink.name, events, seconds);
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const before = this.#turn;
    const mine = Promise.withResolvers<void>();
    this.#turn = mine.promise;
    await before;
    this.#isBusy = true;
    try {
      return await work();
    } finally {
      this.#isBusy = false;
      mine.resolve();
    }
  }
}
