import { bayModelDecider, categoryOf, isDomainError } from '@jeroboam/domain';
import type { BayModelEvent, BayModelSpec, Position, RecordedEvent } from '@jeroboam/domain';
import type { EventLog } from '@jeroboam/event-log';
import { evolveRecord } from '../bay/bay-record.ts';
import type { BayRecord } from '../bay/bay-record.ts';
import type { Recorded, RecordedBayEvent } from '../bay/recorded.ts';
import { isKnown } from '../bay/recorded.ts';
import type { Happening } from '../mapping/happening.ts';

/**
 * What one sink knows of the bays, as of its own cursor: every bay's own stream, folded up to there. So it needs nothing
 * that others keep, and no race with them can change a message.
 */
export class Story {
  readonly #records = new Map<string, BayRecord>();

  constructor(
    private readonly log: EventLog,
    private readonly auditPeriodMs: number,
    /** A bay whose events do not make one: the others are told of all the same. */
    private readonly onUnreadable: (bayId: string, error: unknown) => void,
  ) {}

  /** Bays that are there, and deleted ones that were not forgotten yet, in order of their ids. */
  records(): readonly BayRecord[] {
    return [...this.#records.values()].sort((one, other) => (idOf(one) < idOf(other) ? -1 : 1));
  }

  /** Reads bays up to a position. */
  async load(bayIds: Iterable<string>, upTo: Position): Promise<void> {
    this.#records.clear();
    for (const bayId of bayIds) {
      try {
        await this.#load(bayId, upTo);
      } catch (error) {
        if (isDomainError(error) && error.kind === 'unavailable') throw error;
        this.onUnreadable(bayId, error);
      }
    }
  }

  async #load(bayId: string, upTo: Position): Promise<void> {
    for await (const event of this.log.readStream(`bay-${bayId}`)) {
      if (event.position > upTo) break;
      if (isKnown(event)) this.#evolve(event as RecordedBayEvent);
    }
  }

  forget(bayId: string): void {
    this.#records.delete(bayId);
  }

  /** Takes the next event of the log in. */
  async happens(event: Recorded): Promise<Happening> {
    if (categoryOf(event.stream) === 'bay') {
      const before = this.#records.get(bayIdOf(event)!);
      return { event, before, after: this.#evolve(event as RecordedBayEvent), bayModel: undefined };
    }
    const bayId = bayIdOf(event);
    const record = bayId === undefined ? undefined : this.#records.get(bayId);
    return { event, before: record, after: record, bayModel: categoryOf(event.stream) === 'baymodel' ? await this.#bayModel(event) : undefined };
  }

  #evolve(event: RecordedBayEvent): BayRecord | undefined {
    const bayId = bayIdOf(event)!;
    const record = evolveRecord(this.#records.get(bayId), event, this.auditPeriodMs);
    if (record) this.#records.set(bayId, record);
    return record;
  }

  /** Bay models change seldom: their stream is read when it happens. */
  async #bayModel({ stream, revision }: RecordedEvent): Promise<BayModelSpec | undefined> {
    let spec: BayModelSpec | undefined;
    let state = bayModelDecider.initialState();
    for await (const event of this.log.readStream(stream, { limit: revision + 1 })) {
      state = bayModelDecider.evolve(state, event as unknown as BayModelEvent);
      if (state.phase === 'present') spec = state.spec;
    }
    return spec;
  }
}

const idOf = ({ bay }: BayRecord): string => bay.spec.bayId;

function bayIdOf({ data }: { readonly data: unknown }): string | undefined {
  const { bayId } = data as { readonly bayId?: unknown };
  return typeof bayId === 'string' ? bayId : undefined;
}
