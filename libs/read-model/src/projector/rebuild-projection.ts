import { randomUUID } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import type { Position, RecordedEvent } from '@jeroboam/domain';
import type { EventLog } from '@jeroboam/event-log';
import { RebuildUnderWay } from '../errors.ts';
import type { CollectionSpec, DocumentChange, Projection, ReadDocument, ReadModel, Replacement } from '../read-model.port.ts';
import type { ProjectorLogger } from './follower.ts';
import { collectionsOf, parkedCollection } from './parked-stream.ts';
import { projectEvents } from './project-events.ts';

/** What collections and checkpoint are called while they are built. There is one rebuild of a projection at a time. */
const STAGED = '@next';
/** Who rebuilds what: a document per projection under way. */
const REBUILDS: CollectionSpec = { name: 'rebuilds', indexes: [] };
/** A rebuild not heard of for so long is dead and may be taken over, in milliseconds. */
const LEASE_MS = 30_000;

export interface RebuildOptions {
  readonly log: EventLog;
  readonly readModel: ReadModel;
  readonly projection: Projection;
  readonly logger?: ProjectorLogger;
  /** Events in one commit at most. @default 512 */
  readonly batchSize?: number;
  /** Called after each commit. */
  readonly onProgress?: (progress: RebuildProgress) => void;
  /** For the lease alone. */
  readonly now?: () => Date;
}

export interface RebuildProgress {
  readonly projection: string;
  /** Events projected so far. */
  readonly events: number;
  /** How far it has got, and at last the head of the log; undefined only for an empty log. */
  readonly position: Position | undefined;
}

/** Who rebuilds a projection and how far that is; gone when it has ended. */
interface RebuildLease extends ReadDocument {
  readonly token: string;
  readonly generation: Position;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
  readonly events: number;
}

/**
 * Builds a projection anew from the whole log beside the one in use, catches up and takes its place at one stroke.
 * Reads never fail and never go back meanwhile; projectors of the projection run on and follow the new documents.
 * They must run the same code by then: an older projector would go on in the old shape.
 *
 * @returns how many events were projected and the position reached.
 * @throws {RebuildUnderWay} another process rebuilds it. A dead one is noticed after 30 seconds.
 */
export async function rebuildProjection(options: RebuildOptions): Promise<RebuildProgress> {
  const { readModel, projection, logger } = options;
  const staged = stagedProjection(projection);
  const stagedCollections = [...staged.collections, { name: parkedCollection(staged.name), indexes: [] }];
  await readModel.ensure([...collectionsOf(projection), ...stagedCollections, REBUILDS]);
  const rebuild = new Rebuild(options, staged, await claim(readModel, projection.name, options.now));
  try {
    await readModel.drop(staged.name, stagedCollections.map(({ name }) => name));
    const progress = await rebuild.run(replacements(projection));
    await rebuild.release();
    logger?.info('projection rebuilt', { ...progress });
    return progress;
  } catch (cause) {
    // Whoever took over has cleared away what this one worked on: no wonder that it failed.
    if (!(await rebuild.release())) throw new RebuildUnderWay(projection.name, { cause });
    throw cause;
  }
}

/** The same projection under other names, so that the code which parks and commits needs to know nothing of it. */
function stagedProjection(projection: Projection): Projection {
  return {
    name: projection.name + STAGED,
    categories: projection.categories,
    collections: projection.collections.map(({ name, indexes }) => ({ name: name + STAGED, indexes })),
    project: async (event, documents) => {
      const changes = await projection.project(event, { get: (collection, id) => documents.get(collection + STAGED, id) });
      return changes.map((change) => ({ ...change, collection: change.collection + STAGED }));
    },
  };
}

/** What was discarded stays on record: it is no view of the log. */
function replacements(projection: Projection): Replacement[] {
  const own = projection.collections.map(({ name }) => name);
  return [...own, parkedCollection(projection.name)].map((name) => ({ live: name, staged: name + STAGED }));
}

const leaseCheckpoint = (projection: string): string => `rebuild_${projection}`;

async function claim(readModel: ReadModel, projection: string, now = () => new Date()): Promise<RebuildLease> {
  const from = await readModel.checkpoint(leaseCheckpoint(projection));
  const held = await readModel.get<RebuildLease>(REBUILDS.name, projection);
  if (held && held.expiresAt > now().getTime()) throw new RebuildUnderWay(projection);
  const generation = String(Number(from ?? 0) + 1).padStart(16, '0');
  const lease: RebuildLease = { id: projection, token: randomUUID(), generation, expiresAt: now().getTime() + LEASE_MS, events: 0 };
  // Of two claims from the same generation one comes through.
  if (!(await readModel.commit(leaseCheckpoint(projection), from, generation, [leaseChange(lease)]))) throw new RebuildUnderWay(projection);
  return lease;
}

function leaseChange(lease: RebuildLease): DocumentChange {
  return { kind: 'upsert', collection: REBUILDS.name, document: lease, position: lease.generation };
}

class Rebuild {
  #position: Position | undefined;

  constructor(
    private readonly options: RebuildOptions,
    private readonly staged: Projection,
    private lease: RebuildLease,
  ) {}

  /** Passes over the log, each shorter than the one before, until nothing is missing at the moment of the switch. */
  async run(collections: readonly Replacement[]): Promise<RebuildProgress> {
    const { log, readModel, projection } = this.options;
    for (;;) {
      await this.#pass(await log.head());
      const reached: RebuildProgress = { projection: projection.name, events: this.lease.events, position: this.#position };
      if (this.#position === undefined || (await readModel.replace(projection.name, this.staged.name, collections))) return reached;
      const live = await readModel.checkpoint(projection.name);
      const head = await log.head();
      if (live !== undefined && head !== undefined && live > head) {
        throw new Error(`${projection.name} is at ${live}, beyond the log's head ${head}`);
      }
      await setImmediate();
    }
  }

  /** Lets the next one begin. @returns false when others had taken the lease over: it stays theirs. */
  async release(): Promise<boolean> {
    const { readModel, projection } = this.options;
    const change: DocumentChange = { kind: 'delete', collection: REBUILDS.name, id: projection.name, position: this.lease.generation };
    const { generation } = this.lease;
    return readModel.commit(leaseCheckpoint(projection.name), generation, generation, [change], { unchanged: [this.#leaseAsIs()] });
  }

  async #pass(head: Position | undefined): Promise<void> {
    const { log, batchSize = 256 } = this.options;
    let events: RecordedEvent[] = [];
    for await (const event of log.readAll({ after: this.#position, categories: this.staged.categories })) {
      events.push(event);
      if (events.length < batchSize) continue;
      await this.#commit(events, event.position);
      events = [];
      // A long pass must not keep the process from its other work; before the switch, other work would move the goal.
      await setImmediate();
    }
    // All up to the head has been looked at, also what is in other categories.
    const last = events.at(-1)?.position ?? this.#position;
    const upTo = head !== undefined && (last === undefined || head > last) ? head : last;
    if (upTo !== undefined && upTo !== this.#position) await this.#commit(events, upTo);
  }

  async #commit(events: readonly RecordedEvent[], upTo: Position): Promise<void> {
    const { readModel, projection, onProgress, now = () => new Date() } = this.options;
    const { changes, unchanged } = await projectEvents(this.staged, readModel, events);
    const renewed = { ...this.lease, expiresAt: now().getTime() + LEASE_MS, events: this.lease.events + events.length };
    const guarded = { unchanged: [...unchanged, this.#leaseAsIs()] };
    const committed = await readModel.commit(this.staged.name, this.#position, upTo, [...changes, leaseChange(renewed)], guarded);
    if (!committed) throw new RebuildUnderWay(projection.name);
    this.lease = renewed;
    this.#position = upTo;
    onProgress?.({ projection: projection.name, events: renewed.events, position: upTo });
  }

  #leaseAsIs(): { readonly collection: string; readonly document: RebuildLease } {
    return { collection: REBUILDS.name, document: this.lease };
  }
}
