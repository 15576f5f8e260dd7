import { categoryOf } from '@jeroboam/domain';
import type { Position, RecordedEvent } from '@jeroboam/domain';
import type { EventLog } from '@jeroboam/event-log';
import type { DocumentChange, ReadDocument, ReadModel } from '@jeroboam/read-model';
import { PERIODS } from './periods.ts';
import type { PeriodsDocument } from './periods.ts';

/** A notification that may not be sent; it waits here for an operator, nothing waits for it. */
export interface ParkedNotification extends ReadDocument {
  readonly eventType: string;
  readonly position: Position;
  readonly problems: readonly string[];
}

/** Another notifier has moved the cursor of the same sink. Nothing was written; begin again from where it is. */
export class CursorMoved extends Error {
  constructor(sink: string) {
    super(`another notifier serves the sink ${sink}`);
    this.name = 'CursorMoved';
  }
}

/** Before every position there is: what was told to begin there has begun, although nothing has happened yet. */
const BEGINNING: Position = '';

/** Where one sink has got to, in the store of the read side: position, periods and bays commit together. */
export class Cursor {
  readonly consumer: string;
  /** Which bays are there, or are to be told of once more: their ids. Everything else is in their streams. */
  readonly #bays: string;
  readonly #state: string;
  readonly #parked: string;
  position: Position = BEGINNING;
  periods: PeriodsDocument | undefined;

  constructor(
    private readonly sink: string,
    private readonly readModel: ReadModel,
  ) {
    this.consumer = `notifier-${sink}`;
    this.#bays = `notifier_${sink}_bays`;
    this.#state = `notifier_${sink}_state`;
    this.#parked = `notifier_${sink}_parked`;
  }

  /** @returns false: this sink was never served. */
  async open(): Promise<boolean> {
    await this.readModel.ensure([{ name: this.#bays, indexes: [] }, { name: this.#state, indexes: [] }, { name: this.#parked, indexes: [] }]);
    const position = await this.readModel.checkpoint(this.consumer);
    this.position = position ?? BEGINNING;
    this.periods = await this.readModel.get<PeriodsDocument>(this.#state, PERIODS);
    return position !== undefined;
  }

  /** What to read the log with, to go on from here. */
  after(): { readonly after?: Position } {
    return this.position === BEGINNING ? {} : { after: this.position };
  }

  /** Ids of the bays of which there is something to be said. */
  async bays(): Promise<readonly string[]> {
    return (await this.readModel.find(this.#bays)).map(({ id }) => id);
  }

  async beginAtTheBeginning(): Promise<void> {
    if (!(await this.readModel.commit(this.consumer, undefined, BEGINNING, []))) throw new CursorMoved(this.sink);
  }

  /** Begins behind `head`: what is there already is known, and told to nobody. */
  async beginAt(head: Position, periods: PeriodsDocument, log: EventLog): Promise<void> {
    const bays = new Set<string>();
    for await (const { type, data, position } of log.readAll({ types: ['BayCreationRequested', 'BayDeleted'] })) {
      if (position > head) break;
      const { bayId } = data as { readonly bayId: string };
      if (type === 'BayDeleted') bays.delete(bayId);
      else bays.add(bayId);
    }
    const changes = [...bays].map((id): DocumentChange => ({ kind: 'upsert', collection: this.#bays, document: { id }, position: head }));
    const state: DocumentChange = { kind: 'upsert', collection: this.#state, document: periods, position: head };
    if (!(await this.readModel.commit(this.consumer, undefined, head, [...changes, state]))) throw new CursorMoved(this.sink);
    this.position = head;
    this.periods = periods;
  }

  /** Everything that follows from events up to `to` is out. */
  async moveTo(to: Position, events: readonly RecordedEvent[], periods: PeriodsDocument | undefined, parked: readonly ParkedNotification[]): Promise<void> {
    const created = events.filter(({ type, stream }) => type === 'BayCreationRequested' && categoryOf(stream) === 'bay');
    const changes = created.map(({ data, position }): DocumentChange => ({ kind: 'upsert', collection: this.#bays, document: { id: (data as { bayId: string }).bayId }, position }));
    await this.#commit(to, [...changes, ...this.#parking(parked)], periods);
  }

  /** A part of a period is out; `forgotten` are bays of which nothing more is to be said. */
  async tell(periods: PeriodsDocument, forgotten: readonly string[], parked: readonly ParkedNotification[]): Promise<void> {
    const { position } = this;
    await this.#commit(position, [...forgotten.map((id): DocumentChange => ({ kind: 'delete', collection: this.#bays, id, position })), ...this.#parking(parked)], periods);
  }

  async #commit(to: Position, effects: readonly DocumentChange[], periods: PeriodsDocument | undefined): Promise<void> {
    const isSame = !periods || JSON.stringify(this.periods) === JSON.stringify(periods);
    const changes = isSame ? effects : [...effects, { kind: 'upsert' as const, collection: this.#state, document: periods, position: to }];
    const stays = this.position === to;
    if (stays && changes.length === 0) return;
    const unchanged = stays && this.periods ? [{ collection: this.#state, document: this.periods }] : [];
    if (!(await this.readModel.commit(this.consumer, this.position, to, changes, { unchanged }))) throw new CursorMoved(this.sink);
    this.position = to;
    if (periods) this.periods = periods;
  }

  #parking(parked: readonly ParkedNotification[]): DocumentChange[] {
    return parked.map((document) => ({ kind: 'upsert', collection: this.#parked, document, position: document.position }));
  }
}
