import { setImmediate } from 'node:timers/promises';
import { DomainError } from '@jeroboam/domain';
import type { Position, RecordedEvent } from '@jeroboam/domain';
import type { EventBatch, EventLog, Subscription } from '@jeroboam/event-log';
import type { Logger } from '@jeroboam/platform';
import { frameOf, type EventConnection } from './event-connection.ts';
import type { EventOwners } from './event-owners.ts';

/** Connections one process serves. */
export const MAX_CONNECTIONS = 1_000;
/** Events a connection may be behind to be let in with the others; further behind, it reads the log at its own pace. */
const MAX_BEHIND = 64;
/** Events handed out at once: few enough that a client that reads has read them before its queue is full. */
const BATCH_SIZE = 64;

/** This process serves as many listeners as it can, or none any more. */
export class NoRoomForListeners extends DomainError {
  readonly code = 'NO_ROOM_FOR_LISTENERS';
  readonly kind = 'unavailable';
}

/**
 * Hands the log's events to everybody who listens: one subscription for all, so that a listener costs no reading of
 * its own, and one connection's past read by itself, so that it holds up nobody.
 */
export class EventHub {
  readonly #connections = new Set<EventConnection>();
  /** Those in `#connections` that have been read up to `#position`. */
  readonly #joined = new Set<EventConnection>();
  #subscription: Subscription | undefined;
  /** How far the subscription has got; empty while the log is. */
  #position: Position = '';
  #turn: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(
    private readonly log: EventLog,
    private readonly owners: EventOwners,
    private readonly logger: Logger,
  ) {}

  /** @throws {NoRoomForListeners} */
  requireRoom(): void {
    if (this.#closed) throw new NoRoomForListeners('This service is shutting down; ask another.');
    if (this.#connections.size < MAX_CONNECTIONS) return;
    throw new NoRoomForListeners(`This service has ${MAX_CONNECTIONS} listeners already; ask another.`);
  }

  /** Gives the connection what there is after its position, then what comes. Resolves once it is up to date, or closed. */
  async serve(connection: EventConnection): Promise<void> {
    this.#connections.add(connection);
    connection.body.once('close', () => {
      this.#connections.delete(connection);
      this.#joined.delete(connection);
    });
    try {
      while (connection.open && !(await this.#inTurn(() => this.#join(connection)))) {
        await this.#catchUp(connection);
        await connection.room();
      }
    } catch (error) {
      this.logger.warn('listener could not be served', { error });
      connection.end('the event log cannot be read now');
    }
  }

  /** Says goodbye to everybody. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#endAll('the service is shutting down');
    await this.#subscription?.stop();
  }

  /** Reads on in the log as fast as the client does. */
  async #catchUp(connection: EventConnection): Promise<void> {
    const head = (await this.log.head()) ?? '';
    for await (const event of this.log.readAll({ ...connection.filter.onLog, ...afterOf(connection.position) })) {
      await this.#offer(event, [connection]);
      await connection.room();
      if (!connection.open) return;
    }
    connection.skipTo(head);
  }

  /** @returns false for a connection that is too far behind. */
  async #join(connection: EventConnection): Promise<boolean> {
    await this.#subscribe();
    const behind = this.log.readAll({ ...connection.filter.onLog, ...afterOf(connection.position), limit: MAX_BEHIND + 1 });
    let read = 0;
    for await (const event of behind) {
      if (event.position > this.#position) break;
      if ((read += 1) > MAX_BEHIND) return false;
      await this.#offer(event, [connection]);
    }
    connection.skipTo(this.#position);
    if (connection.open && !this.#closed) this.#joined.add(connection);
    else connection.end('the service is shutting down');
    return true;
  }

  async #subscribe(): Promise<void> {
    if (this.#subscription || this.#closed) return;
    this.#position = (await this.log.head()) ?? '';
    const options = { ...afterOf(this.#position), batchSize: BATCH_SIZE };
    const subscription = this.log.subscribe(options, (batch) => this.#inTurn(() => this.#handOut(batch)));
    this.#subscription = subscription;
    subscription.done.catch((error: unknown) => {
      this.logger.warn('event subscription ended; listeners have to come again', { error });
      this.#subscription = undefined;
      this.#endAll('the event log cannot be read now');
    });
  }

  async #handOut({ events, upTo }: EventBatch): Promise<void> {
    if (this.#joined.size > 0) for (const event of events) await this.#offer(event, this.#joined);
    this.#position = upTo;
    for (const connection of this.#joined) connection.skipTo(upTo);
    // Sockets get their turn before the next batch.
    await setImmediate();
  }

  async #offer(event: RecordedEvent, connections: Iterable<EventConnection>): Promise<void> {
    const projectId = await this.owners.projectOf(event.stream);
    let frame: string | undefined;
    for (const connection of connections) connection.offer(event, projectId, () => (frame ??= frameOf(event)));
  }

  #endAll(reason: string): void {
    for (const connection of this.#connections) connection.end(reason);
    this.#joined.clear();
  }

  /** One after another: while somebody joins, nothing is handed out that it could miss. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => undefined);
    return done;
  }
}

function afterOf(position: Position): { readonly after?: Position } {
  return position === '' ? {} : { after: position };
}
