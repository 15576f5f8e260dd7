import { randomUUID } from 'node:crypto';
import { SYSTEM_ACTOR, deprecatedUseDecider } from '@jeroboam/domain';
import type { DeprecatedUse, Position } from '@jeroboam/domain';
import { Aggregates } from '@jeroboam/event-log';
import type { EventLog } from '@jeroboam/event-log';
import { newRequestId } from '@jeroboam/platform';
import type { Clock, Logger, Timer, Timers } from '@jeroboam/platform';

/** How long a use may be known to this process alone. */
export const FLUSH_INTERVAL_MS = 60_000;
/** Whoever looks has them written down at once, but not more often than this. */
const LOOK_INTERVAL_MS = 1_000;
/** Different uses kept at a time; more of them are written down before the interval is over. */
export const MAX_USES = 1_000;
/** Written batches whose outcome is not known; the oldest goes when the log is away for that long. */
const MAX_UNWRITTEN = 10;

interface Batch {
  readonly commandId: string;
  readonly day: string;
  readonly uses: readonly DeprecatedUse[];
}

export interface DeprecatedUsesOptions {
  readonly log: EventLog;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: Logger;
}

/**
 * Counts who uses what is deprecated. Counting is adding one in memory; once a minute what was counted becomes one
 * event, so the log does not grow with requests. A process that is killed loses a minute of counts and no more.
 */
export class DeprecatedUses {
  readonly #aggregates;
  #counted = new Map<string, { readonly day: string; use: DeprecatedUse }>();
  #unwritten: Batch[] = [];
  #timer: Timer | undefined;
  #writing: Promise<Position | null> = Promise.resolve(null);
  #lookedAtMs = -Infinity;

  constructor(private readonly options: DeprecatedUsesOptions) {
    const { log, clock } = options;
    this.#aggregates = new Aggregates({ log, decider: deprecatedUseDecider, category: 'deprecation', now: () => clock.now() });
  }

  count(feature: string, projectId: string, client: string): void {
    const day = this.options.clock.now().toISOString().slice(0, 10);
    const key = JSON.stringify([day, feature, projectId, client]);
    const before = this.#counted.get(key);
    if (before) {
      before.use = { ...before.use, count: before.use.count + 1 };
      return;
    }
    this.#counted.set(key, { day, use: { feature, projectId, client, count: 1 } });
    if (this.#counted.size >= MAX_USES) void this.flush();
    else this.#timer ??= this.options.timers.after(FLUSH_INTERVAL_MS, () => void this.flush());
  }

  /** Writes down what was counted, for somebody who is about to look. @returns what must be readable then; null: nothing new. */
  async look(): Promise<Position | null> {
    const nowMs = this.options.clock.now().getTime();
    if (nowMs - this.#lookedAtMs < LOOK_INTERVAL_MS) return null;
    this.#lookedAtMs = nowMs;
    return this.flush();
  }

  /** Writes down what was counted. What cannot be written now is tried again the next time. */
  flush(): Promise<Position | null> {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#takeUp();
    this.#writing = this.#writing.then(() => this.#writeAll());
    return this.#writing;
  }

  #takeUp(): void {
    const byDay = Map.groupBy(this.#counted.values(), ({ day }) => day);
    this.#counted = new Map();
    for (const [day, counted] of byDay) this.#unwritten.push({ commandId: randomUUID(), day, uses: counted.map(({ use }) => use) });
    const lost = this.#unwritten.splice(0, Math.max(0, this.#unwritten.length - MAX_UNWRITTEN));
    if (lost.length > 0) this.options.logger.warn('counts of deprecated use are lost: the log takes none', { batches: lost.length });
  }

  async #writeAll(): Promise<Position | null> {
    let reached: Position | null = null;
    for (const batch of [...this.#unwritten]) {
      try {
        reached = await this.#write(batch);
      } catch (error) {
        this.options.logger.warn('counts of deprecated use cannot be written now', { error });
        this.#timer ??= this.options.timers.after(FLUSH_INTERVAL_MS, () => void this.flush());
        return reached;
      }
      this.#unwritten = this.#unwritten.filter((each) => each !== batch);
    }
    return reached;
  }

  /** The id of the batch makes a second try write what the first may have written already. */
  async #write({ commandId, day, uses }: Batch): Promise<Position | null> {
    const context = { actor: SYSTEM_ACTOR, requestId: newRequestId(), commandId, correlationId: commandId, causationId: null };
    return (await this.#aggregates.execute(day, { type: 'CountDeprecatedUse', data: { day, uses } }, context)).position;
  }

  /** Writes down what is left, once no more requests come. */
  async close(): Promise<void> {
    await this.flush();
    this.#timer?.cancel();
    this.#timer = undefined;
  }
}
