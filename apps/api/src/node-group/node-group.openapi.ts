import { STATUS } from '../bay/cluster.openapi.ts';
import { OPERATION_HEADERS } from '../openapi/common-answers.ts';
import { Described, json, nothing } from '../openapi/describe.ts';
import { BOOLEAN, INTEGER, TEXT, TIME, UUID, listOf, mapOf, named, nullable, object } from '../openapi/schema.ts';
import { LINKS, pageOf } from '../openapi/shapes.ts';
import { patchOf } from '../wire/json-patch.ts';
import { PAGE_ARGUMENTS } from '../wire/page.ts';
import { textArgument } from '../wire/query.ts';
import { NODE_GROUP, NODE_GROUP_PATCH } from './node-group.type.ts';

/** Arguments of the list. */
export const LIST_ARGUMENTS = { ...PAGE_ARGUMENTS, role: textArgument };

const LABELS = mapOf(TEXT);
const TAINTS = listOf(named('NodeTaint', object({ key: TEXT, effect: TEXT }, { value: TEXT })));

const SUMMARY = {
  uuid: UUID,
  name: TEXT,
  flavor_id: nullable(TEXT),
  image_id: TEXT,
  node_count: INTEGER,
  role: TEXT,
  min_node_count: INTEGER,
  max_node_count: nullable(INTEGER),
  merge_labels: { const: false },
};
const COMPARED = {
  cluster_id: UUID,
  project_id: TEXT,
  labels: LABELS,
  links: LINKS,
  labels_overridden: { ...LABELS, description: 'Those that the cluster has with another value: that value.' },
  labels_added: LABELS,
  labels_skipped: { ...LABELS, description: 'Those of the cluster that the node group does not have.' },
};
const STATE = { is_default: BOOLEAN, stack_id: nullable(TEXT), status: STATUS };

const NODE_GROUP_SHOWN = named('NodeGroup', object({
  id: INTEGER, ...SUMMARY, ...COMPARED, ...STATE,
  docker_volume_size: nullable(INTEGER),
  node_addresses: listOf(TEXT),
  status_reason: nullable(TEXT),
  version: { type: 'null' },
  node_labels: LABELS,
  node_taints: TAINTS,
  created_at: TIME,
  updated_at: nullable(TIME),
}));
const NODE_GROUP_ACCEPTED = named(
  'NodeGroupAccepted', object({ ...SUMMARY, ...COMPARED }, { docker_volume_size: INTEGER, node_labels: LABELS, node_taints: TAINTS }),
);

export const NodeGroupsDescribed = Described({
  list: { summary: 'List the node groups of a cluster', query: LIST_ARGUMENTS, answers: { 200: json(pageOf('nodegroups', named('NodeGroupSummary', object({ ...SUMMARY, ...STATE })))) }, refusals: [404, 409] },
  show: { summary: 'Show a node group', answers: { 200: json(NODE_GROUP_SHOWN) }, refusals: [409] },
  create: {
    summary: 'Add a node group to a cluster', body: { name: 'NodeGroupCreate', type: NODE_GROUP },
    answers: { 202: json(NODE_GROUP_ACCEPTED, 'It is being made.', OPERATION_HEADERS) }, refusals: [404, 409],
  },
  update: {
    summary: 'Change the bounds of a node group, or the labels and taints of its nodes', body: { name: 'NodeGroupPatch', type: patchOf(NODE_GROUP_PATCH) },
    answers: { 202: json(NODE_GROUP_SHOWN, 'What is asked for, in the state of before.', OPERATION_HEADERS) }, refusals: [409],
  },
  remove: {
    summary: 'Delete a node group', description: 'Not the default ones.',
    answers: { 204: nothing('It is being deleted.', OPERATION_HEADERS) }, refusals: [409],
  },
});
