import type { OperationsState } from '@jeroboam/domain';

/** What is known of one bay with an operation that has not ended. */
export interface OpenWork {
  readonly bayId: string;
  readonly projectId: string;
  /** `name@version`. */
  readonly driver: string;
  readonly state: OperationsState;
  /** Of the bay's stream of operations, as far as `state` goes. */
  readonly revision: number;
  /** Milliseconds since the epoch at which the holder of the present lease was last heard of. */
  lastHeardMs: number;
}

/**
 * Bays with open operations, and whose turn it is: projects take turns, so a busy one never starves another, and each
 * driver has a bound of steps out at once. Memory only: all of it is rebuilt from the log.
 */
export class WorkQueue {
  readonly #work = new Map<string, OpenWork>();
  /** Bays that wait, by project; projects in order of their next turn. */
  readonly #turns = new Map<string, Set<string>>();
  /** Bays with a step out or on its way out, by driver. */
  readonly #out = new Map<string, Set<string>>();
  /** Bays that `next` gave out and `settle` has not seen: nobody else gets them meanwhile. */
  readonly #taken = new Map<string, OpenWork>();

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

  /** Takes up what the operations of `bayId` look like now; what is older than what is known already changes nothing. */
  update(bayId: string, { state, revision }: { readonly state: OperationsState; readonly revision: number }, nowMs: number): void {
    const before = this.#work.get(bayId);
    if (before && revision < before.revision) return;
    const { owner } = state;
    if (!owner || (!state.current && !state.running && state.queue.length === 0)) this.#work.delete(bayId);
    else {
      const driver = `${owner.driver.name}@${owner.driver.version}`;
      const sameLease = before?.state.running?.token === state.running?.token;
      const lastHeardMs = sameLease && before ? before.lastHeardMs : nowMs;
      this.#work.set(bayId, { bayId, driver, projectId: owner.projectId, state, revision, lastHeardMs });
    }
    this.#place(bayId, before);
  }

  /**
   * The next bay whose step `drivers` can do at `now`; the project it belongs to goes to the back of the line. The bay
   * is out of the queue and counts against its driver until `settle` says what became of it.
   */
  next(drivers: ReadonlySet<string>, now: string): OpenWork | undefined {
    for (const [projectId, bays] of this.#turns) {
      for (const bayId of bays) {
        const work = this.#work.get(bayId)!;
        if (!drivers.has(work.driver) || this.#isFull(work.driver) || !isDue(work, now)) continue;
        this.#taken.set(bayId, work);
        this.#place(bayId, work);
        if (this.#turns.delete(projectId) && bays.size > 0) this.#turns.set(projectId, bays);
        return work;
      }
    }
    return undefined;
  }

  /** The end of what `next` began: the bay is where its state puts it again, out or waiting. */
  settle(bayId: string): void {
    const taken = this.#taken.get(bayId);
    this.#taken.delete(bayId);
    this.#place(bayId, this.#work.get(bayId) ?? taken);
  }

  #isFull(driver: string): boolean {
    return (this.#out.get(driver)?.size ?? 0) >= this.stepsPerDriver;
  }

  /** A bay that waits before and after keeps its place in the line. */
  #place(bayId: string, before: OpenWork | undefined): void {
    const work = this.#work.get(bayId);
    const taken = this.#taken.get(bayId);
    const isOut = taken !== undefined || (work?.state.running ?? null) !== null;
    const project = work?.state.current && !isOut ? work.projectId : undefined;
    const driver = isOut ? (work ?? taken)?.driver : undefined;
    for (const [index, from, to] of [[this.#turns, before?.projectId, project], [this.#out, before?.driver, driver]] as const) {
      if (from !== undefined && from !== to) leave(index, from, bayId);
      if (to !== undefined) index.set(to, (index.get(to) ?? new Set<string>()).add(bayId));
    }
  }
}

function leave(index: Map<string, Set<string>>, key: string, bayId: string): void {
  const bays = index.get(key);
  bays?.delete(bayId);
  if (bays?.size === 0) index.delete(key);
}

function isDue({ state: { current } }: OpenWork, now: string): boolean {
  return current !== null && (current.retryAt === null || current.retryAt <= now) && current.deadlineAt > now;
}
