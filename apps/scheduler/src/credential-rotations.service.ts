import { SYSTEM_ACTOR, derivedId, isDomainError, operationIdOf } from '@jeroboam/domain';
import type { BayEvent, EventContext, RecordedEvent } from '@jeroboam/domain';
import type { Clock, Logger, Timer, Timers } from '@jeroboam/platform';
import type { SchedulerConfig } from './scheduler.config.ts';
import type { WriteSide } from './write-side.ts';

/** When which credential of a bay is to be replaced: RFC 3339 UTC by name. */
export type RotationTimes = Readonly<Record<string, string>>;

/** Share of a credential's life after which it is replaced: the rest is for whatever stands in the way. */
const REPLACED_AFTER = 2 / 3;
const DAY_LENGTH = '2026-01-31'.length;

/**
 * Has credentials replaced long before they expire. Only those of a bay's own user: what is of its requester only a
 * requester can make anew. A bay that is busy is asked again; one whose rotation failed, once a day.
 */
export class CredentialRotations {
  readonly #bays = new Map<string, Map<string, string>>();
  #timer: Timer | undefined;
  #stopped = false;

  constructor(
    private readonly writeSide: Pick<WriteSide, 'bays'>,
    private readonly config: Pick<SchedulerConfig, 'rotationTickMs'>,
    private readonly clock: Clock,
    private readonly timers: Timers,
    private readonly log: Logger,
  ) {}

  /** Takes up what was known before a restart. */
  resume(bayId: string, times: RotationTimes): void {
    this.#bays.set(bayId, new Map(Object.entries(times)));
  }

  /** @returns whether the event may have changed something. */
  heard(event: BayEvent & Pick<RecordedEvent, 'occurredAt'>): boolean {
    switch (event.type) {
      case 'CredentialMinted': {
        const { bayId, name, mode, expiresAt } = event.data;
        if (mode !== 'service_user' || expiresAt === null) return false;
        const from = Date.parse(event.occurredAt);
        const at = new Date(from + (Date.parse(expiresAt) - from) * REPLACED_AFTER).toISOString();
        this.#bays.set(bayId, (this.#bays.get(bayId) ?? new Map<string, string>()).set(name, at));
        return true;
      }
      case 'CredentialRevoked':
      case 'CredentialGone': {
        const times = this.#bays.get(event.data.bayId);
        times?.delete(event.data.name);
        if (times?.size === 0) this.#bays.delete(event.data.bayId);
        return true;
      }
      default: return false;
    }
  }

  get(bayId: string): RotationTimes | undefined {
    const times = this.#bays.get(bayId);
    return times && Object.fromEntries(times);
  }

  start(): void {
    this.#timer = this.timers.after(this.config.rotationTickMs, () => void this.sweep().finally(() => this.#stopped || this.start()));
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
  }

  async sweep(): Promise<void> {
    const now = this.clock.now().toISOString();
    for (const [bayId, times] of this.#bays) {
      const due = [...times.values()].some((at) => at <= now);
      if (due) await this.#rotate(bayId, now.slice(0, DAY_LENGTH));
    }
  }

  async #rotate(bayId: string, day: string): Promise<void> {
    const commandId = derivedId(bayId, 'rotate-credential', day);
    const operationId = operationIdOf(commandId);
    try {
      const { state } = await this.writeSide.bays.load(bayId);
      if (state.phase !== 'live') return;
      const { spec: { projectId, driver: { name, version, templateVersion } } } = state;
      const context: EventContext = {
        actor: { ...SYSTEM_ACTOR, projectId }, requestId: `req-${commandId}`, commandId, correlationId: operationId, causationId: null, driver: { name, version }, templateVersion,
      };
      await this.writeSide.bays.execute(bayId, { type: 'RotateCredential', data: { operationId } }, context);
    } catch (error) {
      // It is busy: the next round asks again.
      if (isDomainError(error) && error.code === 'STATUS_FORBIDS') return;
      this.log.warn('a bay’s credentials could not be asked to be rotated; it is tried again', { bayId, error });
    }
  }
}
