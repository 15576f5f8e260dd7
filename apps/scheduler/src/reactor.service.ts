import { driverOf, isDomainError } from '@jeroboam/domain';
import type { BayEvent, BaySpec, DomainEvent, EventContext, OperationEvent, OperationKind, OperationView, Position, QuotaEvent, RecordedEvent } from '@jeroboam/domain';
import type { EventBatch, EventLog, Subscription } from '@jeroboam/event-log';
import type { Clock, Logger, Timers } from '@jeroboam/platform';
import { delay } from '@jeroboam/platform';
import type { DocumentChange, ReadDocument, ReadModel } from '@jeroboam/read-model';
import type { Dispatcher } from './dispatcher.service.ts';
import type { CredentialRotations, RotationTimes } from './credential-rotations.service.ts';
import { ReactorNotes } from './reactor-notes.ts';
import type { Reservation, Reservations } from './reservations.service.ts';
import type { SchedulerConfig } from './scheduler.config.ts';
import type { WorkQueue } from './work-queue.ts';
import { following } from './write-side.ts';
import type { WriteSide } from './write-side.ts';

/** Names the checkpoint. */
export const REACTOR = 'scheduler';
/** Bays with operations that have not ended: where a restart begins. */
const OPEN = 'scheduler_open';
/** Quota slots taken for bays not seen yet. */
const RESERVED = 'scheduler_reserved';
/** When credentials of bays are to be rotated. */
const ROTATIONS = 'scheduler_rotations';
const RETRY_MS = 500;

type Known = (BayEvent | OperationEvent | QuotaEvent) & RecordedEvent;

/**
 * Carries each operation on from what happened: a request becomes an operation, a finished step becomes facts of the
 * bay, a finished operation its outcome. All it does is send commands whose ids derive from the event, so seeing an
 * event twice is harmless; and it calls nothing outside, so reading the log from its beginning is too.
 */
export class Reactor {
  readonly #notes: ReactorNotes;
  #reached: Position | undefined;
  #subscription: Subscription | undefined;
  /** Where the log ended at the start; undefined once everything up to there has been carried on. */
  #behind: { readonly head: Position | undefined } | undefined;
  #stopping = new AbortController();
  #done: Promise<void> = Promise.resolve();

  constructor(
    private readonly eventLog: EventLog,
    private readonly readModel: ReadModel,
    private readonly writeSide: WriteSide,
    private readonly queue: WorkQueue,
    private readonly dispatcher: Dispatcher,
    private readonly reservations: Reservations,
    private readonly rotations: CredentialRotations,
    private readonly config: SchedulerConfig,
    private readonly clock: Clock,
    private readonly timers: Timers,
    private readonly log: Logger,
  ) {
    this.#notes = new ReactorNotes(readModel, REACTOR, [OPEN, RESERVED, ROTATIONS]);
  }

  /** How far the log has been carried on; undefined before its first event was. */
  get reached(): Position | undefined {
    return this.#reached;
  }

  async start(): Promise<void> {
    await this.readModel.ensure([{ name: OPEN, indexes: [] }, { name: RESERVED, indexes: [] }, { name: ROTATIONS, indexes: [] }]);
    for (const { id } of await this.readModel.find<ReadDocument>(OPEN)) this.queue.update(id, await this.writeSide.operations.load(id), this.clock.now().getTime());
    for (const { id, ...slot } of await this.readModel.find<ReadDocument & Omit<Reservation, 'bayId'>>(RESERVED)) this.reservations.reserved({ ...slot, bayId: id });
    for (const { id, times } of await this.readModel.find<ReadDocument & { times: RotationTimes }>(ROTATIONS)) this.rotations.resume(id, times);
    this.#behind = { head: await this.eventLog.head() };
    this.#done = this.#follow();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#subscription?.stop();
    await this.#done;
  }

  /**
   * Nothing is given out before this: until every step of an earlier life has had its effect, a bay may not look as its
   * last step left it.
   */
  async #caughtUp(upTo: Position | undefined): Promise<void> {
    const { head } = this.#behind ?? {};
    if (!this.#behind || (head !== undefined && (upTo === undefined || upTo < head))) return;
    this.#behind = undefined;
    if (this.config.executorsShareProcess) await this.#endOldLeases();
    this.reservations.open();
    this.dispatcher.open();
  }

  async #endOldLeases(): Promise<void> {
    const ends = [...this.queue.all()].map(async (work) => {
      if (work.state.running) await this.dispatcher.expireLease(work, work.state.running.token);
    });
    const failed = (await Promise.allSettled(ends)).find((outcome) => outcome.status === 'rejected');
    if (failed) this.log.warn('a lease of an earlier life could not be ended; it will run out', { error: failed.reason });
  }

  /** Follows the log for as long as the service lives; what goes wrong is said and tried again from the checkpoint. */
  async #follow(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      try {
        const after = await this.#notes.open();
        this.#reached = after;
        await this.#caughtUp(after);
        // Stopped meanwhile: nobody would end a subscription made now.
        if (this.#stopping.signal.aborted) return;
        this.#subscription = this.eventLog.subscribe({ ...(after === undefined ? {} : { after }), categories: ['bay', 'operations', 'quota'] }, (batch) => this.#carryOn(batch));
        await this.#subscription.done;
      } catch (error) {
        this.log.error('the scheduler cannot carry operations on; it tries again', { error });
        await delay(this.timers, RETRY_MS, this.#stopping.signal).catch(() => undefined);
      }
    }
  }

  async #carryOn({ events, upTo }: EventBatch): Promise<void> {
    const byBay = Map.groupBy(events as readonly Known[], (event) => ('bayId' in event.data ? event.data.bayId : event.stream));
    // One bay's events strictly in order; different bays share the log's group commit.
    const changes = await Promise.all([...byBay].map(([bayId, story]) => this.#react(bayId, story)));
    await this.#notes.keep(changes.flat(), upTo);
    this.#reached = upTo;
    await this.#caughtUp(upTo);
    this.dispatcher.pump();
  }

  /** @returns what a restart needs to know of the bay. */
  async #react(bayId: string, story: readonly Known[]): Promise<DocumentChange[]> {
    for (const event of story) await this.#survive(event);
    const { position } = story.at(-1)!;
    const changes: DocumentChange[] = [];
    const last = story.findLast((event) => event.stream.startsWith('operations-'));
    if (last) {
      const operations = await this.writeSide.operations.load(bayId);
      // Further on than the effects are: a later batch brings the rest. The next step is to see the bay with all of them.
      const isAhead = operations.revision > last.revision;
      if (!isAhead) this.queue.update(bayId, operations, this.clock.now().getTime());
      changes.push(keepIf(isAhead || this.queue.get(bayId) !== undefined, OPEN, { id: bayId }, position));
    }
    if (story.some((event) => event.type === 'BaySlotReserved' || event.type === 'BayCreationRequested' || event.type === 'BaySlotReleased')) {
      const slot = this.reservations.get(bayId);
      changes.push(keepIf(slot !== undefined, RESERVED, { id: bayId, ...slot }, position));
    }
    if (story.filter((event) => event.stream.startsWith('bay-')).map((event) => this.rotations.heard(event as BayEvent & RecordedEvent)).some(Boolean)) {
      const times = this.rotations.get(bayId);
      const document = { id: bayId, times };
      changes.push(keepIf(times !== undefined, ROTATIONS, document, position));
    }
    return changes;
  }

  /** One bay's trouble is not another's: only a log that is away stops the line, everything else is said and left to the deadline. */
  async #survive(event: Known): Promise<void> {
    try {
      await this.#effect(event);
    } catch (error) {
      if (isDomainError(error) && error.kind === 'unavailable') throw error;
      this.log.error('an operation could not be carried on from an event; its deadline will end it', { stream: event.stream, position: event.position, type: event.type, error });
    }
  }

  async #effect(event: Known): Promise<void> {
    switch (event.type) {
      case 'BaySlotReserved': return this.#reserve(event.data);
      case 'BaySlotReleased': return this.reservations.settled(event.data.bayId);
      case 'BayCreationRequested':
        this.reservations.settled(event.data.bayId);
        return this.#startOperation(event, event.data.spec, { kind: 'create', bayId: event.data.bayId, operationId: event.data.operationId });
      case 'BayResizeRequested': {
        const { bayId, operationId, nodeGroup, nodeCount, nodesToRemove } = event.data;
        return this.#startOnBay(event, { kind: 'resize', bayId, operationId, resize: { nodeGroup, nodeCount, nodesToRemove } });
      }
      case 'NodeGroupCreationRequested': return this.#startOnGroup(event, 'create-node-group', event.data.nodeGroup.name);
      case 'NodeGroupRevisionRequested': return this.#startOnGroup(event, 'update-node-group', event.data.nodeGroup);
      case 'NodeGroupDeletionRequested': return this.#startOnGroup(event, 'delete-node-group', event.data.nodeGroup);
      case 'BayUpgradeRequested': {
        const { bayId, operationId, ...upgrade } = event.data;
        return this.#startOnBay(event, { kind: 'upgrade', bayId, operationId, upgrade });
      }
      case 'CaRotationRequested': return this.#startOnBay(event, { kind: 'rotate-ca', ...event.data });
      case 'CredentialRotationRequested': {
        const { bayId, operationId, ...rotation } = event.data;
        return this.#startOnBay(event, { kind: 'rotate-credential', bayId, operationId, rotation });
      }
      case 'ExtensionRequested': {
        const { bayId, operationId, call: extension } = event.data;
        return this.#startOnBay(event, { kind: 'extension', bayId, operationId, extension });
      }
      case 'BayDeletionRequested': return this.#startOnBay(event, { kind: 'delete', ...event.data });
      case 'BayDeleted':
      case 'BayCreationAbandoned': return this.#releaseSlot(event, event.data.bayId);
      case 'OperationStepSucceeded': {
        const { bayId, operationId, token, outcome } = event.data;
        const { nodesJoined: joined = [], nodesRemoved: removed = [], machines = [], outputs } = outcome;
        const data = { operationId, token, joined, removed, machines, ...(outputs?.stackId ? { stackId: outputs.stackId } : {}) };
        await this.writeSide.bays.execute(bayId, { type: 'ObserveBay', data }, following(event, 'observe'));
        return;
      }
      case 'OperationStepFailed': {
        const { bayId, operationId, token, machines = [] } = event.data;
        const data = { operationId, token, joined: [], removed: [], machines };
        if (machines.length > 0) await this.writeSide.bays.execute(bayId, { type: 'ObserveBay', data }, following(event, 'observe'));
        return;
      }
      case 'OperationSucceeded': return this.#complete(event, event.data);
      case 'OperationFailed':
      case 'OperationTimedOut': return this.#fail(event.data, following(event, 'fail'));
      default: return;
    }
  }

  async #reserve(slot: Reservation): Promise<void> {
    // A redelivered reservation whose bay is there already is nothing to watch.
    const { state } = await this.writeSide.bays.load(slot.bayId);
    if (state.phase === 'absent') this.reservations.reserved(slot);
  }

  #startOnGroup(event: Known & { data: { bayId: string; operationId: string } }, kind: OperationKind, nodeGroup: string): Promise<void> {
    const { bayId, operationId } = event.data;
    return this.#startOnBay(event, { kind, bayId, operationId, nodeGroup });
  }

  async #startOnBay(event: Known, operation: OperationView): Promise<void> {
    const { state } = await this.writeSide.bays.load(operation.bayId);
    if (state.phase === 'live') await this.#startOperation(event, state.spec, operation);
  }

  async #startOperation(event: Known, spec: BaySpec, operation: OperationView): Promise<void> {
    const minutes = spec.createTimeoutMinutes || this.config.operationTimeoutMinutes;
    const deadlineAt = new Date(Date.parse(event.occurredAt) + minutes * 60_000).toISOString();
    const { name, version } = driverOf(operation, spec);
    const driver = { name, version };
    const data = { bayId: operation.bayId, projectId: spec.projectId, operation, driver, deadlineAt };
    await this.writeSide.operations.execute(operation.bayId, { type: 'StartOperation', data }, following(event, 'start'));
  }

  async #complete(event: Known, { bayId, operationId, outputs }: Extract<Known, DomainEvent<'OperationSucceeded'>>['data']): Promise<void> {
    try {
      await this.writeSide.bays.execute(bayId, { type: 'CompleteOperation', data: { operationId, outputs } }, following(event, 'complete'));
    } catch (error) {
      if (isDomainError(error) && error.kind === 'unavailable') throw error;
      // Nobody else would end it: the operation is over, so no deadline watches it any more.
      const isRefusal = isDomainError(error);
      if (!isRefusal) this.log.error('the outcome of an operation could not be decided; it counts as failed', { bayId, operationId, error });
      await this.#fail({ bayId, operationId, reason: isRefusal ? error.message : 'its outcome could not be decided; the log of the scheduler says why' }, following(event, 'fail'));
    }
  }

  async #fail({ bayId, operationId, reason }: { bayId: string; operationId: string; reason: string }, context: EventContext): Promise<void> {
    await this.writeSide.bays.execute(bayId, { type: 'FailOperation', data: { operationId, reason } }, context);
  }

  async #releaseSlot(event: Known, bayId: string): Promise<void> {
    const projectId = event.type === 'BayCreationAbandoned' ? event.data.projectId : await this.#projectOf(bayId);
    if (projectId) await this.writeSide.quotas.execute(projectId, { type: 'ReleaseBaySlot', data: { projectId, bayId } }, following(event, 'release-slot'));
  }

  /** A deleted bay's state has forgotten its project; its first event has not. */
  async #projectOf(bayId: string): Promise<string | undefined> {
    for await (const event of this.eventLog.readStream(`bay-${bayId}`, { limit: 1 })) return (event as Known & { data: { spec: BaySpec } }).data.spec.projectId;
    return undefined;
  }
}

function keepIf(keep: boolean, collection: string, document: ReadDocument, position: string): DocumentChange {
  return keep ? { kind: 'upsert', collection, document, position } : { kind: 'delete', collection, id: document.id, position };
}
