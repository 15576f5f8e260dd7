import { boolean, dictionary, ignored, integer, labels, mandatory, oneOf, readOnly, string, text, uuid } from '../wire/attribute.ts';
import type { PatchRules } from '../wire/json-patch.ts';
import { ResourceType, type Read } from '../wire/resource-type.ts';
import { CLUSTER_PATCH, STATUSES, type ClusterFields } from '../bay/cluster.type.ts';

const name255 = () => string({ min: 1, max: 255 });

/** What may be sent of a bay: contract section 2.9. A bay has at least one node; that there can be none came with clusters. */
export const BAY = new ResourceType('bay', {
  uuid: uuid(),
  name: string({ min: 1, max: 242, pattern: '^[a-zA-Z][a-zA-Z0-9_.-]*$' }),
  baymodel_id: mandatory(text()),
  node_count: integer(1),
  master_count: integer(1),
  docker_volume_size: integer(1),
  labels: labels(),
  master_flavor_id: name255(),
  flavor_id: name255(),
  bay_create_timeout: integer(0),
  links: readOnly(ignored()),
  stack_id: readOnly(ignored()),
  status: oneOf(...STATUSES),
  status_reason: text(),
  discovery_url: text(),
  api_address: readOnly(ignored()),
  coe_version: readOnly(ignored()),
  container_version: readOnly(ignored()),
  node_addresses: readOnly(ignored()),
  master_addresses: readOnly(ignored()),
  fixed_network: name255(),
  fixed_subnet: name255(),
  floating_ip_enabled: boolean(),
  master_lb_enabled: boolean(),
  bay_faults: dictionary(),
  created_at: readOnly(ignored()),
  updated_at: readOnly(ignored()),
});

export type BayFields = typeof BAY extends ResourceType<infer A> ? Read<A> : never;

/** The same, as a cluster is asked for. */
export function asClusterFields(fields: BayFields): ClusterFields {
  const { baymodel_id: bayModel, bay_create_timeout: timeout, bay_faults: _faults, ...same } = fields;
  return {
    ...same,
    ...(bayModel === undefined ? {} : { cluster_template_id: bayModel }),
    ...(timeout === undefined ? {} : { create_timeout: timeout }),
  };
}

export const BAY_PATCH: PatchRules = { ...CLUSTER_PATCH, nonRemovable: ['/baymodel_id'], maps: ['/labels'] };
