import type { BayEvent } from '@jeroboam/domain';
import type { CollectionSpec, Projection, ReadDocument } from '../read-model.port.ts';
import { BAY_EVENTS, readAs } from './readable-event.ts';

/**
 * Collection `bay_names`: every bay there ever was, `id` being its id. The way to the history of a bay by name, also
 * long after it was deleted, and to the project that may see it.
 */
export interface BayNameDocument extends ReadDocument {
  readonly name: string;
  readonly projectId: string;
  readonly createdAt: string;
  /** Null while the bay exists. */
  readonly deletedAt: string | null;
}

export const BAY_NAMES: CollectionSpec = { name: 'bay_names', indexes: ['name', 'projectId'] };

export const bayNamesProjection: Projection = {
  name: 'bay-names',
  collections: [BAY_NAMES],
  categories: ['bay'],
  async project(recorded, documents) {
    const event = readAs<BayEvent>(recorded, BAY_EVENTS, 'bay-names');
    const { position, occurredAt } = event;
    if (event.type === 'BayCreationRequested') {
      const { bayId, name, projectId } = event.data.spec;
      const document: BayNameDocument = { id: bayId, name, projectId, createdAt: occurredAt, deletedAt: null };
      return [{ kind: 'upsert', collection: BAY_NAMES.name, document, position }];
    }
    if (event.type !== 'BayDeleted') return [];
    const bay = await documents.get<BayNameDocument>(BAY_NAMES.name, event.data.bayId);
    return bay ? [{ kind: 'upsert', collection: BAY_NAMES.name, document: { ...bay, deletedAt: occurredAt }, position }] : [];
  },
};
