import type { RecordedEvent } from '@jeroboam/domain';
import { UnknownEvent } from '../errors.ts';
import type { DocumentReader, Projection, ReadDocument } from '../read-model.port.ts';

/** What the sample keeps of a stream: any event twice, left out or out of order shows. */
export interface TallyDocument extends ReadDocument {
  readonly events: number;
  /** Revisions in the order in which they were projected. */
  readonly revisions: readonly number[];
}

/** Shared by all streams, so that a retried stream meets documents that have moved on. */
export interface TotalDocument extends ReadDocument {
  readonly events: number;
}

/**
 * Counts `Counted`, forgets a stream at `Forgotten`, throws at any other type, and at `Counted` with `{ poison: <name> }`
 * unless that poison is in `cured`.
 */
export function sampleProjection(cured: ReadonlySet<string> = new Set()): Projection {
  return {
    name: 'tally',
    collections: [{ name: 'tallies', indexes: ['events'] }, { name: 'totals', indexes: [] }],
    categories: ['bay'],
    async project(event, documents) {
      const { position, stream } = event;
      if (event.type === 'Forgotten') return [{ kind: 'delete', collection: 'tallies', id: stream, position }];
      if (event.type !== 'Counted') throw new UnknownEvent('tally', event);
      const { poison } = event.data as { poison?: string };
      if (poison !== undefined && !cured.has(poison)) throw new Error(`poisoned by ${poison}`);
      return [
        { kind: 'upsert', collection: 'tallies', document: await counted(event, documents), position },
        { kind: 'upsert', collection: 'totals', document: await addedUp(documents), position },
      ];
    },
  };
}

async function counted({ stream, revision }: RecordedEvent, documents: DocumentReader): Promise<TallyDocument> {
  const tally = await documents.get<TallyDocument>('tallies', stream);
  return { id: stream, events: (tally?.events ?? 0) + 1, revisions: [...(tally?.revisions ?? []), revision] };
}

async function addedUp(documents: DocumentReader): Promise<TotalDocument> {
  const total = await documents.get<TotalDocument>('totals', 'all');
  return { id: 'all', events: (total?.events ?? 0) + 1 };
}
