/** A flush slower than this, in milliseconds, is too long for a thread that others may want. */
const SLOWEST_MS = 2;
/** Milliseconds which a turn of the event loop may take before it counts as busy with something else. */
const LONGEST_TURN_MS = 0.2;
/** Commits here until the thread is asked to copy what they left in the `-wal` file: some 12 MB. */
const COMMITS_PER_CHECKPOINT = 500;

/** Confidence: an append that met an idle event loop adds one, any other takes four; from half of the most on we commit here. */
const MOST = 16;
const LOSS = 4;

/**
 * Decides where an append is committed that nobody else's append accompanies. Handing it to the writer thread and back
 * takes about as long as the flush, but lets the event loop go on. Where the loop had nothing to do during nearly all the
 * last such waits, and the disk is quick, waiting on the calling thread costs nobody anything: imports, migrations and
 * tools gain by it; a process that serves others is soon found busy and stays with the thread. Times are in milliseconds.
 */
export class LoneAppends {
  #confidence = 0;
  #commits = 0;

  /** Whether the next one is to be committed on the calling thread. */
  areCommittedHere(): boolean {
    return this.#confidence >= MOST / 2;
  }

  /** Whether the next one has to wait until the thread has copied what the last ones left. */
  isCheckpointDue(): boolean {
    return this.#commits >= COMMITS_PER_CHECKPOINT;
  }

  checkpointed(): void {
    this.#commits = 0;
  }

  /** The thread took this long for one; the event loop slept for `idleMs` of it. */
  waited(ms: number, idleMs: number): void {
    this.#note(ms <= SLOWEST_MS && idleMs >= ms / 2);
  }

  /** One was committed here in `commitMs`, `turnMs` after it was asked for: what else this turn of the event loop did. */
  committed(commitMs: number, turnMs: number): void {
    this.#commits += 1;
    this.#note(commitMs <= SLOWEST_MS && turnMs <= LONGEST_TURN_MS);
  }

  /** Something else was waiting, for the event loop or for the file. */
  wereInTheWay(): void {
    this.#note(false);
  }

  #note(wasIdle: boolean): void {
    this.#confidence = wasIdle ? Math.min(MOST, this.#confidence + 1) : Math.max(0, this.#confidence - LOSS);
  }
}
