import { categoryOf } from '@jeroboam/domain';
import type { EventLog } from '@jeroboam/event-log';
import { bayOf } from './wire-event.ts';

/** Streams whose owner is remembered: an owner never changes. */
const MAX_REMEMBERED = 10_000;

/**
 * Whose events are whose. The actor does not tell: administrators act in other projects, and the service acts by
 * itself. The first event of a bay does. It is read from the log and not from a document, because no projection is
 * ahead of the log, and what is not known yet would have to be kept from its owner.
 */
export class EventOwners {
  readonly #known = new Map<string, string>();

  constructor(private readonly log: Pick<EventLog, 'readStream'>) {}

  /** @returns the project; null where none can be told: such events are for administrators only. */
  async projectOf(stream: string): Promise<string | null> {
    const category = categoryOf(stream);
    if (category === 'quota') return stream.slice('quota-'.length);
    const bayId = bayOf(stream);
    if (bayId !== null) return this.#ofFirstEvent(`bay-${bayId}`);
    return category === 'baymodel' ? this.#ofFirstEvent(stream) : null;
  }

  async #ofFirstEvent(stream: string): Promise<string | null> {
    const known = this.#known.get(stream);
    if (known !== undefined) return known;
    for await (const { data } of this.log.readStream(stream, { limit: 1 })) {
      // A creation says it in its specification; the end of one that never was, beside it.
      const { spec, projectId } = data as { readonly spec?: { readonly projectId?: unknown }; readonly projectId?: unknown };
      const owner = spec?.projectId ?? projectId;
      if (typeof owner === 'string') return this.#remember(stream, owner);
    }
    return null;
  }

  #remember(stream: string, owner: string): string {
    // The oldest goes; should it be asked for again, it is read again.
    if (this.#known.size >= MAX_REMEMBERED) for (const oldest of this.#known.keys()) { this.#known.delete(oldest); break; }
    this.#known.set(stream, owner);
    return owner;
  }
}
