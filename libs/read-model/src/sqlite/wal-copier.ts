import { Worker } from 'node:worker_threads';

/** Commits between two copies: some 16 MB of the `-wal` file. */
const COMMITS_PER_COPY = 500;

// The thread's own file: a source when this is one (types are stripped by Node), otherwise the compiled one.
const THREAD_FILE = new URL(`./wal-copier.thread.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url);

/**
 * Has a thread copy the `-wal` file back into the database. SQLite would do it in a commit that finds that file long; the
 * commit then waits for the disk, some 5 to 40 ms, and with it everybody in the process. The thread is started when it is
 * first needed, and keeps no process alive.
 */
export class WalCopier {
  #thread: Worker | undefined;
  #commits = 0;

  constructor(private readonly path: string) {}

  /** Another commit is in the `-wal` file. */
  committed(): void {
    this.#commits += 1;
    if (this.#commits % COMMITS_PER_COPY !== 0 || this.path === ':memory:') return;
    this.#thread ??= this.#start();
    this.#thread.postMessage('copy');
  }

  async close(): Promise<void> {
    await this.#thread?.terminate();
  }

  #start(): Worker {
    const thread = new Worker(THREAD_FILE, {
      workerData: this.path,
      execArgv: [],
      name: 'read-model-copier',
      resourceLimits: { maxOldGenerationSizeMb: 32, maxYoungGenerationSizeMb: 2 },
    });
    thread.unref();
    const forget = (): void => {
      if (this.#thread === thread) this.#thread = undefined;
    };
    // Nothing is lost without it: SQLite copies by itself once the file is four times as long.
    return thread.on('error', forget).on('exit', forget);
  }
}
