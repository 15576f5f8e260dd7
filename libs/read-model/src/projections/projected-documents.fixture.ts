import type { DomainEvent, NewEvent, RecordedEvent } from '@jeroboam/domain';
import type { DocumentChange, DocumentReader, Projection, ReadDocument } from '../read-model.port.ts';

/**
 * What a projection makes of a history, in memory and guarded by position as every store must be: an older event never
 * overwrites a newer one, and what was deleted does not come back.
 */
export class ProjectedDocuments implements DocumentReader {
  readonly #kept = new Map<string, { readonly text: string | null; readonly position: string }>();

  constructor(private readonly projection: Projection) {}

  async apply(...events: readonly RecordedEvent[]): Promise<this> {
    for (const event of events) {
      if (!this.projection.categories.some((category) => event.stream.startsWith(`${category}-`))) continue;
      for (const change of await this.projection.project(event, this)) this.#keep(change);
    }
    return this;
  }

  async get<D extends ReadDocument>(collection: string, id: string): Promise<D | undefined> {
    const text = this.#kept.get(`${collection}/${id}`)?.text;
    return typeof text === 'string' ? (JSON.parse(text) as D) : undefined;
  }

  /** Everything there is, by `collection/id`. */
  all(): Record<string, unknown> {
    const present = [...this.#kept].flatMap(([key, { text }]): [string, unknown][] => (text === null ? [] : [[key, JSON.parse(text)]]));
    return Object.fromEntries(present.toSorted(([one], [other]) => (one < other ? -1 : 1)));
  }

  #keep(change: DocumentChange): void {
    const key = `${change.collection}/${change.kind === 'upsert' ? change.document.id : change.id}`;
    if ((this.#kept.get(key)?.position ?? '') > change.position) return;
    this.#kept.set(key, { text: change.kind === 'upsert' ? JSON.stringify(change.document) : null, position: change.position });
  }
}

/** Events of one stream, recorded one after another from position `first` on, a second apart. */
export function recorded(stream: string, events: readonly DomainEvent[], first = 1, envelope: Partial<NewEvent> = {}): RecordedEvent[] {
  return events.map((event, index) => recordedAt(stream, event, first + index, { revision: index, ...envelope }));
}

export function recordedAt(stream: string, event: DomainEvent, position: number, envelope: Partial<RecordedEvent> = {}): RecordedEvent {
  const at = momentOf(position);
  return {
    ...event, stream, revision: 0, position: String(position).padStart(16, '0'), eventId: `event-${position}`,
    occurredAt: at, recordedAt: at,
    actor: { userId: 'u1', projectId: 'p1', roles: ['member'] }, requestId: 'req-1', commandId: 'command-1',
    correlationId: 'correlation-1', causationId: null, prevHash: '', hash: '', ...envelope,
  };
}

/** When the event at `position` happened. */
export function momentOf(position: number): string {
  return new Date(Date.parse('2026-01-31T12:00:00.000Z') + position * 1_000).toISOString();
}
