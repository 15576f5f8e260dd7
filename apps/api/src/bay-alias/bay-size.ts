import { isDeepStrictEqual } from 'node:util';
import type { BayDocument } from '@jeroboam/read-model';
import { BadRequest } from '../wire/errors.ts';
import { applyPatch, type PatchOperation } from '../wire/json-patch.ts';
import type { JsonObject } from '../wire/python-values.ts';
import { BAY, BAY_PATCH } from './bay.type.ts';
import { bayDetail } from './bay.view.ts';

/** What `node_count` falls back to when it is removed. */
const DEFAULT_NODE_COUNT = 1;

const NOT_PATCHABLE = new Set([
  'uuid', 'links', 'stack_id', 'api_address', 'node_addresses', 'master_addresses', 'created_at', 'updated_at',
]);

/**
 * Reads what a patch asks for, under the old names. Only the number of nodes may change.
 *
 * @returns nodes wanted in the default worker group; undefined where the patch does not speak of them.
 * @throws {BadRequest} {InvalidInput} {PatchRefused}
 */
export function wantedBaySize(bay: BayDocument, patch: readonly PatchOperation[]): number | undefined {
  const before = Object.fromEntries(Object.entries(bayDetail(bay, '')).filter(([name]) => !NOT_PATCHABLE.has(name))) as JsonObject;
  const after = applyPatch(before, patch, BAY_PATCH);
  // What is not spoken of was not necessarily asked for as a bay: a cluster may have no nodes.
  const spokenOf = new Set(patch.map(({ path }) => path.split('/')[1]));
  const { node_count: nodeCount } = BAY.validate(Object.fromEntries(Object.entries(after).filter(([name]) => spokenOf.has(name))));
  const changed = Object.keys(before).filter((name) => name !== 'node_count' && !isDeepStrictEqual(before[name], after[name] ?? null));
  if (changed.length > 0) throw new BadRequest(`cannot change bay property(ies) ${changed.join(', ')}.`);
  return spokenOf.has('node_count') ? (nodeCount ?? DEFAULT_NODE_COUNT) : undefined;
}
