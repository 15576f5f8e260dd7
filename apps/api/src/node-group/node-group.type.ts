import { STATUSES } from '../bay/cluster.type.ts';
import { boolean, dictionary, ignored, integer, labels, list, mandatory, oneOf, readOnly, string, text, uuid } from '../wire/attribute.ts';
import type { PatchRules } from '../wire/json-patch.ts';
import { ResourceType, type Read } from '../wire/resource-type.ts';

const name255 = () => string({ min: 1, max: 255 });

/** What may be sent of a node group, in Magnum's order: contract section 2.3. `is_default` and what says how it is count for nothing. */
export const NODE_GROUP = new ResourceType('nodegroup', {
  id: integer(1),
  uuid: uuid(),
  name: mandatory(name255()),
  cluster_id: uuid(),
  project_id: readOnly(ignored()),
  docker_volume_size: integer(1),
  labels: labels(),
  links: readOnly(ignored()),
  flavor_id: name255(),
  image_id: name255(),
  node_addresses: readOnly(ignored()),
  node_count: integer(0),
  role: name255(),
  min_node_count: integer(0),
  max_node_count: integer(0),
  is_default: boolean(),
  stack_id: readOnly(ignored()),
  status: oneOf(...STATUSES),
  status_reason: text(),
  version: text(),
  merge_labels: boolean(),
  labels_overridden: dictionary(),
  labels_added: dictionary(),
  labels_skipped: dictionary(),
  node_labels: dictionary(),
  node_taints: list(),
  created_at: readOnly(ignored()),
  updated_at: readOnly(ignored()),
});

export type NodeGroupFields = typeof NODE_GROUP extends ResourceType<infer A> ? Read<A> : never;

/** Contract section 2.8. */
export const NODE_GROUP_PATCH: PatchRules = {
  internal: [
    '/name', '/cluster_id', '/docker_volume_size', '/labels', '/flavor_id', '/image_id', '/node_addresses', '/node_count', '/role',
    '/is_default', '/stack_id', '/status', '/status_reason', '/version',
  ],
  nonRemovable: [],
  maps: ['/node_labels', '/node_taints'],
};
