import { bayDecider, expiringReason, isDomainError, orphanReason } from '@jeroboam/domain';
import type { BayCommand, CredentialPurpose, LiveBay } from '@jeroboam/domain';
import { notAccessible } from '@jeroboam/driver-sdk';
import type { BayDriver, BayHealth } from '@jeroboam/driver-sdk';
import { reportBayHealth } from '@jeroboam/messaging';
import type { Clock, Logger, Timers } from '@jeroboam/platform';
import type { BayMessages } from './bay-messages.ts';
import type { ClientCertificates } from './client-certificates.ts';
import { Complaints } from './complaints.ts';
import type { DriverShelf } from './driver-shelf.ts';
import type { Sight } from './pace.ts';
import type { Tally } from './tally.ts';
import type { TelemetryConfig } from './telemetry.config.ts';
import { viewOf } from './watched-bays.ts';
import type { WatchedBays } from './watched-bays.ts';

const SCHEDULER = 'scheduler';
/** Refusals of a report that mean: there is no such bay any more. */
const GONE = new Set(['BAY_NOT_FOUND']);

type Report = Extract<BayCommand, { type: 'ReportBayHealth' }>['data'];

/** Finds out whether a cloud still lets a bay's credentials in. */
export interface CredentialProbe {
  /** What it does not let in any more, as far as anybody looked lately. Never asks about the same one twice in a day. */
  orphaned(bay: Pick<LiveBay, 'spec' | 'credentials'>): Promise<readonly CredentialPurpose[]>;
}

/** The one that drivers look with. */
const ORPHAN: BayHealth = { status: 'UNHEALTHY', reason: orphanReason('control') };

function isOrphan({ credentials }: LiveBay, error: unknown): boolean {
  return isDomainError(error) && error.code === 'CLOUD_CREDENTIALS_REFUSED' && credentials.some(({ purpose }) => purpose === 'control');
}

/** One look at one bay: asks its driver and tells the scheduler what has changed. */
export class BayLook {
  /** Bays whose driver was given up on and has not answered yet: one call at a time, also to the deaf. */
  readonly #unanswered = new Set<string>();
  readonly #complaints: Complaints;

  constructor(
    private readonly bays: WatchedBays,
    private readonly drivers: DriverShelf,
    private readonly certificates: ClientCertificates,
    private readonly messages: BayMessages,
    private readonly tally: Tally,
    private readonly config: Pick<TelemetryConfig, 'callTimeoutMs'>,
    private readonly clock: Clock,
    private readonly timers: Timers,
    log: Logger,
    private readonly credentials: CredentialProbe | null = null,
  ) {
    this.#complaints = new Complaints(log);
  }

  /** Never rejects: what goes wrong here leaves the bay's health as it was, and is said once. */
  async look(bayId: string, signal: AbortSignal): Promise<Sight> {
    try {
      const bay = await this.bays.find(bayId);
      if (!bay) return 'unwatched';
      const sight = await this.#lookAt(bay, signal);
      this.#complaints.settled(bayId, 'telemetry can look at a bay again', { bayId });
      return sight;
    } catch (error) {
      if (!signal.aborted) this.#complaints.complain(bayId, 'telemetry cannot look at a bay; its health stays as it was', { bayId, error });
      return 'unseen';
    }
  }

  forget(bayId: string): void {
    this.certificates.forget(bayId);
    this.tally.forget(bayId);
    this.#complaints.forget(bayId);
  }

  async #lookAt(bay: LiveBay, signal: AbortSignal): Promise<Sight> {
    const { bayId } = bay.spec;
    if (this.#unanswered.has(bayId)) return 'unseen';
    const health = await this.#ask(bay, signal).then((found) => found && this.#withCredentials(bay, found)).catch((error: unknown) => {
      if (isOrphan(bay, error)) return ORPHAN;
      if (!signal.aborted) this.tally.seen(bay, null);
      throw error;
    });
    if (!health) return 'unwatched';
    signal.throwIfAborted();
    this.tally.seen(bay, health);
    return this.#tell(bay, health);
  }

  /** Says which will let nobody in soon, and of those that no look at the bay uses which do so no more. */
  async #withCredentials(bay: LiveBay, health: BayHealth): Promise<BayHealth> {
    // Keystone may be away: that says nothing about the bay.
    const orphans = (await this.credentials?.orphaned(bay).catch(() => [])) ?? [];
    const expiring = bay.credentials.filter((credential) => credential.expiring).map(({ purpose }) => purpose);
    const reason = Object.assign({ ...health.reason }, ...expiring.map(expiringReason), ...orphans.map(orphanReason)) as BayHealth['reason'];
    return { ...health, reason, ...(orphans.length > 0 && { status: 'UNHEALTHY' }) };
  }

  /** @returns null where the driver has no way to look. @throws what the driver throws. */
  async #ask(bay: LiveBay, signal: AbortSignal): Promise<BayHealth | null> {
    const { name, driver: { name: driverName } } = bay.spec;
    const driver = this.drivers.of(bay.spec.driver);
    if (!driver) return null;
    const startedMs = this.clock.now().getTime();
    let outcome: 'answered' | 'failed' | 'timeout' = 'failed';
    try {
      const health = await this.#withinTime(bay, driver, signal);
      outcome = health ? 'answered' : 'timeout';
      return health ?? notAccessible(name);
    } finally {
      this.tally.called(driverName, outcome, (this.clock.now().getTime() - startedMs) / 1_000);
    }
  }

  /** Null when the time is up; rejects when the bay is not watched any more, whether or not the driver listens. */
  #withinTime(bay: LiveBay, driver: BayDriver, signal: AbortSignal): Promise<BayHealth | null> {
    const { bayId } = bay.spec;
    const enough = new AbortController();
    return new Promise((resolve, reject) => {
      const timer = this.timers.after(this.config.callTimeoutMs, () => {
        resolve(null);
        enough.abort(new Error(`no answer within ${this.config.callTimeoutMs} ms`));
      });
      const stop = (): void => {
        reject(signal.reason as Error);
        enough.abort(signal.reason);
      };
      signal.addEventListener('abort', stop, { once: true });
      if (signal.aborted) stop();
      this.#unanswered.add(bayId);
      // In a function of its own, so that a driver that throws at once is as one that rejects.
      const asked = (async () => driver.health(viewOf(bay), { certificates: this.certificates.of(bay.spec), signal: enough.signal }))();
      void asked.then(resolve, reject).finally(() => {
        this.#unanswered.delete(bayId);
        timer.cancel();
        signal.removeEventListener('abort', stop);
      });
    });
  }

  /** Says nothing where the scheduler would record nothing: the bay's own rule decides, here as there. */
  async #tell(bay: LiveBay, { status, reason, observedNodes }: BayHealth): Promise<Sight> {
    const data: Report = { status, reason, source: 'telemetry', ...(observedNodes ? { observedNodes } : {}) };
    const metadata = { now: this.clock.now().toISOString() };
    const news = bayDecider.decide({ type: 'ReportBayHealth', data, metadata }, bay);
    if (news.length > 0) {
      const isThere = await this.#report(bay, data);
      if (!isThere) return 'unwatched';
    }
    // A text that changes with its users' work is told, and no reason to look more often.
    if (bay.health?.status !== status || news.some(({ type }) => type === 'NodeGroupObserved')) return 'changed';
    return status === 'HEALTHY' ? 'well' : 'unwell';
  }

  /** @returns false where there is no such bay any more. */
  async #report({ spec }: LiveBay, data: Report): Promise<boolean> {
    try {
      await this.messages.send(reportBayHealth, spec, { bayId: spec.bayId, ...data });
      this.tally.reported(spec.driver.name);
      this.#complaints.settled(SCHEDULER, 'the scheduler can be told of health again', {});
      return true;
    } catch (error) {
      if (isDomainError(error) && GONE.has(error.code)) return false;
      if (!isDomainError(error) || error.kind !== 'unavailable') throw error;
      this.#complaints.complain(SCHEDULER, 'the scheduler cannot be told of health; what is not told is told with the next look', { error });
      return true;
    }
  }
}
