import type { BayModelEvent } from '@jeroboam/domain';
import type { DocumentChange, Projection } from '../read-model.port.ts';
import { BAY_MODELS, PROJECTIONS, visibleTo } from './documents.ts';
import type { BayModelDocument } from './documents.ts';
import { BAY_MODEL_EVENTS, readAs } from './readable-event.ts';

/** Bay models (Magnum: cluster templates) that have not been deleted. */
export const bayModelsProjection: Projection = {
  name: PROJECTIONS.bayModels,
  collections: [BAY_MODELS],
  categories: ['baymodel'],
  async project(recorded, documents) {
    const event = readAs<BayModelEvent>(recorded, BAY_MODEL_EVENTS, PROJECTIONS.bayModels);
    const { position, occurredAt } = event;
    if (event.type === 'BayModelDeleted') return [{ kind: 'delete', collection: BAY_MODELS.name, id: event.data.bayModelId, position }];
    if (event.type === 'BayModelRevised') {
      const before = await documents.get<BayModelDocument>(BAY_MODELS.name, event.data.bayModelId);
      if (!before) return [];
      const revised = { ...before, ...event.data.changes };
      return [upsert({ ...revised, visibleTo: visibleTo(revised), updatedAt: occurredAt }, position)];
    }
    const { spec } = event.data;
    return [upsert({ id: spec.bayModelId, ...spec, visibleTo: visibleTo(spec), createdAt: occurredAt, updatedAt: null }, position)];
  },
};

function upsert(document: BayModelDocument, position: string): DocumentChange {
  return { kind: 'upsert', collection: BAY_MODELS.name, document, position };
}
