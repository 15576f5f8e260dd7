import { NodeGroupNotFound } from '@jeroboam/domain';
import type { BayDocument, NodeGroupDocument } from '@jeroboam/read-model';

/**
 * Magnum's integer id of a node group: there the row's, here derived from the UUID, so that it needs no counter and is
 * the same after every rebuild. From 1 to 2147483647.
 */
export function numberOf({ nodeGroupId }: Pick<NodeGroupDocument, 'nodeGroupId'>): number {
  return (Number.parseInt(nodeGroupId.slice(0, 8), 16) >>> 1) || 1;
}

/** @param ident name, UUID or number. @throws {NodeGroupNotFound} */
export function findNodeGroup(bay: BayDocument, ident: string): NodeGroupDocument {
  const group = bay.nodeGroups.find((each) => each.name === ident || each.nodeGroupId === ident)
    ?? bay.nodeGroups.find((each) => String(numberOf(each)) === ident);
  if (!group) throw new NodeGroupNotFound(ident);
  return group;
}
