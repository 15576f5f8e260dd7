import type { OperationsState } from '@jeroboam/domain';
import { ProjectTurns } from './project-turns.ts';
import type { Waiting } from './project-turns.ts';
import { RetryTimes } from './retry-times.ts';

/** What is known of one bay with an operation that has not ended. */
export interface OpenWork extends Waiting {
  readonly state: OperationsState;
  /** Of the bay's stream of operations, as far as `state` goes. */
  readonly revision: number;
  /** Milliseconds since the epoch at which the holder of the present lease was last heard of. */
  lastHeardMs: number;
  /** The step that is out waits for something outside: it takes no place of its driver meanwhile. */
  isResting: boolean;
}

export interface WorkQueueOptions {
  /** Steps of one driver (name and version) that may be at work at once. */
  readonly stepsPerDriver: number;
  /** How many turns a project has in each round. @default 1 for each */
  readonly projectWeights?: Readonly<Record<string, number>>;
}

/**
 * Bays with open operations, and whose turn it is: projects take turns, so a busy one never starves another; each driver has
 * a bound of steps at work at once; and a bay that waits for its next try stands in nobody's way. Memory only: all of it is
 * rebuilt from the log.
 */
export class WorkQueue {
  readonly #stepsPerDriver: number;
  readonly #work = new Map<string, OpenWork>();
  /** Bays whose step can be done now. */
  readonly #turns: ProjectTurns;
  /** Bays whose next try is to come. */
  readonly #retries = new RetryTimes();
  /** Bays with a step at work or on its way out, by driver. */
  readonly #out = new Map<string, Set<string>>();
  /** Bays that `next` gave out and `settle` has not seen: nobody else gets them meanwhile. */
  readonly #taken = new Map<string, OpenWork>();

  constructor({ stepsPerDriver, projectWeights = {} }: WorkQueueOptions) {
    this.#stepsPerDriver = stepsPerDriver;
    this.#turns = new ProjectTurns(projectWeights);
  }

  get size(): number {
    return this.#work.size;
  }

  all(): Iterable<OpenWork> {
    return this.#work.values();
  }

  get(bayId: string): OpenWork | undefined {
    return this.#work.get(bayId);
  }

  /** Takes up what the operations of `bayId` look like now; what is older than what is known already changes nothing. */
  update(bayId: string, { state, revision }: { readonly state: OperationsState; readonly revision: number }, nowMs: number): void {
    const before = this.#work.get(bayId);
    if (before && revision < before.revision) return;
    const { owner } = state;
    if (!owner || (!state.current && !state.running && state.queue.length === 0)) this.#work.delete(bayId);
    else {
      const driver = `${owner.driver.name}@${owner.driver.version}`;
      const sameLease = before !== undefined && before.state.running?.token === state.running?.token;
      const { lastHeardMs, isResting } = sameLease ? before : { lastHeardMs: nowMs, isResting: false };
      this.#work.set(bayId, { bayId, driver, projectId: owner.projectId, state, revision, lastHeardMs, isResting });
    }
    this.#place(bayId, before);
  }

  /** What the holder of the present lease says of it. @returns whether a place of its driver has become free. */
  heard(work: OpenWork, isResting: boolean, nowMs: number): boolean {
    work.lastHeardMs = nowMs;
    if (work.isResting === isResting) return false;
    work.isResting = isResting;
    this.#place(work.bayId, work);
    return isResting;
  }

  /**
   * The next bay whose step `drivers` can do at `now`; the project it belongs to goes to the back of the line. The bay
   * is out of the queue and counts against its driver until `settle` says what became of it.
   */
  next(drivers: ReadonlySet<string>, now: string): OpenWork | undefined {
    for (const bayId of this.#retries.due(now)) this.#place(bayId, this.#work.get(bayId));
    const bayId = this.#turns.next((driver) => drivers.has(driver) && !this.#isFull(driver), (candidate) => this.#isInTime(candidate, now));
    if (bayId === undefined) return undefined;
    const work = this.#work.get(bayId)!;
    this.#taken.set(bayId, work);
    this.#place(bayId, work);
    return work;
  }

  /** The end of what `next` began: the bay is where its state puts it again, out or waiting. */
  settle(bayId: string): void {
    const taken = this.#taken.get(bayId);
    this.#taken.delete(bayId);
    this.#place(bayId, this.#work.get(bayId) ?? taken);
  }

  #isFull(driver: string): boolean {
    return (this.#out.get(driver)?.size ?? 0) >= this.#stepsPerDriver;
  }

  #isInTime(bayId: string, now: string): boolean {
    return this.#work.get(bayId)!.state.current!.deadlineAt > now;
  }

  /** A bay that waits before and after keeps its place in the line. */
  #place(bayId: string, before: OpenWork | undefined): void {
    const work = this.#work.get(bayId);
    const taken = this.#taken.get(bayId);
    const isOut = taken !== undefined || (work?.state.running ?? null) !== null;
    this.#count(bayId, before?.driver, isOut && !(work?.isResting && !taken) ? (work ?? taken)?.driver : undefined);
    const waiting = work?.state.current && !isOut ? work : undefined;
    const retryAt = waiting?.state.current?.retryAt ?? null;
    const isLater = retryAt !== null && !this.#retries.isPast(retryAt);
    if (isLater) this.#retries.set(bayId, retryAt);
    else this.#retries.forget(bayId);
    if (waiting && !isLater) this.#turns.wait(waiting, isUnderWay(waiting));
    else this.#turns.leave(bayId);
  }

  #count(bayId: string, before: string | undefined, driver: string | undefined): void {
    if (before !== undefined && before !== driver) {
      const bays = this.#out.get(before);
      bays?.delete(bayId);
      if (bays?.size === 0) this.#out.delete(before);
    }
    if (driver !== undefined) this.#out.set(driver, (this.#out.get(driver) ?? new Set<string>()).add(bayId));
  }
}

/** A step of it is done, and the next one was not tried yet. */
function isUnderWay({ state: { current } }: OpenWork): boolean {
  return current !== null && current.steps !== null && current.attempts === 0;
}
