import { setImmediate } from 'node:timers/promises';
import type { Position } from '@jeroboam/domain';
import type { EventBatch, EventLog, Subscription } from '@jeroboam/event-log';
import type { Projection, ReadModel } from '../read-model.port.ts';
import { collectionsOf } from './parked-stream.ts';
import { isUnavailable, projectEvents } from './project-events.ts';

/** What a projector says about itself; every structured logger fits. */
export interface ProjectorLogger {
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

export interface FollowerOptions {
  readonly log: EventLog;
  readonly readModel: ReadModel;
  readonly projection: Projection;
  readonly logger?: ProjectorLogger;
  readonly batchSize: number;
  readonly commitIntervalMs: number;
}

/** Pauses between attempts while log or read model are unavailable, in milliseconds: doubled each time up to the last. */
const FIRST_PAUSE_MS = 100;
const LAST_PAUSE_MS = 5_000;
/** Batches without an event of its own after which a projection's checkpoint is moved all the same. */
const EMPTY_BATCHES_PER_COMMIT = 32;
/** How long `caughtUp` trusts that the checkpoint will get there before it asks whether anything is left, in milliseconds. */
const CATCH_UP_CHECK_MS = 250;

/** The checkpoint went back: somebody dropped the projection. Ends the subscription; the next begins where it is now. */
class Rewound extends Error {}

/** Keeps one projection up to date, in competition with the followers of other processes. */
export class Follower {
  readonly done: Promise<void>;
  readonly #stop = Promise.withResolvers<void>();
  #stopping = false;
  #subscription: Subscription | undefined;
  #checkpoint: Position | undefined;
  #failures = 0;
  /** How far the log has been looked at without an event of this projection since its last commit, and in how many batches. */
  #passed: { readonly upTo: Position; readonly batches: number } | undefined;
  /** Somebody began to wait since the last batch was read. */
  #isAwaited = false;
  #endRest: () => void = () => undefined;
  /** The last piece of work that must not overlap with the next. */
  #queue: Promise<unknown> = Promise.resolve();

  constructor(private readonly options: FollowerOptions) {
    this.done = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    this.#stop.resolve();
    this.#endRest();
    await this.#subscription?.stop();
    // Whoever waits on `done` learns what went wrong; `stop` only says that nothing runs any more.
    await Promise.allSettled([this.done]);
  }

  /** Runs `work` between two batches, so that it does not compete with this follower. */
  exclusively<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(work);
    this.#queue = Promise.allSettled([result]);
    return result;
  }

  /**
   * Resolves when every event that is in the log now has been projected or parked, by whomever.
   * @throws what ended the follower, when it ended before.
   */
  async caughtUp(): Promise<void> {
    const { log, projection } = this.options;
    const head = await log.head();
    if (head === undefined) return;
    const ended = this.done.then(() => {
      throw new Error(`projection ${projection.name} was stopped before it had caught up`);
    });
    // The last race may be over before it rejects.
    ended.catch(() => undefined);
    while (!(await Promise.race([this.#reached(head), ended])));
  }

  async #reached(head: Position): Promise<boolean> {
    const { log, readModel, projection } = this.options;
    if (await readModel.reached(projection.name, head, CATCH_UP_CHECK_MS)) return true;
    // A log need not tell about events that the filter leaves out.
    const after = await readModel.checkpoint(projection.name);
    for await (const { position } of log.readAll({ after, categories: projection.categories, limit: 1 })) return position > head;
    return true;
  }

  async #run(): Promise<void> {
    const { readModel, projection } = this.options;
    const stopListening = readModel.onAwaited(projection.name, () => this.#hurry());
    try {
      while (!this.#stopping) await this.#followOn();
    } finally {
      stopListening();
    }
  }

  async #followOn(): Promise<void> {
    try {
      await this.#follow();
    } catch (error) {
      if (error instanceof Rewound) return;
      if (!isUnavailable(error)) throw error;
      await this.#pause(error);
    }
  }

  async #follow(): Promise<void> {
    const { log, readModel, projection, batchSize } = this.options;
    await readModel.ensure(collectionsOf(projection));
    this.#checkpoint = await readModel.checkpoint(projection.name);
    this.#passed = undefined;
    if (this.#stopping) return;
    const { categories } = projection;
    this.#subscription = log.subscribe({ after: this.#checkpoint, categories, batchSize, isAwaited: () => this.#isAwaited }, (batch) => this.#take(batch));
    await this.#subscription.done;
  }

  async #take(batch: EventBatch): Promise<void> {
    const isAwaited = this.#isAwaited;
    this.#isAwaited = false;
    await this.exclusively(async () => {
      if (!isAwaited && this.#mayPass(batch)) return;
      // Each turn after the first means that another projector got somewhere.
      while (!(await this.#commit(batch)));
    });
    this.#failures = 0;
    // A long way to catch up must not keep the process from its other work.
    if (batch.events.length >= this.options.batchSize) await setImmediate();
    else await this.#rest();
  }

  /** Lets events gather for the next commit, until somebody waits for them. */
  async #rest(): Promise<void> {
    if (this.#isAwaited || this.#stopping) return;
    const rest = Promise.withResolvers<void>();
    this.#endRest = rest.resolve;
    const timer = setTimeout(rest.resolve, this.options.commitIntervalMs);
    await rest.promise;
    clearTimeout(timer);
  }

  #hurry(): void {
    this.#isAwaited = true;
    this.#endRest();
    // What is wrong now is met again, and said, by the next batch.
    if (this.#passed) void this.exclusively(() => this.#commitPassed()).catch(() => undefined);
  }

  async #commitPassed(): Promise<void> {
    const { readModel, projection } = this.options;
    const upTo = this.#passed?.upTo;
    if (upTo === undefined || !(await readModel.commit(projection.name, this.#checkpoint, upTo, []))) return;
    this.#checkpoint = upTo;
    this.#passed = undefined;
  }

  async #commit({ events, upTo }: EventBatch): Promise<boolean> {
    const { readModel, projection, logger } = this.options;
    const from = this.#checkpoint;
    if (from !== undefined && from >= upTo) return true;
    const pending = from === undefined ? events : events.filter(({ position }) => position > from);
    const { changes, unchanged, parked } = await projectEvents(projection, readModel, pending);
    if (await readModel.commit(projection.name, from, upTo, changes, { unchanged })) {
      this.#checkpoint = upTo;
      this.#passed = undefined;
      for (const { id: stream, firstPosition, error } of parked) {
        logger?.error('stream parked', { projection: projection.name, stream, position: firstPosition, reason: error });
      }
      return true;
    }
    this.#checkpoint = await readModel.checkpoint(projection.name);
    if (from !== undefined && (this.#checkpoint === undefined || this.#checkpoint < from)) throw new Rewound();
    return false;
  }

  /**
   * Where a batch held nothing of this projection, the checkpoint in the store stays behind for a while: after a restart
   * it is looked at again, which costs less than a commit for everything that happens elsewhere.
   */
  #mayPass({ events, upTo }: EventBatch): boolean {
    const batches = (this.#passed?.batches ?? 0) + 1;
    if (events.length > 0 || batches > EMPTY_BATCHES_PER_COMMIT) return false;
    this.#passed = { upTo, batches };
    return true;
  }

  async #pause(error: unknown): Promise<void> {
    const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** this.#failures, LAST_PAUSE_MS);
    this.#failures += 1;
    this.options.logger?.warn('projection waits', { projection: this.options.projection.name, pauseMs, error });
    const pause = Promise.withResolvers<void>();
    const timer = setTimeout(pause.resolve, pauseMs);
    await Promise.race([pause.promise, this.#stop.promise]);
    clearTimeout(timer);
  }
}
