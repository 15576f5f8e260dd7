import { notifierFields } from '@jeroboam/notifier';
import { defineConfig, flag, integer, oneOf, port, serviceFields, text } from '@jeroboam/platform';
import type { Config } from '@jeroboam/platform';
import { apiFields, catalogFields, certificateFields, cloudFields, credentialFields, driverFields, executorFields, keystoneFields, schedulerFields, storageFields, telemetryFields } from '@jeroboam/profile';

/** Everything `npm start` can be told, by variables with the prefix `JEROBOAM_`. */
export const embeddedConfig = defineConfig({
  ...apiFields,
  auth: oneOf('sandbox: an OpenStack to try things on, in this process; keystone: a real one; none: everybody is demo, on loopback only.', ['sandbox', 'keystone', 'none']).default('sandbox'),
  sandboxPort: port('Port of the sandbox cloud, on loopback.').default(9_512),
  sandboxCloudFile: text('What is in the sandbox cloud: a JSON file like apps/sandbox-cloud/cloud.json, which counts without one. It needs the users demo and jeroboam.').optional(),
  tokenTtlSeconds: integer('How long a token of the sandbox lives.', { min: 1, max: 86_400 }).default(3_600),
  ...storageFields,
  ...driverFields,
  ...schedulerFields,
  ...executorFields,
  ...certificateFields,
  telemetry: flag('Whether bays are asked how they are, for health_status.').default(true),
  ...telemetryFields,
  ...notifierFields,
  ...serviceFields,
  opsPort: port('Port of /healthz, /readyz and /metrics; 0 for any free one.').default(9_513),
  logFormat: oneOf('Lines of JSON for machines, or lines for a person at a terminal.', ['json', 'pretty']).default('pretty'),
  keystoneUrl: keystoneFields.keystoneUrl.optional(),
  keystoneUser: keystoneFields.keystoneUser,
  keystonePassword: keystoneFields.keystonePassword.optional(),
  keystoneProject: keystoneFields.keystoneProject,
  keystoneDomain: keystoneFields.keystoneDomain,
  ...catalogFields, ...credentialFields,
  // Its default is another process’s: here the port is known.
  nodeApiUrl: cloudFields.nodeApiUrl.removeDefault().optional(),
  cloudSimulated: cloudFields.cloudSimulated,
});

export type EmbeddedConfig = Config<typeof embeddedConfig>;
