import type { DriverPlugin, LabelsSchema } from '@jeroboam/driver-sdk';

const TEXT = { type: 'string' };
/** As DC/OS writes them in its config.yaml. */
const SWITCH = { type: 'string', enum: ['true', 'false', ''] };
const NUMBER = { type: 'string', pattern: '^\\d*$' };
const NETWORK = { type: 'string', pattern: '^\\d{1,3}(\\.\\d{1,3}){3}/\\d{1,2}$' };

const OVERLAYS = {
  type: 'object',
  required: ['vtep_subnet', 'vtep_mac_oui', 'overlays'],
  properties: {
    vtep_subnet: NETWORK,
    vtep_mac_oui: { type: 'string', pattern: '^([0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}$' },
    overlays: {
      type: 'array',
      minItems: 1,
      items: {
        type: 'object',
        required: ['name', 'subnet', 'prefix'],
        properties: { name: { type: 'string', minLength: 1, maxLength: 13 }, subnet: NETWORK, prefix: { type: 'integer', minimum: 1, maximum: 32 } },
      },
    },
  },
};

/** Labels that become what DC/OS' own config.yaml says. */
export const labelsSchema: LabelsSchema = {
  type: 'object',
  properties: {
    exhibitor_storage_backend: { type: 'string', enum: ['static', 'zookeeper', 'aws_s3', 'azure', ''] },
    exhibitor_zk_hosts: { type: 'string', pattern: '^([^,:\\s]+:\\d+(,[^,:\\s]+:\\d+)*)?$' },
    exhibitor_zk_path: { type: 'string', pattern: '^(/\\S*)?$' },
    exhibitor_aws_access_key_id: TEXT,
    // Labels are in the history for ever: a key has no place there.
    exhibitor_aws_secret_access_key: false,
    exhibitor_azure_account_key: false,
    exhibitor_aws_region: TEXT,
    exhibitor_explicit_keys: SWITCH,
    exhibitor_s3_bucket: TEXT,
    exhibitor_s3_prefix: TEXT,
    exhibitor_azure_account_name: TEXT,
    exhibitor_azure_prefix: TEXT,
    dcos_overlay_enable: SWITCH,
    dcos_overlay_config_attempts: NUMBER,
    dcos_overlay_mtu: NUMBER,
    dcos_overlay_network: { type: 'string', contentMediaType: 'application/json', contentSchema: OVERLAYS },
    dns_search: TEXT,
    check_time: SWITCH,
    docker_remove_delay: TEXT,
    gc_delay: TEXT,
    log_directory: { type: 'string', pattern: '^(/\\S*)?$' },
    process_timeout: NUMBER,
    oauth_enabled: SWITCH,
    telemetry_enabled: SWITCH,
    dcos_installer_url: { type: 'string', pattern: '^(https?://\\S+)?$' },
    dcos_installer_sha256: { type: 'string', pattern: '^([0-9a-f]{64})?$' },
  },
  if: { properties: { dcos_overlay_enable: { const: 'true' } }, required: ['dcos_overlay_enable'] },
  then: { required: ['dcos_overlay_network'] },
};

export const plugins: readonly DriverPlugin[] = [
  { kind: 'network', name: 'docker' },
  {
    kind: 'volume', name: 'rexray', needsCredential: ['volume'],
    labelsSchema: { type: 'object', properties: { rexray_preempt: SWITCH } },
  },
];
