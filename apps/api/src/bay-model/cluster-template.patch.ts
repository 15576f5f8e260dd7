import { isDeepStrictEqual } from 'node:util';
import type { BayModelChanges } from '@jeroboam/domain';
import type { BayModelDocument } from '@jeroboam/read-model';
import { applyPatch, type PatchOperation, type PatchRules } from '../wire/json-patch.ts';
import type { Json, JsonObject } from '../wire/python-values.ts';
import type { ClusterTemplateFields, ClusterTemplateType } from './cluster-template.type.ts';

/** Contract section 2.1. */
export const CLUSTER_TEMPLATE_PATCH: PatchRules = {
  internal: [],
  nonRemovable: [
    '/coe', '/image_id', '/network_driver', '/external_network_id', '/tls_disabled', '/public', '/server_type', '/registry_enabled',
    '/cluster_distro', '/hidden',
  ],
  maps: ['/labels'],
};

type Changeable = keyof BayModelChanges;

/** What a patch calls each part of a bay model; one left out does not compile. */
const WIRE_NAMES: { readonly [K in Changeable]-?: keyof ClusterTemplateFields } = {
  name: 'name', coe: 'coe', imageId: 'image_id', flavorId: 'flavor_id', masterFlavorId: 'master_flavor_id',
  dnsNameserver: 'dns_nameserver', keypairId: 'keypair_id', externalNetworkId: 'external_network_id', fixedNetwork: 'fixed_network',
  fixedSubnet: 'fixed_subnet', networkDriver: 'network_driver', apiserverPort: 'apiserver_port', dockerVolumeSize: 'docker_volume_size',
  clusterDistro: 'cluster_distro', httpProxy: 'http_proxy', httpsProxy: 'https_proxy', noProxy: 'no_proxy',
  volumeDriver: 'volume_driver', registryEnabled: 'registry_enabled', labels: 'labels', tlsDisabled: 'tls_disabled', public: 'public',
  serverType: 'server_type', insecureRegistry: 'insecure_registry', dockerStorageDriver: 'docker_storage_driver',
  masterLbEnabled: 'master_lb_enabled', floatingIpEnabled: 'floating_ip_enabled', hidden: 'hidden', tags: 'tags', driver: 'driver',
};
const NAMES = Object.entries(WIRE_NAMES) as readonly (readonly [Changeable, keyof ClusterTemplateFields])[];

/** What is left where a part is removed, as if it had never been sent; null for all others. */
const DEFAULTS: BayModelChanges = { labels: {}, floatingIpEnabled: true, masterLbEnabled: false };

/**
 * What a patch would make different. The patched document is judged by the rules for new ones.
 *
 * @throws {BadRequest} {InvalidInput} {PatchRefused}
 */
export function wantedChanges(model: BayModelDocument, patch: readonly PatchOperation[], type: ClusterTemplateType): BayModelChanges {
  const before: JsonObject = Object.fromEntries(NAMES.map(([field, name]) => [name, model[field] as Json]));
  const after = type.validate(applyPatch(before, patch, CLUSTER_TEMPLATE_PATCH));
  const wanted = NAMES.map(([field, name]) => [field, after[name] ?? DEFAULTS[field] ?? null] as const);
  return Object.fromEntries(wanted.filter(([field, value]) => !isDeepStrictEqual(value, model[field])));
}
