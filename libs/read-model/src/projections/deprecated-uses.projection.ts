import type { DeprecatedUse, DeprecatedUseEvent } from '@jeroboam/domain';
import type { CollectionSpec, DocumentChange, Projection, ReadDocument } from '../read-model.port.ts';
import { readAs, type ReadableVersions } from './readable-event.ts';

/** Collection `deprecated_uses`: how often one project used one deprecated thing on one day. */
export interface DeprecatedUseDocument extends ReadDocument {
  /** Of UTC, e.g. `2026-11-23`. */
  readonly day: string;
  readonly feature: string;
  readonly projectId: string;
  /** Uses by name of the client program; those beyond `MAX_CLIENTS` are `OTHER_CLIENTS`. */
  readonly clients: Readonly<Record<string, number>>;
  /** Position of the last event that is counted in. */
  readonly reached: string;
}

export const DEPRECATED_USES: CollectionSpec = { name: 'deprecated_uses', indexes: ['day', 'feature', 'projectId'] };
export const DEPRECATED_USES_PROJECTION = 'deprecated-uses';

/** Names are the clients' to choose: a document must not grow with them. */
export const MAX_CLIENTS = 20;
export const OTHER_CLIENTS = 'other';

const EVENTS: ReadableVersions<DeprecatedUseEvent> = { DeprecatedUseCounted: 1 };

/** Adds up what the API's processes counted. */
export const deprecatedUsesProjection: Projection = {
  name: DEPRECATED_USES_PROJECTION,
  collections: [DEPRECATED_USES],
  categories: ['deprecation'],
  async project(recorded, documents) {
    const { position, data: { day, uses } } = readAs<DeprecatedUseEvent>(recorded, EVENTS, DEPRECATED_USES_PROJECTION);
    const changes: DocumentChange[] = [];
    for (const [id, ofDocument] of Map.groupBy(uses, ({ feature, projectId }) => `${day} ${feature} ${projectId}`)) {
      const before = await documents.get<DeprecatedUseDocument>(DEPRECATED_USES.name, id);
      // Counting is not idempotent by itself: an event that comes again must not count again.
      if (before && position <= before.reached) continue;
      const { feature, projectId } = ofDocument[0]!;
      const document: DeprecatedUseDocument = {
        id, day, feature, projectId, clients: ofDocument.reduce(withUse, before?.clients ?? {}), reached: position,
      };
      changes.push({ kind: 'upsert', collection: DEPRECATED_USES.name, document, position });
    }
    return changes;
  },
};

function withUse(clients: Readonly<Record<string, number>>, { client, count }: DeprecatedUse): Readonly<Record<string, number>> {
  const isKnown = Object.hasOwn(clients, client) || Object.keys(clients).length < MAX_CLIENTS;
  const name = isKnown ? client : OTHER_CLIENTS;
  return { ...clients, [name]: (Object.hasOwn(clients, name) ? clients[name]! : 0) + count };
}
