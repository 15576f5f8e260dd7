import type { BayDocument } from '@jeroboam/read-model';
import { links, type BaseUrl } from '../wire/links.ts';
import { timestamp } from '../wire/timestamp.ts';

/** A bay in a list of bays, under the old names. */
export function baySummary(bay: BayDocument, base: BaseUrl): Record<string, unknown> {
  return {
    uuid: bay.id,
    name: bay.name,
    baymodel_id: bay.bayModelId,
    node_count: bay.nodeCount,
    master_count: bay.masterCount,
    bay_create_timeout: bay.spec.createTimeoutMinutes,
    links: links(base, `bays/${bay.id}`),
    stack_id: bay.stackId,
    status: bay.status,
  };
}

/** A bay under the old names: contract section 2.9. */
export function bayDetail(bay: BayDocument, base: BaseUrl): Record<string, unknown> {
  return { ...middle(bay, base), created_at: timestamp(bay.createdAt), updated_at: timestamp(bay.updatedAt) };
}

/** The answer to a GET of one bay: only there, and only after a failure, Magnum names what failed. */
export function bayView(bay: BayDocument, base: BaseUrl): Record<string, unknown> {
  if (!bay.status.endsWith('_FAILED')) return bayDetail(bay, base);
  return {
    ...middle(bay, base), bay_faults: bay.faults, created_at: timestamp(bay.createdAt), updated_at: timestamp(bay.updatedAt),
  };
}

function middle(bay: BayDocument, base: BaseUrl): Record<string, unknown> {
  const { spec } = bay;
  return {
    uuid: bay.id,
    name: bay.name,
    baymodel_id: bay.bayModelId,
    node_count: bay.nodeCount,
    master_count: bay.masterCount,
    docker_volume_size: spec.dockerVolumeSize,
    labels: spec.labels,
    master_flavor_id: spec.masterFlavorId,
    flavor_id: spec.flavorId,
    bay_create_timeout: spec.createTimeoutMinutes,
    links: links(base, `bays/${bay.id}`),
    stack_id: bay.stackId,
    status: bay.status,
    status_reason: bay.statusReason,
    discovery_url: bay.discoveryUrl,
    api_address: bay.apiAddress,
    coe_version: bay.coeVersion,
    container_version: bay.containerVersion,
    node_addresses: bay.nodeAddresses,
    master_addresses: bay.masterAddresses,
    fixed_network: spec.fixedNetwork,
    fixed_subnet: spec.fixedSubnet,
    floating_ip_enabled: spec.floatingIpEnabled,
    master_lb_enabled: spec.masterLbEnabled,
  };
}
