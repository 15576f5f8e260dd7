import type { BayDocument, NodeGroupDocument, Query, ReadDocument } from '@jeroboam/read-model';
import { readPage, type Page } from '../wire/page.ts';
import { sortedPage } from '../wire/sorted-page.ts';
import type { Given } from '../wire/query.ts';
import { findNodeGroup } from './find-node-group.ts';
import type { LIST_ARGUMENTS } from './node-group.openapi.ts';

interface Row extends ReadDocument {
  readonly group: NodeGroupDocument;
}

/** Columns of Magnum's that one may sort by. */
const SORT_KEYS: Readonly<Record<string, keyof NodeGroupDocument | 'id'>> = {
  id: 'id', uuid: 'nodeGroupId', name: 'name', flavor_id: 'flavorId', image_id: 'imageId', node_count: 'nodeCount', role: 'role',
  min_node_count: 'minNodeCount', max_node_count: 'maxNodeCount', is_default: 'isDefault', stack_id: 'stackId', status: 'status',
  status_reason: 'statusReason', docker_volume_size: 'dockerVolumeSize', created_at: 'createdAt', updated_at: 'updatedAt', labels: 'labels',
  node_addresses: 'nodeAddresses',
  // The same in all of one bay.
  cluster_id: 'id', project_id: 'id',
};

/** One page of the node groups of a bay, by the rules of all lists; a bay carries its groups, so they are sorted here. */
export function listNodeGroups(bay: BayDocument, { role, ...given }: Given<typeof LIST_ARGUMENTS>, maxLimit: number): Promise<Page<Row>> {
  const rows = bay.nodeGroups
    .filter((group) => role === undefined || group.role === role)
    .map((group): Row => ({ id: group.nodeGroupId, group }));
  const list = {
    collection: 'node_groups', sortKeys: SORT_KEYS, where: undefined, maxLimit,
    marker: async (id: string): Promise<Row> => ({ id: findNodeGroup(bay, id).nodeGroupId, group: findNodeGroup(bay, id) }),
  };
  return readPage<Row>({ find: async <D extends ReadDocument>(_collection: string, query?: Query) => pageOf(rows, query) as readonly ReadDocument[] as D[] }, list, given);
}

/** What is equal stays in the order of creation, which is also what `id` means. */
function pageOf(rows: readonly Row[], { sortBy = 'id', descending = false, limit = rows.length, afterId }: Query = {}): readonly Row[] {
  const by = ({ group }: Row) => (sortBy === 'id' ? null : group[sortBy as keyof NodeGroupDocument]);
  return sortedPage(rows, { by, descending, limit, afterId });
}
