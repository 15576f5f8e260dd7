import { OPERATION_HEADERS } from '../openapi/common-answers.ts';
import { Described, alwaysRefused, json, nothing } from '../openapi/describe.ts';
import { BOOLEAN, INTEGER, TEXT, TIME, UUID, listOf, mapOf, named, nullable, object, words, type Schema } from '../openapi/schema.ts';
import { ACCEPTED, LINKS, pageOf } from '../openapi/shapes.ts';
import { patchOf } from '../wire/json-patch.ts';
import { PAGE_ARGUMENTS } from '../wire/page.ts';
import { booleanArgument } from '../wire/query.ts';
import { CLUSTER, CLUSTER_PATCH, HEALTH_STATUSES, RESIZE_REQUEST, ROTATE_CREDENTIAL_REQUEST, STATUSES, UPGRADE_REQUEST, UPGRADE_TEMPLATE_REQUEST } from './cluster.type.ts';

const LABELS = mapOf(TEXT);
export const STATUS = words(...STATUSES);

const SUMMARY = {
  uuid: UUID,
  name: TEXT,
  cluster_template_id: UUID,
  keypair: nullable(TEXT),
  node_count: INTEGER,
  master_count: INTEGER,
  docker_volume_size: nullable(INTEGER),
  labels: LABELS,
  master_flavor_id: nullable(TEXT),
  flavor_id: nullable(TEXT),
  create_timeout: nullable(INTEGER),
  links: LINKS,
  status: STATUS,
  health_status: nullable(words(...HEALTH_STATUSES)),
  merge_labels: { const: false, description: 'It belongs to requests; Magnum shows it all the same.' },
};

const DETAIL = {
  ...SUMMARY,
  status_reason: nullable(TEXT),
  health_status_reason: mapOf(TEXT),
  discovery_url: nullable(TEXT),
  api_address: nullable(TEXT),
  coe_version: nullable(TEXT),
  container_version: nullable(TEXT),
  project_id: TEXT,
  user_id: TEXT,
  node_addresses: listOf(TEXT),
  master_addresses: listOf(TEXT),
  fixed_network: nullable(TEXT),
  fixed_subnet: nullable(TEXT),
  floating_ip_enabled: BOOLEAN,
  labels_overridden: { ...LABELS, description: 'Those that the template has with another value: that value.' },
  labels_added: LABELS,
  labels_skipped: { ...LABELS, description: 'Those of the template that the cluster does not have.' },
  master_lb_enabled: BOOLEAN,
  created_at: TIME,
  updated_at: nullable(TIME),
};

const OUTSIDE_ID = {
  stack_id: { ...nullable(TEXT), description: 'Up to 1.12.' },
  cluster_id: { ...nullable(TEXT), description: 'From 1.13 on.' },
};

/** A cluster with its outside name under one of the two keys. */
function cluster(fields: Readonly<Record<string, Schema>>, more: Readonly<Record<string, Schema>> = {}): Schema {
  return { ...object(fields, { ...OUTSIDE_ID, ...more }), oneOf: [{ required: ['stack_id'] }, { required: ['cluster_id'] }] };
}

const CLUSTER_SUMMARY = named('ClusterSummary', cluster(SUMMARY));
const CLUSTER_DETAIL = named('ClusterDetail', cluster(DETAIL));
const FAULTS = { ...mapOf(TEXT), description: 'What went wrong, by node group; only after a failure.' };
const CLUSTER_SHOWN = named('Cluster', {
  ...cluster(DETAIL, { faults: FAULTS }),
  if: { properties: { status: { pattern: '_FAILED$' } } },
  // oxlint-disable-next-line unicorn/no-thenable -- the keyword is JSON Schema's
  then: { required: ['faults'] },
  else: { not: { required: ['faults'] } },
});

export const ClustersDescribed = Described({
  list: { summary: 'List clusters', query: PAGE_ARGUMENTS, answers: { 200: json(pageOf('clusters', CLUSTER_SUMMARY)) } },
  detail: { summary: 'List clusters in full', query: PAGE_ARGUMENTS, answers: { 200: json(pageOf('clusters', CLUSTER_DETAIL)) } },
  show: { summary: 'Show a cluster', answers: { 200: json(CLUSTER_SHOWN) }, refusals: [409] },
  detailOfOne: alwaysRefused('Nothing: Magnum has no details of one cluster'),
  create: {
    summary: 'Create a cluster', body: { name: 'ClusterCreate', type: CLUSTER },
    answers: { 202: json(ACCEPTED, 'It is being made.', OPERATION_HEADERS) }, refusals: [404, 409],
  },
  createAt: alwaysRefused('Nothing: Magnum takes the identifier for the body'),
  update: {
    summary: 'Change the number of nodes', description: 'Only `/node_count` may change; `rollback` is read from 1.3 on.',
    query: { rollback: booleanArgument }, body: { name: 'ClusterPatch', type: patchOf(CLUSTER_PATCH) },
    answers: { 202: json(ACCEPTED, 'It is being changed, or there was nothing to change.', OPERATION_HEADERS) }, refusals: [409],
  },
  updateNothing: alwaysRefused('Nothing: a cluster must be named'),
  remove: {
    summary: 'Delete a cluster', description: 'Also while it is being deleted.',
    answers: { 204: nothing('It is being deleted.', OPERATION_HEADERS) }, refusals: [409],
  },
  removeNothing: alwaysRefused('Nothing: a cluster must be named'),
});

export const ClusterActionsDescribed = Described({
  resize: {
    summary: 'Resize a node group', body: { name: 'ClusterResize', type: RESIZE_REQUEST },
    answers: { 202: json(ACCEPTED, 'It is being resized, or has the size.', OPERATION_HEADERS) }, refusals: [409],
  },
  upgrade: {
    summary: 'Lead a cluster to another template', description: 'From 1.8 on.', body: { name: 'ClusterUpgrade', type: UPGRADE_REQUEST },
    answers: { 202: json(ACCEPTED, 'It is being upgraded.', OPERATION_HEADERS) }, refusals: [409],
  },
  rotateCredential: {
    summary: 'Rotate some of the credentials a cluster acts with in its cloud',
    description: 'As `PATCH /v1/credentials/{ident}`, which rotates all, and takes no body. `purposes`: those alone, which it has to have (400); '
      + 'without it all. `rebind_owner`: the credentials are the caller’s from here on and have, of the configured roles, those that the caller holds; '
      + 'without it they keep the roles that whoever owned the cluster so far could pass on, and a caller who lacks one of them where the credentials '
      + 'are made in the name of users gets an operation that fails.',
    body: { name: 'ClusterRotateCredential', type: ROTATE_CREDENTIAL_REQUEST },
    answers: { 202: json(ACCEPTED, 'They are being rotated.', OPERATION_HEADERS) }, refusals: [409],
  },
  upgradeTemplate: {
    summary: 'Lead a cluster to another version of its driver’s template',
    description: 'Within the same major version, so that no node is replaced; an older one where the present one says that there is a way back. `GET /v1/drivers` shows which there are.',
    body: { name: 'ClusterUpgradeTemplate', type: UPGRADE_TEMPLATE_REQUEST },
    answers: { 202: json(ACCEPTED, 'It is being led there.', OPERATION_HEADERS) }, refusals: [409],
  },
});
