import { SYSTEM_ACTOR, derivedId, isDomainError, operationIdOf } from '@jeroboam/domain';
import type { BayCommand, BayEvent, EventContext, LiveBay, RecordedEvent } from '@jeroboam/domain';
import type { Clock, Logger, Timer, Timers } from '@jeroboam/platform';
import type { SchedulerConfig } from './scheduler.config.ts';
import type { WriteSide } from './write-side.ts';

/** When which credential of a bay is due: RFC 3339 UTC by name. */
export type RotationTimes = Readonly<Record<string, string>>;

/** Share of a credential's life after which it is replaced: the rest is for whatever stands in the way. */
const REPLACED_AFTER = 2 / 3;
const DAY_LENGTH = '2026-01-31'.length;

type AskedOf<C extends BayCommand> = C extends BayCommand ? Omit<C, 'metadata'> : never;
type Asked = AskedOf<Extract<BayCommand, { type: 'RotateCredential' | 'NoteExpiringCredential' }>>;

/**
 * Has credentials replaced long before they expire, and tells once of those that only a user can make anew, which are the
 * requester's. A bay that is busy is asked again; one whose rotation failed, once a day.
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
        const { bayId, name, expiresAt } = event.data;
        if (expiresAt === null) return false;
        const from = Date.parse(event.occurredAt);
        const at = new Date(from + (Date.parse(expiresAt) - from) * REPLACED_AFTER).toISOString();
        this.#bays.set(bayId, (this.#bays.get(bayId) ?? new Map<string, string>()).set(name, at));
        return true;
      }
      // Its credentials may never have been closed one by one.
      case 'BayDeleted': return this.#bays.delete(event.data.bayId);
      case 'CredentialExpiring':
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
      const due = [...times].filter(([, at]) => at <= now).map(([name]) => name);
      if (due.length > 0) await this.#attend(bayId, due, now.slice(0, DAY_LENGTH));
    }
  }

  async #attend(bayId: string, due: readonly string[], day: string): Promise<void> {
    try {
      const { state } = await this.writeSide.bays.load(bayId);
      if (state.phase !== 'live') return;
      const credentials = state.credentials.filter(({ name }) => due.includes(name));
      for (const { name, expiresAt } of credentials.filter(({ mode }) => mode !== 'service_user')) {
        await this.#ask(state, derivedId(bayId, 'credential-expiring', name, expiresAt ?? ''), { type: 'NoteExpiringCredential', data: { name } });
      }
      if (credentials.every(({ mode }) => mode !== 'service_user')) return;
      const commandId = derivedId(bayId, 'rotate-credential', day);
      await this.#ask(state, commandId, { type: 'RotateCredential', data: { operationId: operationIdOf(commandId) } });
    } catch (error) {
      // It is busy: the next round asks again.
      if (isDomainError(error) && error.code === 'STATUS_FORBIDS') return;
      this.log.warn('a bay’s credentials could not be asked to be rotated; it is tried again', { bayId, error });
    }
  }

  async #ask({ spec }: LiveBay, commandId: string, command: Asked): Promise<void> {
    const { bayId, projectId, driver: { name, version, templateVersion } } = spec;
    const correlationId = command.type === 'RotateCredential' ? command.data.operationId : commandId;
    const context: EventContext = {
      actor: { ...SYSTEM_ACTOR, projectId }, requestId: `req-${commandId}`, commandId, correlationId, causationId: null, driver: { name, version }, templateVersion,
    };
    await this.writeSide.bays.execute(bayId, command, context);
  }
}
