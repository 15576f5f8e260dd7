import type { OperationsState } from '@jeroboam/domain';

/** What is known of one bay with an operation that has not ended. */
export interface OpenWork {
  readonly bayId: string;
  readonly projectId: string;
  /** `name@version`. */
  readonly driver: string;
  readonly state: OperationsState;
  /** Milliseconds since the epoch at which the holder of the present lease was last heard of. */
  lastHeardMs: number;
}

/**
 * Bays with open operations, and whose turn it is: projects take turns, so a busy one never starves another, and each
 * driver has a bound of steps out at once. Memory only: all of it is rebuilt from the log.
 */
export class WorkQueue {
  readonly #work = new Map<string, OpenWork>();
  /** Projects in order of their next turn. */
  readonly #turns = new Map<string, Set<string>>();
  readonly #out = new Map<string, number>();

  constructor(private readonly stepsPerDriver: number) {}

  get size(): number {
    return this.#work.size;
  }

  all(): Iterable<OpenWork> {
    return this.#work.values();
  }

  get(bayId: string): OpenWork | undefined {
    return this.#work.get(bayId);
  }

  /** Takes up what the operations of `bayId` look like now. */
  update(bayId: string, state: OperationsState, nowMs: number): void {
    const before = this.#work.get(bayId);
    if (before) this.#forget(before);
    const open = state.current ?? state.queue[0];
    if (!open && !state.running) return;
    const driver = open ? `${open.driver.name}@${open.driver.version}` : (before?.driver ?? '');
    const sameLease = before?.state.running?.token === state.running?.token;
    const work = { bayId, driver, projectId: open?.projectId ?? before?.projectId ?? '', state, lastHeardMs: sameLease && before ? before.lastHeardMs : nowMs };
    this.#work.set(bayId, work);
    if (state.running) this.#out.set(driver, (this.#out.get(driver) ?? 0) + 1);
    if (state.current && !state.running) this.#waiting(work.projectId).add(bayId);
  }

  /** The next bay whose step `drivers` can do at `now`; the project it belongs to goes to the back of the line. */
  next(drivers: ReadonlySet<string>, now: string): OpenWork | undefined {
    for (const [projectId, bays] of this.#turns) {
      for (const bayId of bays) {
        const work = this.#work.get(bayId)!;
        if (!drivers.has(work.driver) || (this.#out.get(work.driver) ?? 0) >= this.stepsPerDriver || !isDue(work, now)) continue;
        bays.delete(bayId);
        this.#turns.delete(projectId);
        if (bays.size > 0) this.#turns.set(projectId, bays);
        return work;
      }
    }
    return undefined;
  }

  #waiting(projectId: string): Set<string> {
    const bays = this.#turns.get(projectId) ?? new Set<string>();
    this.#turns.set(projectId, bays);
    return bays;
  }

  #forget(work: OpenWork): void {
    this.#work.delete(work.bayId);
    if (work.state.running) this.#out.set(work.driver, Math.max(0, (this.#out.get(work.driver) ?? 0) - 1));
    const bays = this.#turns.get(work.projectId);
    bays?.delete(work.bayId);
    if (bays?.size === 0) this.#turns.delete(work.projectId);
  }
}

function isDue({ state: { current } }: OpenWork, now: string): boolean {
  return current !== null && (current.retryAt === null || current.retryAt <= now) && current.deadlineAt > now;
}
