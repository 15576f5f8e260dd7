import type { DeprecatedUseDocument } from '@jeroboam/read-model';
import type { Deprecation } from './deprecations.ts';

/** @param documents uses of whatever there is, the newest day first. */
export function deprecationView(entry: Deprecation, isOver: boolean, documents: readonly DeprecatedUseDocument[]): object {
  const { feature, kind, name, since, sunset, replacement, doc } = entry;
  const uses = documents.filter((document) => document.feature === feature).flatMap(({ day, projectId, clients }) => Object
    .entries(clients).map(([client, count]) => ({ day, project_id: projectId, client, count })));
  return { feature, kind, name, state: isOver ? 'gone' : 'deprecated', since, sunset, replacement, doc, uses };
}
