import { isDeepStrictEqual } from 'node:util';
import type { HealthReport } from '@jeroboam/domain';
import type { BayDocument } from '@jeroboam/read-model';
import { BadRequest } from '../wire/errors.ts';
import { applyPatch, type PatchOperation } from '../wire/json-patch.ts';
import { pythonStr, type Json, type JsonObject } from '../wire/python-values.ts';
import { CLUSTER, CLUSTER_PATCH } from './cluster.type.ts';

/** What Magnum takes these for when they are removed; it has nothing for the others, which is another value than null. */
const DEFAULTS: JsonObject = { node_count: 1, master_count: 1, create_timeout: 60, keypair: null };
const DEFAULT_NODE_COUNT = 1;
/** Compared as they were sent: a label that is a number is not the text it would become. */
const MAPS = ['labels', 'health_status_reason'];

/** What a patch may change: these beside the number of nodes. */
const HEALTH = ['health_status', 'health_status_reason'];

/** What a patch asks for; absent where it does not speak of it, or where it is so already. */
export interface WantedOfBay {
  /** Nodes in the default worker group. */
  readonly nodeCount?: number;
  /** What a healer says of the bay. */
  readonly health?: Pick<HealthReport, 'status' | 'reason'>;
}

/**
 * Reads what a patch asks for. Only the number of nodes and the health may change; a value that is as it was is no change.
 * @throws {BadRequest} {InvalidInput} {PatchRefused}
 */
export function wantedOfBay(bay: BayDocument, patch: readonly PatchOperation[]): WantedOfBay {
  const before = patchable(bay);
  const after = applyPatch(before, patch, CLUSTER_PATCH);
  const read = CLUSTER.validate(after);
  const { node_count: nodeCount, health_status: status, health_status_reason: reason } = read;
  const wanted = { ...DEFAULTS, ...after, ...Object.fromEntries(Object.entries(read).filter(([name]) => !MAPS.includes(name))) };
  const changed = Object.keys(before).filter((name) => name !== 'node_count' && !isDeepStrictEqual(before[name], wanted[name]));
  const refused = changed.filter((name) => !HEALTH.includes(name));
  if (refused.length > 0) throw new BadRequest(`cannot change cluster property(ies) ${refused.join(', ')}.`);
  return {
    ...(patch.some(({ path }) => path === '/node_count') ? { nodeCount: nodeCount ?? DEFAULT_NODE_COUNT } : {}),
    ...(changed.length > 0 ? { health: { status: status ?? null, reason: textsOf(reason ?? {}) } } : {}),
  };
}

/** What is no text becomes one, as Python writes it. */
function textsOf(reason: Json): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(reason as JsonObject).map(([name, value]) => [name, pythonStr(value)]));
}

/** A bay as the document that patches are applied to. */
function patchable(bay: BayDocument): JsonObject {
  const { spec } = bay;
  return {
    name: bay.name, cluster_template_id: bay.bayModelId, keypair: spec.keypair, node_count: bay.nodeCount, master_count: bay.masterCount,
    docker_volume_size: spec.dockerVolumeSize, labels: spec.labels, master_flavor_id: spec.masterFlavorId, flavor_id: spec.flavorId,
    create_timeout: spec.createTimeoutMinutes, status: bay.status, status_reason: bay.statusReason, health_status: bay.healthStatus,
    health_status_reason: bay.healthStatusReason, discovery_url: bay.discoveryUrl, coe_version: bay.coeVersion,
    container_version: bay.containerVersion, fixed_network: spec.fixedNetwork, fixed_subnet: spec.fixedSubnet,
    floating_ip_enabled: spec.floatingIpEnabled, master_lb_enabled: spec.masterLbEnabled,
  };
}
