import type { Clock, Timer, Timers } from '@jeroboam/platform';
import { DueQueue } from './due-queue.ts';
import { intervalAfter, jittered, shortestRoundMs, stableIntervalMs } from './pace.ts';
import type { Sight } from './pace.ts';
import type { TelemetryConfig } from './telemetry.config.ts';

/** Looks at one bay; never rejects. Aborted when the bay is not to be watched any more. */
export type Look = (bayId: string, signal: AbortSignal) => Promise<Sight>;

interface Bay {
  readonly bayId: string;
  readonly abort: AbortController;
  intervalMs: number;
  /** Counts up whenever a new due time makes the one in the queue void. */
  turn: number;
  isLookedAt: boolean;
  /** Something happened while it was looked at: what was seen may be old. */
  isHurried: boolean;
}

/**
 * When which bay is looked at: never two looks at one bay at once, never more than so many calls in any second, and of
 * those due the one that has waited longest.
 */
export class Rounds {
  readonly #bays = new Map<string, Bay>();
  readonly #queue = new DueQueue<{ readonly bay: Bay; readonly turn: number }>();
  readonly #looks = new Set<Promise<void>>();
  #nextCallMs = 0;
  #timer: Timer | undefined;
  #isStopped = true;

  constructor(
    private readonly look: Look,
    private readonly config: TelemetryConfig,
    private readonly clock: Clock,
    private readonly timers: Timers,
    private readonly random: () => number,
  ) {}

  /** How many bays are watched. */
  get size(): number {
    return this.#bays.size;
  }

  /** By how much the bay that is due longest is late, in milliseconds. */
  get latenessMs(): number {
    return Math.max(0, this.#nowMs - (this.#queue.firstDueMs ?? this.#nowMs));
  }

  start(): void {
    this.#isStopped = false;
    this.#pump();
  }

  /** Ends looks under way and waits for them. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#timer?.cancel();
    for (const { abort } of this.#bays.values()) abort.abort(new Error('telemetry is shutting down'));
    await Promise.all(this.#looks);
  }

  /** Bays that were there before this process was: looked at once, in no time for a few, spread out for many. */
  resume(bayIds: readonly string[]): void {
    const bays = bayIds.filter((bayId) => !this.#bays.has(bayId)).map((bayId) => this.#add(bayId));
    const spreadMs = shortestRoundMs(bays.length, this.config);
    for (const bay of bays) {
      bay.intervalMs = stableIntervalMs(bays.length, this.config);
      this.#schedule(bay, spreadMs * this.random());
    }
    this.#pump();
  }

  /** Something happened in this bay: it is looked at as soon as there is a call to spare, and then closely. */
  hurry(bayId: string): void {
    const bay = this.#bays.get(bayId) ?? this.#add(bayId);
    bay.intervalMs = 0;
    bay.isHurried = bay.isLookedAt;
    if (!bay.isLookedAt) this.#schedule(bay, 0);
    this.#pump();
  }

  /** Forgets the bay at once; a look under way is cut short and comes to nothing. */
  forget(bayId: string): void {
    this.#bays.get(bayId)?.abort.abort(new Error('the bay is not watched any more'));
    this.#bays.delete(bayId);
  }

  #add(bayId: string): Bay {
    const bay: Bay = { bayId, abort: new AbortController(), intervalMs: 0, turn: 0, isLookedAt: false, isHurried: false };
    this.#bays.set(bayId, bay);
    return bay;
  }

  #schedule(bay: Bay, delayMs: number): void {
    bay.turn += 1;
    this.#queue.add(this.#nowMs + delayMs, { bay, turn: bay.turn });
  }

  /** Begins what may begin now and comes back when more may. */
  #pump(): void {
    this.#timer?.cancel();
    if (this.#isStopped) return;
    for (let waitMs = this.#waitMs(); waitMs !== undefined; waitMs = this.#waitMs()) {
      if (waitMs > 0) {
        this.#timer = this.timers.after(waitMs, () => this.#pump());
        return;
      }
      const { bay, turn } = this.#queue.take()!;
      if (this.#isWatched(bay) && bay.turn === turn) this.#begin(bay);
    }
  }

  /** Until the next look may begin; undefined where something else has to happen first. */
  #waitMs(): number | undefined {
    const { firstDueMs } = this.#queue;
    if (firstDueMs === undefined || this.#looks.size >= this.config.concurrency) return undefined;
    return Math.max(firstDueMs, this.#nextCallMs) - this.#nowMs;
  }

  #begin(bay: Bay): void {
    this.#nextCallMs = this.#nowMs + 1_000 / this.config.callsPerSecond;
    bay.isLookedAt = true;
    const look = this.look(bay.bayId, bay.abort.signal).then((sight) => {
      this.#looks.delete(look);
      this.#seen(bay, sight);
      this.#pump();
    });
    this.#looks.add(look);
  }

  #seen(bay: Bay, sight: Sight): void {
    bay.isLookedAt = false;
    if (!this.#isWatched(bay)) return;
    if (bay.isHurried) {
      bay.isHurried = false;
      this.#schedule(bay, 0);
    } else if (sight === 'unwatched') {
      this.#bays.delete(bay.bayId);
    } else {
      bay.intervalMs = intervalAfter(sight, bay.intervalMs, this.#bays.size, this.config);
      this.#schedule(bay, jittered(bay.intervalMs, this.random()));
    }
  }

  /** A bay that was forgotten and came back under the same id is another one here. */
  #isWatched(bay: Bay): boolean {
    return this.#bays.get(bay.bayId) === bay;
  }

  get #nowMs(): number {
    return this.clock.now().getTime();
  }
}
