import { isDomainError } from '@jeroboam/domain';
import type { BayEvent, RecordedEvent } from '@jeroboam/domain';
import type { EventBatch, EventLog, Subscription } from '@jeroboam/event-log';
import { delay } from '@jeroboam/platform';
import type { Logger, Timers } from '@jeroboam/platform';
import { BAYS, PROJECTIONS } from '@jeroboam/read-model';
import type { BayDocument, ReadModel } from '@jeroboam/read-model';
import { WATCHED_STATUSES } from './watched-bays.ts';
import type { WatchedBays } from './watched-bays.ts';

const PAGE = 1_000;

/** Who is told of bays that come, change and go. */
export interface RosterListener {
  /** Bays that were there when telemetry began. */
  resume(bayIds: readonly string[]): void;
  /** New to be watched, or its status is another than it was. */
  hurry(bayId: string): void;
  forget(bayId: string): void;
  /** Its authorities are others than they were. */
  distrust(bayId: string): void;
}

type Event = BayEvent & RecordedEvent;

/** Knows which bays are there to be watched: those of the read model at the start, then what the log says. */
export class BayRoster {
  readonly #statuses = new Map<string, string>();
  readonly #stopping = new AbortController();
  #subscription: Subscription | undefined;
  #done: Promise<void> = Promise.resolve();
  #after: string | undefined;
  #isFollowing = false;

  constructor(
    private readonly log: EventLog,
    private readonly readModel: ReadModel,
    private readonly bays: WatchedBays,
    private readonly listener: RosterListener,
    private readonly retryMs: number,
    private readonly timers: Timers,
    private readonly logger: Logger,
  ) {}

  start(): void {
    this.#done = this.#follow();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#subscription?.stop();
    await this.#done;
  }

  /** For readiness. @throws while it is not known which bays there are. */
  check(): void {
    if (!this.#isFollowing) throw new Error('the log is not followed');
  }

  /** Follows the log for as long as the service lives; what goes wrong is said and tried again from there. */
  async #follow(): Promise<void> {
    let isResumed = false;
    while (!this.#stopping.signal.aborted) {
      try {
        if (!isResumed) await this.#resume();
        isResumed = true;
        // Stopped meanwhile: nobody would end a subscription made now.
        if (this.#stopping.signal.aborted) return;
        const options = { categories: ['bay'], ...(this.#after === undefined ? {} : { after: this.#after }) };
        this.#subscription = this.log.subscribe(options, (batch) => this.#take(batch));
        this.#isFollowing = true;
        await this.#subscription.done;
      } catch (error) {
        this.#isFollowing = false;
        this.logger.error('telemetry cannot learn which bays there are; it tries again', { error });
        await delay(this.timers, this.retryMs, this.#stopping.signal).catch(() => undefined);
      }
    }
  }

  /** What the read model shows is at least as new as its checkpoint, and seeing an event again is harmless. */
  async #resume(): Promise<void> {
    await this.readModel.ensure([BAYS]);
    this.#after = await this.readModel.checkpoint(PROJECTIONS.bays);
    for (let page: readonly BayDocument[] = [], last = -1; last !== 0; last = page.length) {
      const afterId = page.at(-1)?.id;
      const where = { status: [...WATCHED_STATUSES] };
      page = await this.readModel.find<BayDocument>(BAYS.name, { where, limit: PAGE, ...(afterId === undefined ? {} : { afterId }) });
      for (const { id, status } of page) this.#statuses.set(id, status);
    }
    this.listener.resume([...this.#statuses.keys()]);
  }

  async #take({ events, upTo }: EventBatch): Promise<void> {
    const byBay = Map.groupBy(events as readonly Event[], (event) => event.data.bayId);
    for (const [bayId, story] of byBay) await this.#survive(bayId, story);
    this.#after = upTo;
  }

  /** One bay's trouble is not another's: only a log that is away stops the line. */
  async #survive(bayId: string, story: readonly Event[]): Promise<void> {
    try {
      await this.#consider(bayId, story);
    } catch (error) {
      if (isDomainError(error) && error.kind === 'unavailable') throw error;
      this.logger.error('a bay cannot be read from the log and is not watched', { bayId, error });
      this.#forget(bayId);
    }
  }

  async #consider(bayId: string, story: readonly Event[]): Promise<void> {
    const bay = await this.bays.find(bayId);
    if (!bay) return this.#forget(bayId);
    if (story.some(({ type }) => type === 'CaRotationCompleted')) this.listener.distrust(bayId);
    if (this.#statuses.get(bayId) === bay.status) return;
    this.#statuses.set(bayId, bay.status);
    this.listener.hurry(bayId);
  }

  #forget(bayId: string): void {
    if (this.#statuses.delete(bayId)) this.listener.forget(bayId);
  }
}
