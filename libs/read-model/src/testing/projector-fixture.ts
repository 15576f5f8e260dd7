import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InMemoryEventLog, InMemoryStore, anEvent } from '@jeroboam/event-log/testing';
import type { Projection, ReadDocument, ReadModel } from '../read-model.port.ts';
import type { Projector, ProjectorOptions } from '../projector/run-projections.ts';
import { runProjections } from '../projector/run-projections.ts';
import { openSqliteReadModel } from '../sqlite/sqlite-read-model.ts';
import { sampleProjection } from './sample-projection.ts';

/** One process: its own handles on the log and the read model that all share. */
export interface SampleProcess {
  readonly log: InMemoryEventLog;
  readonly readModel: ReadModel;
  run(projection?: Projection, options?: Partial<ProjectorOptions>): Projector;
}

export interface ProjectorFixture extends SampleProcess {
  another(): Promise<SampleProcess>;
  /** Appends a `Counted` per entry to `bay-<name>`; a string is a poison. */
  count(name: string, ...entries: readonly (string | undefined)[]): Promise<void>;
  append(stream: string, type: string, data?: object): Promise<void>;
  documents(collection: string): Promise<readonly ReadDocument[]>;
}

/** Gives each test of the enclosing `describe` a log and a read model, and ends what it started. */
export function useProjectors(): ProjectorFixture {
  let folder = '';
  let store: InMemoryStore;
  const processes: SampleProcess[] = [];
  const projectors: Projector[] = [];

  const another = async (): Promise<SampleProcess> => {
    const log = new InMemoryEventLog(store);
    const readModel = await openSqliteReadModel({ path: join(folder, 'read-model.db') });
    const run: SampleProcess['run'] = (projection = sampleProjection(), options = {}) => {
      const projector = runProjections({ log, readModel, projections: [projection], ...options });
      projectors.push(projector);
      return projector;
    };
    processes.push({ log, readModel, run });
    return processes.at(-1)!;
  };
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'projector-'));
    store = new InMemoryStore();
    await another();
  });
  afterEach(async () => {
    await Promise.all(projectors.splice(0).map((projector) => projector.stop()));
    await Promise.all(processes.splice(0).flatMap(({ log, readModel }) => [log.close(), readModel.close()]));
    await rm(folder, { recursive: true });
  });

  const append = async (stream: string, type: string, data: object = {}): Promise<void> =>
    void (await processes[0]!.log.append(stream, [anEvent({ type, data })], 'any'));
  return {
    get log() {
      return processes[0]!.log;
    },
    get readModel() {
      return processes[0]!.readModel;
    },
    run: (...args) => processes[0]!.run(...args),
    another,
    append,
    count: async (name, ...entries) => {
      for (const poison of entries) await append(`bay-${name}`, 'Counted', poison === undefined ? {} : { poison });
    },
    documents: (collection) => processes[0]!.readModel.find(collection),
  };
}

export const tally = (name: string, ...revisions: readonly number[]): ReadDocument & { events: number; revisions: readonly number[] } =>
  ({ id: `bay-${name}`, events: revisions.length, revisions });
