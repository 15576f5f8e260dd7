import { isDomainError } from '@jeroboam/domain';
import { SYSTEM_ACTOR } from '@jeroboam/domain';
import { claimStep, heartbeat } from '@jeroboam/messaging';
import type { HeldLease, MessageClient, SendOptions, StepAssignment } from '@jeroboam/messaging';
import { delay } from '@jeroboam/platform';
import type { Clock, Logger, Timer, Timers } from '@jeroboam/platform';
import type { DriverHost } from './driver-host.service.ts';
import type { ExecutorConfig } from './executor.config.ts';
import { Hands } from './hands.ts';
import type { StepRunner } from './step-runner.service.ts';

interface Held {
  readonly lease: HeldLease;
  readonly abort: AbortController;
  /** Milliseconds since the epoch; set when the scheduler said that the work is not wanted any more. */
  revokedAtMs?: number;
  isResting: boolean;
}

/** Changes that come within so many milliseconds are told together. */
const GATHER_MS = 20;

/**
 * Competes for steps with other executors: asks for one when it has a hand free, keeps the leases of those it works on
 * alive, and stops what is not wanted any more. It remembers nothing: any of its steps can be taken over.
 */
export class Executor {
  readonly #held = new Set<Held>();
  readonly #stopping = new AbortController();
  readonly #hands: Hands;
  readonly #running = new Set<Promise<void>>();
  /** Steps that have begun to rest, or come back, since the scheduler was told last. */
  readonly #untold = new Set<Held>();
  #telling: Timer | undefined;
  #loops: Promise<unknown> = Promise.resolve();
  #unreachable = false;

  constructor(
    private readonly executorId: string,
    private readonly client: MessageClient,
    private readonly drivers: DriverHost,
    private readonly runner: StepRunner,
    private readonly config: ExecutorConfig,
    private readonly clock: Clock,
    private readonly timers: Timers,
    private readonly log: Logger,
    private readonly newId: () => string,
  ) {
    this.#hands = new Hands(config.concurrency, config.mostResting);
  }

  start(): void {
    const hands = Array.from({ length: this.config.concurrency }, () => this.#work());
    this.#loops = Promise.all([...hands, this.#keepAlive()]);
  }

  /** Tells running steps to stop and waits for them; what does not stop in time is taken over by lease. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    for (const held of this.#held) held.abort.abort(new Error('the executor is shutting down'));
    await this.#loops;
    await Promise.all(this.#running);
    this.#telling?.cancel();
  }

  async #work(): Promise<void> {
    for (;;) {
      await this.#hands.ask();
      const assignment = this.#stopping.signal.aborted ? null : await this.#claim();
      if (assignment) this.#begin(assignment);
      else this.#hands.withdraw();
      if (this.#stopping.signal.aborted) return;
    }
  }

  #begin(assignment: StepAssignment): void {
    this.#hands.begin();
    const run = this.#run(assignment).finally(() => {
      this.#hands.end();
      this.#running.delete(run);
    });
    this.#running.add(run);
  }

  async #claim(): Promise<StepAssignment | null> {
    try {
      const { claimWaitMs } = this.config;
      const asked = this.client.send(claimStep, { executorId: this.executorId, drivers: this.drivers.names(), waitMs: claimWaitMs }, this.#options(claimWaitMs + 5_000));
      const assignment = await this.#unlessStopped(asked);
      this.#reached();
      return assignment;
    } catch (error) {
      this.#missed(error);
      await delay(this.timers, this.config.retryMs, this.#stopping.signal).catch(() => undefined);
      return null;
    }
  }

  async #run(assignment: StepAssignment): Promise<void> {
    const held: Held = { lease: { bayId: assignment.bay.spec.bayId, token: assignment.lease.token }, abort: new AbortController(), isResting: false };
    this.#held.add(held);
    if (this.#stopping.signal.aborted) held.abort.abort(new Error('the executor is shutting down'));
    try {
      await this.runner.run(assignment, held.abort.signal, (wait) => this.#rest(held, wait));
    } finally {
      this.#held.delete(held);
      this.#untold.delete(held);
    }
  }

  async #rest<T>(held: Held, wait: () => Promise<T>): Promise<T | undefined> {
    try {
      return await this.#hands.rest(() => {
        this.#says(held, true);
        return wait();
      });
    } finally {
      this.#says(held, false);
    }
  }

  /** The scheduler gives out more as soon as it hears that a step rests. What it is not told in time the next heartbeat tells. */
  #says(held: Held, isResting: boolean): void {
    if (held.isResting === isResting) return;
    held.isResting = isResting;
    this.#untold.add(held);
    this.#telling ??= this.timers.after(GATHER_MS, () => {
      this.#telling = undefined;
      const told = [...this.#untold];
      this.#untold.clear();
      if (told.length > 0) void this.#beat(told);
    });
  }

  async #keepAlive(): Promise<void> {
    while (!this.#stopping.signal.aborted || this.#held.size > 0) {
      await delay(this.timers, this.config.heartbeatMs, this.#held.size > 0 ? undefined : this.#stopping.signal).catch(() => undefined);
      if (this.#held.size > 0) await this.#beat([...this.#held]);
    }
  }

  async #beat(held: readonly Held[]): Promise<void> {
    const now = this.clock.now().getTime();
    // One that does not stop although it was told to is left to its lease, so that the bay is not held up for ever.
    const kept = held.filter(({ revokedAtMs }) => revokedAtMs === undefined || now - revokedAtMs < this.config.revokedGraceMs);
    const leases = kept.map(({ lease, isResting }) => (isResting ? { ...lease, resting: true } : lease));
    try {
      const { revoked } = await this.client.send(heartbeat, { executorId: this.executorId, leases }, this.#options(this.config.heartbeatMs * 5));
      for (const { token, bayId } of revoked) this.#revoke(bayId, token, now);
    } catch (error) {
      this.#missed(error);
    }
  }

  #revoke(bayId: string, token: number, nowMs: number): void {
    for (const held of this.#held) {
      if (held.lease.bayId !== bayId || held.lease.token !== token || held.revokedAtMs !== undefined) continue;
      held.revokedAtMs = nowMs;
      held.abort.abort(new Error('the step is no longer wanted'));
    }
  }

  /** Null as soon as the executor stops. Leaves no listener behind: there is a claim every few seconds for as long as the process lives. */
  #unlessStopped<T>(asked: Promise<T>): Promise<T | null> {
    const { signal } = this.#stopping;
    return new Promise((resolve, reject) => {
      const stop = (): void => resolve(null);
      if (signal.aborted) stop();
      else signal.addEventListener('abort', stop, { once: true });
      void asked.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
    });
  }

  /** Says once that the scheduler cannot be reached, and once that it can again. */
  #missed(error: unknown): void {
    if (isDomainError(error) && error.code === 'MESSAGE_TIMEOUT') return;
    if (!this.#unreachable && !this.#stopping.signal.aborted) this.log.warn('the scheduler cannot be reached; asking again until it can', { error });
    this.#unreachable = true;
  }

  #reached(): void {
    if (this.#unreachable) this.log.info('the scheduler can be reached again');
    this.#unreachable = false;
  }

  #options(timeoutMs: number): SendOptions {
    const commandId = this.newId();
    return { timeoutMs, context: { actor: SYSTEM_ACTOR, requestId: `req-${commandId}`, commandId, correlationId: commandId, causationId: null } };
  }
}
