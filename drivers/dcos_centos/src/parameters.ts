import type { BayView, NodeGroupView } from '@jeroboam/domain';
import { StepFailed, purposesOf } from '@jeroboam/driver-sdk';
import { serverValues } from '@jeroboam/heat-driver';
import type { Site, Values } from '@jeroboam/heat-driver';
import { plugins } from './labels.ts';

/** Labels that are parameters of the template under the same name. */
const LABELS = [
  'availability_zone', 'nodes_affinity_policy', 'boot_volume_size', 'boot_volume_type', 'fixed_subnet_cidr', 'dcos_installer_url', 'dcos_installer_sha256',
  'exhibitor_zk_hosts', 'exhibitor_zk_path', 'zookeeper_image',
] as const;

/** Labels that are members of DC/OS' config.yaml, under the same name or the one that it has for them. */
const SETTINGS: Readonly<Record<string, string>> = {
  exhibitor_aws_access_key_id: 'aws_access_key_id', exhibitor_aws_region: 'aws_region', exhibitor_explicit_keys: 'exhibitor_explicit_keys',
  exhibitor_s3_bucket: 's3_bucket', exhibitor_s3_prefix: 's3_prefix', exhibitor_azure_account_name: 'exhibitor_azure_account_name',
  exhibitor_azure_prefix: 'exhibitor_azure_prefix', dcos_overlay_enable: 'dcos_overlay_enable',
  dcos_overlay_config_attempts: 'dcos_overlay_config_attempts', dcos_overlay_mtu: 'dcos_overlay_mtu', dns_search: 'dns_search', check_time: 'check_time',
  docker_remove_delay: 'docker_remove_delay', gc_delay: 'gc_delay', log_directory: 'log_directory', process_timeout: 'process_timeout',
  oauth_enabled: 'oauth_enabled', telemetry_enabled: 'telemetry_enabled',
};

/**
 * Values of the templates in `bundles/1.0.0`. What config.yaml says is the bay's and the same on all nodes; of other labels
 * those of a node group count before those of the bay.
 */
export function parametersOf(bay: BayView, workers: NodeGroupView, site: Site): Values {
  const { spec } = bay;
  refuseUnsupported(spec);
  return {
    ...serverValues(bay, workers, LABELS),
    docker_volume_size: workers.dockerVolumeSize ?? spec.dockerVolumeSize,
    cluster_uuid: spec.bayId,
    api_url: site.apiUrl,
    bootstrap_token: site.bootstrapToken,
    node_credentials: purposesOf({ plugins }, spec).join(' '),
    docker_storage_driver: spec.dockerStorageDriver,
    dns_nameserver: spec.dnsNameserver,
    master_lb_enabled: spec.masterLbEnabled,
    master_discovery: spec.masterLbEnabled ? 'master_http_loadbalancer' : 'static',
    exhibitor_storage_backend: backendOf(spec),
    dcos_settings: settingsOf(spec),
    agent_role: workers.role === 'public' ? 'slave_public' : 'slave',
  };
}

/** DC/OS takes a list of masters that is fixed only where agents know them from such a list as well. */
function backendOf({ labels, masterLbEnabled }: BayView['spec']): string {
  const wanted = labels['exhibitor_storage_backend'] || (masterLbEnabled ? 'zookeeper' : 'static');
  if (masterLbEnabled && wanted === 'static') refuse('exhibitor_storage_backend cannot be static with master_lb_enabled: DC/OS wants zookeeper, aws_s3 or azure then');
  return wanted;
}

function settingsOf({ labels, volumeDriver }: BayView['spec']): Values {
  const plain = Object.entries(SETTINGS).flatMap(([label, setting]) => (labels[label] ? [[setting, labels[label]] as const] : []));
  const overlays = labels['dcos_overlay_network'];
  return {
    ...Object.fromEntries(plain), ...(overlays ? { dcos_overlay_network: parsed('dcos_overlay_network', overlays) } : {}),
    ...(volumeDriver === 'rexray' ? { rexray_config: rexrayOf(labels) } : {}),
  };
}

/** How REX-Ray mounts; as whom it asks Cinder, nodes add from what their image or operator gives them. */
function rexrayOf(labels: Readonly<Record<string, string>>): Values {
  const preempt = labels['rexray_preempt'] === 'true';
  return { rexray: { loglevel: 'warn', service: 'cinder', volume: { mount: { preempt }, unmount: { ignoreusedcount: true } } }, libstorage: { service: 'cinder' } };
}

/** The API holds labels against a schema; those of old bays, and of bays that others recorded, come here as they are. */
function parsed(label: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new StepFailed(`The label ${label} is no JSON`, { retryable: false, cause });
  }
}

function refuseUnsupported({ externalNetworkId, masterLbEnabled, fixedNetwork, fixedSubnet }: BayView['spec']): void {
  if (!externalNetworkId) refuse('Required parameter external_network not provided.');
  if (masterLbEnabled && fixedNetwork && !fixedSubnet) refuse('A load balancer for the masters needs fixed_subnet beside fixed_network');
}

function refuse(reason: string): never {
  throw new StepFailed(reason, { retryable: false });
}
