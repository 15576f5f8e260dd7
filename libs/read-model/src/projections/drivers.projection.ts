import type { DriverEvent, DriverLifeState, PublishedTemplate } from '@jeroboam/domain';
import type { CollectionSpec, Projection, ReadDocument } from '../read-model.port.ts';
import { readAs, type ReadableVersions } from './readable-event.ts';

/** Collection `drivers`: what is known of a version of a driver beside its manifest. `id` is `name@version`. */
export interface DriverDocument extends ReadDocument {
  readonly name: string;
  readonly version: string;
  /** Null: as the manifest says. */
  readonly state: DriverLifeState | null;
  /** User id of who changed the state last. */
  readonly stateChangedBy: string | null;
  readonly stateChangedAt: string | null;
  /** Every template that was ever loaded with it. */
  readonly templates: readonly PublishedTemplate[];
}

export const DRIVERS: CollectionSpec = { name: 'drivers', indexes: ['name', 'version'] };
export const DRIVERS_PROJECTION = 'drivers';

const EVENTS: ReadableVersions<DriverEvent> = { TemplatesPublished: 1, DriverStateChanged: 1 };

export const driversProjection: Projection = {
  name: DRIVERS_PROJECTION,
  collections: [DRIVERS],
  categories: ['driver'],
  async project(recorded, documents) {
    const { type, data, position, occurredAt, actor } = readAs<DriverEvent>(recorded, EVENTS, DRIVERS_PROJECTION);
    const { name, version } = data;
    const id = `${name}@${version}`;
    const before = await documents.get<DriverDocument>(DRIVERS.name, id)
      ?? { id, name, version, state: null, stateChangedBy: null, stateChangedAt: null, templates: [] };
    const document: DriverDocument = type === 'DriverStateChanged'
      ? { ...before, state: data.state, stateChangedBy: actor.userId, stateChangedAt: occurredAt }
      : { ...before, templates: [...before.templates.filter((known) => data.templates.every((fresh) => fresh.version !== known.version)), ...data.templates] };
    return [{ kind: 'upsert', collection: DRIVERS.name, document, position }];
  },
};
