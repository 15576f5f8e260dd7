import type { SchedulerStatus } from '@jeroboam/messaging';
import type { Clock } from '@jeroboam/platform';

const MINUTE_MS = 60_000;

/** How this scheduler is: that it answers is the news. Nothing of it is kept, so that heartbeats fill no log. */
export class Status {
  readonly #startedAt: Date;

  constructor(
    private readonly host: string,
    private readonly clock: Clock,
  ) {
    this.#startedAt = clock.now();
  }

  now(): SchedulerStatus {
    const started = this.#startedAt.getTime();
    // A clock that was set back must not make the count fall below the first.
    const minutes = Math.max(0, Math.floor((this.clock.now().getTime() - started) / MINUTE_MS));
    return {
      host: this.host, startedAt: this.#startedAt.toISOString(), reportCount: minutes + 1,
      reportedAt: new Date(started + minutes * MINUTE_MS).toISOString(),
    };
  }
}
