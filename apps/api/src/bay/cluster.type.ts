import { ROTATABLE_PURPOSES } from '@jeroboam/domain';
import { boolean, dictionary, eachOnce, ignored, integer, labels, mandatory, oneOf, readOnly, string, text, texts, uuid } from '../wire/attribute.ts';
import type { PatchRules } from '../wire/json-patch.ts';
import { ResourceType, type Read } from '../wire/resource-type.ts';

const name255 = () => string({ min: 1, max: 255 });

/** Every word Magnum has for a status; a cluster may be sent with one, and it counts for nothing. */
export const STATUSES = [
  'CREATE_IN_PROGRESS', 'CREATE_FAILED', 'CREATE_COMPLETE', 'UPDATE_IN_PROGRESS', 'UPDATE_FAILED', 'UPDATE_COMPLETE',
  'DELETE_IN_PROGRESS', 'DELETE_FAILED', 'DELETE_COMPLETE', 'RESUME_COMPLETE', 'RESUME_FAILED', 'RESTORE_COMPLETE',
  'ROLLBACK_IN_PROGRESS', 'ROLLBACK_FAILED', 'ROLLBACK_COMPLETE', 'SNAPSHOT_COMPLETE', 'CHECK_COMPLETE', 'ADOPT_COMPLETE',
] as const;

export const HEALTH_STATUSES = ['HEALTHY', 'UNHEALTHY', 'UNKNOWN'] as const;

/** What may be sent of a cluster, in Magnum's order: contract section 2.2. */
export const CLUSTER = new ResourceType('cluster', {
  /** Counts for nothing, but must be one. */
  uuid: uuid(),
  name: string({ min: 1, max: 242, pattern: '^[a-zA-Z][a-zA-Z0-9_.-]*$' }),
  cluster_template_id: mandatory(text()),
  keypair: name255(),
  node_count: integer(0),
  master_count: integer(1),
  docker_volume_size: integer(1),
  labels: labels(),
  master_flavor_id: name255(),
  flavor_id: name255(),
  create_timeout: integer(0),
  links: readOnly(ignored()),
  stack_id: readOnly(ignored()),
  cluster_id: readOnly(ignored()),
  status: oneOf(...STATUSES),
  status_reason: text(),
  health_status: oneOf(...HEALTH_STATUSES),
  health_status_reason: dictionary(),
  discovery_url: text(),
  api_address: readOnly(ignored()),
  coe_version: readOnly(ignored()),
  container_version: readOnly(ignored()),
  project_id: readOnly(ignored()),
  user_id: readOnly(ignored()),
  node_addresses: readOnly(ignored()),
  master_addresses: readOnly(ignored()),
  faults: dictionary(),
  fixed_network: name255(),
  fixed_subnet: name255(),
  floating_ip_enabled: boolean(),
  merge_labels: boolean(),
  labels_overridden: dictionary(),
  labels_added: dictionary(),
  labels_skipped: dictionary(),
  master_lb_enabled: boolean(),
  created_at: readOnly(ignored()),
  updated_at: readOnly(ignored()),
});

export type ClusterFields = typeof CLUSTER extends ResourceType<infer A> ? Read<A> : never;

/** Contract section 2.8. */
export const CLUSTER_PATCH: PatchRules = {
  internal: [
    '/api_address', '/node_addresses', '/master_addresses', '/stack_id', '/cluster_id', '/ca_cert_ref', '/magnum_cert_ref',
    '/etcd_ca_cert_ref', '/front_proxy_ca_cert_ref', '/trust_id', '/trustee_user_name', '/trustee_password', '/trustee_user_id',
  ],
  nonRemovable: ['/cluster_template_id'],
  maps: ['/labels', '/health_status_reason'],
};

export const RESIZE_REQUEST = new ResourceType('cluster_resize_req', {
  node_count: mandatory(integer(0)),
  nodes_to_remove: texts(),
  nodegroup: name255(),
});

/** An addition of ours. */
export const ROTATE_CREDENTIAL_REQUEST = new ResourceType('rotate_credential_req', {
  purposes: eachOnce(...ROTATABLE_PURPOSES),
  rebind_owner: boolean(),
});

/** An addition of ours. */
export const UPGRADE_TEMPLATE_REQUEST = new ResourceType('cluster_upgrade_template_req', {
  template_version: mandatory(name255()),
});

export const UPGRADE_REQUEST = new ResourceType('cluster_upgrade_req', {
  max_batch_size: integer(1),
  nodegroup: name255(),
  cluster_template: mandatory(name255()),
});
