import { SYSTEM_ACTOR, derivedId } from '@jeroboam/domain';
import type { Clock, Logger, Timer, Timers } from '@jeroboam/platform';
import type { SchedulerConfig } from './scheduler.config.ts';
import type { WriteSide } from './write-side.ts';

export interface Reservation {
  readonly projectId: string;
  readonly bayId: string;
  /** RFC 3339 UTC. */
  readonly reservedAt: string;
}

/**
 * Quota slots whose bay has not been seen. A create takes its slot first; where it died before the bay's first event,
 * the id is closed with `BayCreationAbandoned`, so that a late arrival cannot make a bay without a slot, and that event
 * gives the slot back.
 */
export class Reservations {
  readonly #open = new Map<string, Reservation>();
  #timer: Timer | undefined;
  #isOpen = false;
  #stopped = false;

  constructor(
    private readonly writeSide: WriteSide,
    private readonly config: Pick<SchedulerConfig, 'reservationTtlMs'>,
    private readonly clock: Clock,
    private readonly timers: Timers,
    private readonly log: Logger,
  ) {}

  reserved(reservation: Reservation): void {
    this.#open.set(reservation.bayId, reservation);
  }

  settled(bayId: string): void {
    this.#open.delete(bayId);
  }

  get(bayId: string): Reservation | undefined {
    return this.#open.get(bayId);
  }

  /** Everything in the log up to the start has been seen: what is open now has no bay yet. */
  open(): void {
    this.#isOpen = true;
  }

  start(): void {
    this.#timer = this.timers.after(Math.max(1, this.config.reservationTtlMs / 4), () => void this.sweep().finally(() => this.#stopped || this.start()));
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
  }

  async sweep(): Promise<void> {
    if (!this.#isOpen) return;
    const before = new Date(this.clock.now().getTime() - this.config.reservationTtlMs).toISOString();
    for (const reservation of [...this.#open.values()].filter(({ reservedAt }) => reservedAt <= before)) {
      try {
        await this.#abandon(reservation);
        this.settled(reservation.bayId);
      } catch (error) {
        this.log.warn('a quota slot could not be given back; it is tried again', { bayId: reservation.bayId, error });
      }
    }
  }

  async #abandon({ bayId, projectId }: Reservation): Promise<void> {
    const context = { actor: { ...SYSTEM_ACTOR, projectId }, requestId: `req-${bayId}`, commandId: derivedId(bayId, 'abandon'), correlationId: bayId, causationId: null };
    await this.writeSide.bays.execute(bayId, { type: 'AbandonBayCreation', data: { bayId, projectId } }, context);
  }
}
