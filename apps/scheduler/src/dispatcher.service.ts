import { PLAN_STEP, SYSTEM_ACTOR, derivedId, machinesSince } from '@jeroboam/domain';
import type { BayView, EventContext, LiveBay, OperationsState, QueuedOperation } from '@jeroboam/domain';
import type { HeldLease, LiveLease, StepAssignment } from '@jeroboam/messaging';
import type { Clock, Logger, Timer, Timers } from '@jeroboam/platform';
import type { SchedulerConfig } from './scheduler.config.ts';
import type { OpenWork, WorkQueue } from './work-queue.ts';
import type { WriteSide } from './write-side.ts';

interface WaitingClaim {
  readonly executorId: string;
  readonly drivers: ReadonlySet<string>;
  readonly answer: (assignment: StepAssignment | null) => void;
  /** Its time is up. While a step is being leased for it, the answer waits for that. */
  isOver: boolean;
}

/**
 * Hands steps to executors that ask for them, and watches the clock: leases that nobody keeps alive, retries that are
 * due, deadlines. What it remembers is rebuilt from the log; what it decides goes through the operations' decider.
 */
export class Dispatcher {
  readonly #claims = new Set<WaitingClaim>();
  #open = false;
  #pumping = false;
  #again = false;
  #ticker: Timer | undefined;
  #stopped = false;

  constructor(
    private readonly writeSide: WriteSide,
    private readonly queue: WorkQueue,
    private readonly config: SchedulerConfig,
    private readonly clock: Clock,
    private readonly timers: Timers,
    private readonly log: Logger,
  ) {}

  /** Begins to watch the clock. */
  start(): void {
    this.#arm();
  }

  /** Begins to give out steps. */
  open(): void {
    this.#open = true;
    this.pump();
  }

  stop(): void {
    this.#stopped = true;
    this.#ticker?.cancel();
    for (const claim of this.#claims) claim.answer(null);
    this.#claims.clear();
  }

  /** Answers with a step as soon as there is one, or null after `waitMs` milliseconds. */
  claim(executorId: string, drivers: readonly string[], waitMs: number): Promise<StepAssignment | null> {
    if (this.#stopped) return Promise.resolve(null);
    return new Promise((resolve) => {
      const timer = this.timers.after(waitMs, () => {
        claim.isOver = true;
        if (this.#claims.delete(claim)) resolve(null);
      });
      const claim: WaitingClaim = {
        executorId,
        drivers: new Set(drivers),
        answer: (assignment) => {
          timer.cancel();
          resolve(assignment);
        },
        isOver: false,
      };
      this.#claims.add(claim);
      this.pump();
    });
  }

  /** Takes note that these leases are worked on; answers those that are not wanted any more. */
  async heartbeat(leases: readonly LiveLease[]): Promise<readonly HeldLease[]> {
    const wanted = await Promise.all(leases.map((lease) => this.#isWanted(lease)));
    return leases.flatMap(({ bayId, token }, index) => (wanted[index] ? [] : [{ bayId, token }]));
  }

  /** What memory does not know yet, after a start, the log does; while it is away, nobody's work is cut off. */
  async #isWanted({ bayId, token, resting = false }: LiveLease): Promise<boolean> {
    const work = this.queue.get(bayId);
    if (work?.state.running?.token === token) {
      if (this.queue.heard(work, resting, this.clock.now().getTime())) this.pump();
      return isWanted(work.state, token);
    }
    try {
      return isWanted((await this.writeSide.operations.load(bayId)).state, token);
    } catch (error) {
      this.log.warn('a lease could not be looked up; it is left alone', { bayId, error });
      return true;
    }
  }

  /** Brings waiting executors and waiting bays together; called whenever either may have come. */
  pump(): void {
    if (!this.#open || this.#stopped) return;
    if (this.#pumping) {
      this.#again = true;
      return;
    }
    this.#pumping = true;
    void this.#match().finally(() => {
      this.#pumping = false;
      if (this.#again) {
        this.#again = false;
        this.pump();
      }
    });
  }

  async #match(): Promise<void> {
    const dispatches: Promise<void>[] = [];
    const now = this.clock.now().toISOString();
    for (const claim of [...this.#claims]) {
      const work = this.queue.next(claim.drivers, now);
      if (!work) continue;
      this.#claims.delete(claim);
      dispatches.push(this.#dispatch(claim, work));
    }
    await Promise.all(dispatches);
  }

  async #dispatch(claim: WaitingClaim, work: OpenWork): Promise<void> {
    try {
      const assignment = await this.#lease(claim.executorId, work);
      if (assignment) return claim.answer(assignment);
    } catch (error) {
      this.log.warn('a step could not be dispatched; it is tried again', { bayId: work.bayId, error });
    } finally {
      this.queue.settle(work.bayId);
    }
    // Not to be had now: the executor goes on waiting while it has time, the tick looks at the bay again.
    if (claim.isOver || this.#stopped) claim.answer(null);
    else this.#claims.add(claim);
  }

  async #lease(executorId: string, work: OpenWork): Promise<StepAssignment | null> {
    const context = this.#context(work, `dispatch-${work.state.token + 1}`);
    const executed = await this.writeSide.operations.execute(work.bayId, { type: 'DispatchStep', data: { executorId } }, context);
    this.queue.update(work.bayId, executed, this.clock.now().getTime());
    const { state: { running, current }, events } = executed;
    if (events.length === 0 || !running || !current) return null;
    const bay = (await this.writeSide.bays.load(work.bayId)).state;
    if (bay.phase !== 'live') return null;
    const { operationId, step, attempt, token } = running;
    return {
      lease: { operationId, step, attempt, token }, bay: viewOf(bay), operation: current.operation, step: current.steps?.[current.next] ?? { name: PLAN_STEP },
      deadlineAt: current.deadlineAt,
    };
  }

  #arm(): void {
    if (this.#stopped) return;
    this.#ticker = this.timers.after(this.config.tickMs, () => void this.#tick().finally(() => this.#arm()));
  }

  async #tick(): Promise<void> {
    const now = this.clock.now();
    const nowText = now.toISOString();
    const due: Promise<void>[] = [];
    for (const work of this.queue.all()) if (this.#isLost(work, now) || hasLate(work.state, nowText)) due.push(this.#expire(work, now));
    await Promise.all(due);
    this.pump();
  }

  #isLost({ state: { running }, lastHeardMs }: OpenWork, now: Date): boolean {
    return running !== null && now.getTime() - lastHeardMs >= this.config.leaseTtlMs;
  }

  async #expire(work: OpenWork, now: Date): Promise<void> {
    try {
      if (this.#isLost(work, now)) await this.expireLease(work, work.state.running!.token);
      for (const { operation: { operationId } } of lateOf(work.state, now.toISOString())) {
        await this.writeSide.operations.execute(work.bayId, { type: 'ExpireDeadline', data: { operationId } }, this.#context(work, `deadline-${operationId}`));
      }
    } catch (error) {
      this.log.warn('a deadline could not be written; it is tried again', { bayId: work.bayId, error });
    }
  }

  async expireLease(work: OpenWork, token: number): Promise<void> {
    this.log.info('an executor was lost; its step is free again', { bayId: work.bayId, step: work.state.running?.step, executorId: work.state.running?.executorId });
    await this.writeSide.operations.execute(work.bayId, { type: 'ExpireLease', data: { token } }, this.#context(work, `lease-${token}`));
  }

  #context(work: OpenWork, purpose: string): EventContext {
    const open = work.state.current ?? work.state.queue[0];
    const operationId = work.state.running?.operationId ?? open?.operation.operationId ?? work.bayId;
    const driver = work.state.owner?.driver;
    return {
      actor: { ...SYSTEM_ACTOR, projectId: work.projectId },
      requestId: `req-${operationId}`,
      commandId: derivedId(work.bayId, purpose),
      correlationId: operationId,
      causationId: null,
      ...(driver ? { driver } : {}),
    };
  }
}

function isWanted({ running, current }: OperationsState, token: number): boolean {
  return running?.token === token && running.operationId === current?.operation.operationId;
}

/** Asked of every bay several times a second, so it makes nothing. */
function hasLate({ current, queue }: OperationsState, now: string): boolean {
  return (current !== null && current.deadlineAt <= now) || queue.some(({ deadlineAt }) => deadlineAt <= now);
}

function lateOf({ current, queue }: OperationsState, now: string): readonly QueuedOperation[] {
  return [...(current ? [current] : []), ...queue].filter(({ deadlineAt }) => deadlineAt <= now);
}

/** A bay as drivers see it. */
export function viewOf(bay: LiveBay): BayView {
  const { spec, nodeGroups, nodes, resources, hadResources, credentials, stackId, apiAddress } = bay;
  const groups = nodeGroups.map(({ status: _status, ...group }) => group);
  const since = machinesSince(bay);
  return {
    spec, nodeGroups: groups, nodes, resources, hadResources, ...(credentials.length > 0 && { credentials }), ...(since !== null && { machinesSince: since }), stackId, apiAddress,
  };
}
