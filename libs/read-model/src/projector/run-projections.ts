import { setImmediate } from 'node:timers/promises';
import type { EventLog } from '@jeroboam/event-log';
import type { Projection, ReadModel } from '../read-model.port.ts';
import { Follower, type ProjectorLogger } from './follower.ts';
import { measureLag, type ProjectionLag } from './lag.ts';
import { collectionsOf, type ParkedStream } from './parked-stream.ts';
import { discardParkedStream, parkedStreams, retryParkedStream, type RetryOutcome } from './parking.ts';

export interface ProjectorOptions {
  readonly log: EventLog;
  readonly readModel: ReadModel;
  readonly projections: readonly Projection[];
  readonly logger?: ProjectorLogger;
  /** Called for each projection in turn, every `lagIntervalMs`: what metrics and alarms are fed with. */
  readonly onLag?: (lag: ProjectionLag) => void;
  /** Milliseconds. @default 1000 */
  readonly lagIntervalMs?: number;
  /** Events in one commit at most. @default 256 */
  readonly batchSize?: number;
  /**
   * Milliseconds from one commit of a projection to its next, while nobody of this process waits for it: what happens
   * meanwhile shares that one. @default 20
   */
  readonly commitIntervalMs?: number;
  /** What the age of waiting events is measured against; the projections themselves know no clock. */
  readonly now?: () => Date;
}

export interface Projector {
  /** Settles when all projections have ended: resolved after `stop`, rejected with the bug that ended one and so all. */
  readonly done: Promise<void>;
  /** Finishes the batches under way and ends. */
  stop(): Promise<void>;
  /** Resolves when every event that is in the log now has been projected or parked, by whomever. */
  caughtUp(): Promise<void>;
  lag(projection: string): Promise<ProjectionLag>;
  /** Streams that wait because one of their events could not be projected, in the order in which they were parked. */
  parked(projection: string): Promise<readonly ParkedStream[]>;
  /** As `retryParkedStream`, and never in competition with this process's own projector. */
  retryParked(projection: string, stream: string): Promise<RetryOutcome>;
  /** As `discardParkedStream`, and never in competition with this process's own projector. */
  discardParked(projection: string, stream: string, reason: string): Promise<void>;
}

/**
 * Keeps projections up to date: each follows the log from its own checkpoint and commits checkpoint and effect
 * together. Any number of processes may run the same projections: each event counts once.
 *
 * An event that a projection throws at three times is parked together with the later ones of its stream; the other
 * streams flow on. While log or read model are unavailable it waits and goes on by itself.
 */
export function runProjections(options: ProjectorOptions): Projector {
  const { log, readModel, projections, logger, onLag, lagIntervalMs = 1_000, batchSize = 256, commitIntervalMs = 20, now = () => new Date() } = options;
  if (new Set(projections.map(({ name }) => name)).size < projections.length) throw new Error('two projections of the same name');
  const running = new Map(projections.map((projection) => {
    const follower = new Follower({ log, readModel, projection, logger, batchSize, commitIntervalMs });
    return [projection.name, { projection, follower }];
  }));
  const of = (name: string) => {
    const found = running.get(name);
    if (!found) throw new Error(`no projection ${name} runs here`);
    return found;
  };
  const followers = [...running.values()].map(({ follower }) => follower);
  /** The followers may still be on their way to declare the collections. */
  const declared = async (name: string): Promise<Projection> => {
    const { projection } = of(name);
    await readModel.ensure(collectionsOf(projection));
    return projection;
  };
  const lag = async (name: string): Promise<ProjectionLag> => measureLag(log, readModel, await declared(name), now);
  const reporting = onLag && reportEvery(lagIntervalMs, async () => {
    for (const name of running.keys()) {
      onLag(await lag(name));
      // A dozen of them in one turn of the event loop would keep requests waiting.
      await setImmediate();
    }
  }, logger);
  const stop = async (): Promise<void> => {
    clearInterval(reporting);
    await Promise.all(followers.map((follower) => follower.stop()));
  };
  return {
    done: allDone(followers, stop),
    stop,
    caughtUp: async () => void (await Promise.all(followers.map((follower) => follower.caughtUp()))),
    lag,
    parked: async (name) => parkedStreams(readModel, (await declared(name)).name),
    retryParked: async (name, stream) => {
      const projection = await declared(name);
      return of(name).follower.exclusively(() => retryParkedStream({ log, readModel, projection }, stream));
    },
    discardParked: async (name, stream, reason) => {
      await declared(name);
      return of(name).follower.exclusively(() => discardParkedStream(readModel, name, stream, reason));
    },
  };
}

async function allDone(followers: readonly Follower[], stop: () => Promise<void>): Promise<void> {
  try {
    await Promise.all(followers.map((follower) => follower.done));
  } catch (error) {
    await stop();
    throw error;
  }
}

function reportEvery(intervalMs: number, report: () => Promise<void>, logger: ProjectorLogger | undefined): NodeJS.Timeout {
  let under = false;
  const timer = setInterval(() => {
    // A slow log must not pile reports up.
    if (under) return;
    under = true;
    report().catch((error: unknown) => logger?.warn('lag unknown', { error })).finally(() => (under = false));
  }, intervalMs);
  return timer.unref();
}
