import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SYSTEM_ACTOR, derivedId } from '@jeroboam/domain';
import type { BaySpec, EventContext, NodeGroupView, RecordedEvent } from '@jeroboam/domain';
import { baySamples } from '@jeroboam/domain/testing';
import { InMemoryEventLog, InMemoryStore, collect } from '@jeroboam/event-log/testing';
import { FakeClock, recordingLogger } from '@jeroboam/platform/testing';
import type { RecordingLogger } from '@jeroboam/platform/testing';
import { openSqliteReadModel } from '@jeroboam/read-model';
import type { ReadModel } from '@jeroboam/read-model';
import { BayCommands } from '../bay-commands.service.ts';
import { Dispatcher } from '../dispatcher.service.ts';
import { weightsOf } from '../project-turns.ts';
import { Reactor } from '../reactor.service.ts';
import { CredentialRotations } from '../credential-rotations.service.ts';
import { Reservations } from '../reservations.service.ts';
import { DEFAULT_SCHEDULER_CONFIG } from '../scheduler.config.ts';
import type { SchedulerConfig } from '../scheduler.config.ts';
import { StepReports } from '../step-reports.service.ts';
import { WorkQueue } from '../work-queue.ts';
import { writeSide } from '../write-side.ts';
import type { WriteSide } from '../write-side.ts';

/** `name@version` of the driver of `bayOf`. */
export const DRIVER = 'swarm_local@1.0.0';
export const GROUPS: readonly NodeGroupView[] = [baySamples.group('default-master', 1), baySamples.group('default-worker', 2)];

export function bayOf(bayId: string, projectId = 'p1'): BaySpec {
  return { ...baySamples.aSpec, bayId, projectId, name: bayId };
}

export function contextOf(name: string): EventContext {
  const commandId = derivedId('spec', name);
  return { actor: SYSTEM_ACTOR, requestId: `req-${commandId}`, commandId, correlationId: commandId, causationId: null };
}

/** Everything one scheduler is made of, on a clock and a log of the test's. */
export interface Scheduler {
  readonly log: InMemoryEventLog;
  readonly writeSide: WriteSide;
  readonly queue: WorkQueue;
  readonly dispatcher: Dispatcher;
  readonly reservations: Reservations;
  readonly rotations: CredentialRotations;
  readonly reactor: Reactor;
  readonly commands: BayCommands;
  readonly reports: StepReports;
  readonly logger: RecordingLogger;
}

export interface SchedulerFixture {
  readonly clock: FakeClock;
  readonly readModel: ReadModel;
  /** A scheduler on the log and the read model of this test; a second one is what a restart makes. */
  scheduler(config?: Partial<SchedulerConfig>): Scheduler;
  /** Ends the scheduler's reactor, as the end of its process does. */
  stop(scheduler: Scheduler): Promise<void>;
  /** Resolves when the reactor has dealt with everything in the log; where it waits, `passingMs` milliseconds pass at a time. */
  settled(passingMs?: number): Promise<void>;
  /** Deletes the read model's file, as an operator might, and opens an empty one. */
  forgetReadModel(): Promise<void>;
  events(): Promise<readonly RecordedEvent[]>;
}

/** Gives each test of the enclosing `describe` an empty log and read model, and ends what it started. */
export function useSchedulers(): SchedulerFixture {
  let folder = '';
  let store: InMemoryStore;
  let clock: FakeClock;
  let readModel: ReadModel;
  let files = 0;
  const started = new Set<Scheduler>();

  const openFile = async (): Promise<void> => {
    readModel = await openSqliteReadModel({ path: join(folder, `read-model-${(files += 1)}.db`) });
  };
  const stop = async (scheduler: Scheduler): Promise<void> => {
    started.delete(scheduler);
    scheduler.dispatcher.stop();
    scheduler.reservations.stop();
    await scheduler.reactor.stop();
    await scheduler.log.close();
  };
  const scheduler = (config: Partial<SchedulerConfig> = {}): Scheduler => {
    const made = assemble(new InMemoryEventLog(store, () => clock.now()), readModel, clock, { ...DEFAULT_SCHEDULER_CONFIG, ...config });
    started.add(made);
    return made;
  };
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'scheduler-'));
    store = new InMemoryStore();
    clock = new FakeClock();
    await openFile();
  });
  afterEach(async () => {
    await Promise.all([...started].map(stop));
    await readModel.close();
    await rm(folder, { recursive: true });
  });

  const events = (): Promise<readonly RecordedEvent[]> => collect(new InMemoryEventLog(store).readAll());
  return {
    get clock() { return clock; },
    get readModel() { return readModel; },
    scheduler, stop, events,
    async settled(passingMs = 0) {
      for (let turn = 1; turn < 20_000; turn += 1) {
        const head = (await events()).at(-1)?.position;
        if ([...started].some(({ reactor }) => reactor.reached === head)) return;
        await new Promise<void>((resolve) => setImmediate(resolve));
        if (passingMs > 0 && turn % 50 === 0) await clock.advance(passingMs);
      }
      throw new Error('the reactor never reached the end of the log');
    },
    async forgetReadModel() {
      await readModel.close();
      await openFile();
    },
  };
}

function assemble(log: InMemoryEventLog, readModel: ReadModel, clock: FakeClock, config: SchedulerConfig): Scheduler {
  const logger = recordingLogger();
  const aggregates = writeSide(log, clock);
  const queue = new WorkQueue({ ...config, projectWeights: weightsOf(config.projectWeights) });
  const dispatcher = new Dispatcher(aggregates, queue, config, clock, clock, logger);
  const reservations = new Reservations(aggregates, config, clock, clock, logger);
  const rotations = new CredentialRotations(aggregates, config, clock, clock, logger);
  const reactor = new Reactor(log, readModel, aggregates, queue, dispatcher, reservations, rotations, config, clock, clock, logger);
  return { log, writeSide: aggregates, queue, dispatcher, reservations, rotations, reactor, commands: new BayCommands(aggregates, config), reports: new StepReports(aggregates), logger };
}
