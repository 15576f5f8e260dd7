import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import type { BayView, NodeGroupView } from '@jeroboam/domain';
import { StepFailed } from '@jeroboam/driver-sdk';
import type { Site, Values } from '@jeroboam/heat-driver';

/** Labels that are parameters of the template under the same name. */
const LABELS = [
  'service_cluster_ip_range', 'etcd_tag', 'coredns_tag', 'flannel_tag', 'flannel_cni_tag', 'cni_plugins_tag', 'flannel_backend', 'kubelet_options',
] as const;

/** Values of the templates in `bundles/1.0.0`. Labels of a node group count before those of the bay. */
export async function parametersOf({ spec, nodeGroups }: BayView, workers: NodeGroupView, site: Site): Promise<Values> {
  refuseUnsupported(spec, workers);
  const labels = { ...spec.labels, ...workers.labels };
  const masters = nodeGroups.find(({ role }) => role === 'master');
  const serviceRange = labels['service_cluster_ip_range'];
  return {
    ...Object.fromEntries(LABELS.map((label) => [label, labels[label]])),
    kube_version: versionOf(labels['kube_tag'] ?? labels['kube_version']),
    pods_network_cidr: labels['flannel_network_cidr'] ?? labels['pods_network_cidr'],
    ...(serviceRange === undefined ? {} : { kubernetes_service_ip: addressIn(serviceRange, 1), dns_service_ip: addressIn(serviceRange, 10) }),
    cluster_uuid: spec.bayId,
    ssh_key_name: spec.keypair,
    master_image: masters?.imageId ?? spec.imageId,
    master_flavor: masters?.flavorId ?? spec.masterFlavorId,
    worker_image: workers.imageId,
    worker_flavor: workers.flavorId ?? spec.flavorId,
    external_network: spec.externalNetworkId,
    fixed_network: spec.fixedNetwork,
    fixed_subnet: spec.fixedSubnet,
    port_security: await hasPortSecurity(spec.fixedNetwork!, site),
    floating_ip_enabled: spec.floatingIpEnabled,
    api_url: site.apiUrl,
    bootstrap_token: site.bootstrapToken,
    service_account_key: await serviceAccountKey(),
    node_labels: pairs(workers.nodeLabels ?? {}),
    node_taints: (workers.nodeTaints ?? []).map(({ key, value = '', effect }) => `${key}=${value}:${effect}`).join(','),
  };
}

/** Machines are wired to a network that is there, and boot from their own disks. */
function refuseUnsupported({ tlsDisabled, externalNetworkId, floatingIpEnabled, masterLbEnabled, fixedNetwork, dockerVolumeSize, labels }: BayView['spec'], workers: NodeGroupView): void {
  const refuse = (reason: string) => {
    throw new StepFailed(reason, { retryable: false });
  };
  if (tlsDisabled) refuse('k8s_fedora_ironic makes no bays without TLS');
  if (!fixedNetwork) refuse('Bare-metal bays need fixed_network: no network is made for machines');
  if (masterLbEnabled) refuse('k8s_fedora_ironic makes no load balancer for the masters');
  if (floatingIpEnabled && !externalNetworkId) refuse('Required parameter external_network not provided.');
  if (dockerVolumeSize ?? workers.dockerVolumeSize) refuse('Machines have no Cinder volumes: leave docker_volume_size out');
  for (const label of ['boot_volume_size', 'etcd_volume_size']) {
    if (Number(labels[label] ?? workers.labels[label] ?? 0) > 0) refuse(`Machines have no Cinder volumes: leave the label ${label} out`);
  }
}

/** @throws {StepFailed} final: there is no such network. */
async function hasPortSecurity(ident: string, site: Site): Promise<boolean> {
  const network = await site.network(ident);
  if (!network) throw new StepFailed(`There is no network ${ident}`, { retryable: false });
  return network.portSecurity;
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

/** Signs the tokens of service accounts; one for all masters. It is only ever used when the stack is first made. */
async function serviceAccountKey(): Promise<string> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
  return Buffer.from(privateKey.export({ type: 'pkcs1', format: 'pem' })).toString('base64');
}

function pairs(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels).map(([key, value]) => `${key}=${value}`).join(',');
}
