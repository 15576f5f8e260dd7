import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import type { BayView, NodeGroupView } from '@jeroboam/domain';
import { StepFailed } from '@jeroboam/driver-sdk';
import type { Site, Values } from '../blueprint.ts';
import { serverValues } from '../server-values.ts';

/**
 * Values that the templates of every Kubernetes driver here take, whatever its nodes run on. Labels of a node group
 * count before those of the bay.
 *
 * @param asTheyAre labels that are parameters of the template under the same name.
 * @throws {StepFailed} final: a label with a value it cannot have.
 */
export async function kubernetesValues(bay: BayView, workers: NodeGroupView, site: Site, asTheyAre: readonly string[]): Promise<Values> {
  const { spec } = bay;
  const labels = { ...spec.labels, ...workers.labels };
  const serviceRange = labels['service_cluster_ip_range'];
  return {
    ...serverValues(bay, workers, asTheyAre),
    kube_version: versionOf(labels['kube_tag'] ?? labels['kube_version']),
    pods_network_cidr: labels['flannel_network_cidr'] ?? labels['pods_network_cidr'],
    ...(serviceRange === undefined ? {} : { kubernetes_service_ip: addressIn(serviceRange, 1), dns_service_ip: addressIn(serviceRange, 10) }),
    cluster_uuid: spec.bayId,
    api_url: site.apiUrl,
    bootstrap_token: site.bootstrapToken,
    service_account_key: await serviceAccountKey(),
    node_taints: (workers.nodeTaints ?? []).map(({ key, value = '', effect }) => `${key}=${value}:${effect}`).join(','),
  };
}

/** Releases are named with a `v` in front; labels often come without. */
function versionOf(tag: string | undefined): string | undefined {
  return tag === undefined || tag.startsWith('v') ? tag : `v${tag}`;
}

/** @throws {StepFailed} final: no IPv4 range. */
function addressIn(cidr: string, offset: number): string {
  const [, ...parts] = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/\d{1,2}$/.exec(cidr) ?? [];
  if (parts.length !== 4) throw new StepFailed(`service_cluster_ip_range ${cidr} is no IPv4 range`, { retryable: false });
  const [a, b, c, d] = parts.map(Number);
  return `${a}.${b}.${c}.${d! + offset}`;
}

/**
 * Signs the tokens of service accounts; one for all masters. It is only ever used when the stack is first made. Kubernetes
 * takes RSA and ECDSA keys alike, and an RSA key costs a thousand times the time: a minute for a thousand bays.
 */
async function serviceAccountKey(): Promise<string> {
  const { privateKey } = await promisify(generateKeyPair)('ec', { namedCurve: 'prime256v1' });
  return Buffer.from(privateKey.export({ type: 'sec1', format: 'pem' })).toString('base64');
}
