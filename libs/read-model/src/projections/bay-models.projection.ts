import type { BayModelEvent } from '@jeroboam/domain';
import type { Projection } from '../read-model.port.ts';
import { BAY_MODELS, PROJECTIONS, visibleTo } from './documents.ts';
import type { BayModelDocument } from './documents.ts';
import { BAY_MODEL_EVENTS, readAs } from './readable-event.ts';

/** Bay models (Magnum: cluster templates) that have not been deleted. */
export const bayModelsProjection: Projection = {
  name: PROJECTIONS.bayModels,
  collections: [BAY_MODELS],
  categories: ['baymodel'],
  async project(recorded) {
    const event = readAs<BayModelEvent>(recorded, BAY_MODEL_EVENTS, PROJECTIONS.bayModels);
    const { position, occurredAt } = event;
    if (event.type === 'BayModelDeleted') return [{ kind: 'delete', collection: BAY_MODELS.name, id: event.data.bayModelId, position }];
    const { spec } = event.data;
    const document: BayModelDocument = { id: spec.bayModelId, ...spec, visibleTo: visibleTo(spec), createdAt: occurredAt, updatedAt: null };
    return [{ kind: 'upsert', collection: BAY_MODELS.name, document, position }];
  },
};
