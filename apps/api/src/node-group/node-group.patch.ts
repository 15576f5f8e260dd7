import type { NodeGroupChanges } from '@jeroboam/domain';
import type { BayDocument, NodeGroupDocument } from '@jeroboam/read-model';
import { applyPatch, type PatchOperation } from '../wire/json-patch.ts';
import type { Json, JsonObject } from '../wire/python-values.ts';
import { NODE_GROUP, NODE_GROUP_PATCH } from './node-group.type.ts';
import { nodeLabelsOf, nodeTaintsOf } from './node-parts.ts';

/**
 * What a patch asks for of the four things that can be changed; what it leaves as it is may be among them.
 * @throws {BadRequest} {InvalidInput} {PatchRefused} {InvalidNodeGroup}
 */
export function wantedChanges({ spec }: BayDocument, group: NodeGroupDocument, patch: readonly PatchOperation[]): NodeGroupChanges {
  const before: JsonObject = {
    name: group.name, min_node_count: group.minNodeCount, max_node_count: group.maxNodeCount, node_labels: group.nodeLabels ?? {},
    node_taints: (group.nodeTaints ?? []) as unknown as Json,
  };
  const after = NODE_GROUP.validate(applyPatch(before, patch, NODE_GROUP_PATCH));
  const owner = { name: group.name, role: group.role, coe: spec.coe };
  const touches = (name: string) => patch.some(({ path }) => path === `/${name}` || path.startsWith(`/${name}/`));
  return {
    ...(touches('min_node_count') ? { minNodeCount: after.min_node_count ?? 0 } : {}),
    ...(touches('max_node_count') ? { maxNodeCount: after.max_node_count ?? null } : {}),
    ...(touches('node_labels') ? { nodeLabels: nodeLabelsOf(after.node_labels ?? {}, owner) } : {}),
    ...(touches('node_taints') ? { nodeTaints: nodeTaintsOf(after.node_taints ?? [], owner) } : {}),
  };
}
