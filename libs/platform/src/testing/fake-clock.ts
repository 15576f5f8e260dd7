import type { Clock } from '../time/clock.ts';
import type { Timer, Timers } from '../time/timers.ts';

interface Pending extends Timer {
  readonly dueMs: number;
  readonly callback: () => void;
}

/**
 * Clock and timers that only move when told to. Starts at a fixed moment, so that expected values can be written down.
 */
export class FakeClock implements Clock, Timers {
  private nowMs: number;
  private readonly waiting = new Set<Pending>();

  /** @param start the first moment, RFC 3339. @default 2026-01-31T12:00:00.000Z */
  constructor(start = '2026-01-31T12:00:00.000Z') {
    this.nowMs = Date.parse(start);
    if (Number.isNaN(this.nowMs)) throw new Error(`not a moment: ${start}`);
  }

  now(): Date {
    return new Date(this.nowMs);
  }

  after(delayMs: number, callback: () => void): Timer {
    const pending: Pending = { dueMs: this.nowMs + Math.max(0, delayMs), callback, cancel: () => void this.waiting.delete(pending) };
    this.waiting.add(pending);
    return pending;
  }

  /** How many callbacks are still to come. */
  get pendingTimers(): number {
    return this.waiting.size;
  }

  /**
   * Moves the time forward by `ms` milliseconds. Callbacks that fall due run in order, each at its own moment; after
   * each one, promises get a turn, so that timers set by what it woke up are seen too.
   */
  async advance(ms: number): Promise<void> {
    const targetMs = this.nowMs + ms;
    for (let next = this.nextDue(targetMs); next; next = this.nextDue(targetMs)) {
      this.nowMs = Math.max(this.nowMs, next.dueMs);
      this.waiting.delete(next);
      next.callback();
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
    this.nowMs = targetMs;
  }

  private nextDue(targetMs: number): Pending | undefined {
    let next: Pending | undefined;
    for (const pending of this.waiting) {
      // Strictly earlier: of two timers due at once the one set first runs first.
      if (pending.dueMs <= targetMs && (!next || pending.dueMs < next.dueMs)) next = pending;
    }
    return next;
  }
}
