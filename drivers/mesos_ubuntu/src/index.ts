import { join } from 'node:path';
import { templatesOf } from '@jeroboam/driver-sdk';
import type { DriverManifest } from '@jeroboam/driver-sdk';
import { heatDriver, readBundle } from '@jeroboam/heat-driver';
import type { HeatBlueprint } from '@jeroboam/heat-driver';
import { parametersOf } from './parameters.ts';

/** The same one folder up from the sources and from the built files. */
const templates = templatesOf(readBundle(join(import.meta.dirname, '..', 'bundles', '1.0.0')));

export const blueprint: HeatBlueprint = { name: 'mesos_ubuntu', bundles: templates.bundles, parametersOf };

export const mesosUbuntuV1: DriverManifest = {
  name: 'mesos_ubuntu',
  version: '1.0.0',
  contract: 'bay-driver/v1',
  description: 'Mesos with Marathon on Ubuntu servers, made by Heat.',
  // Mesos itself has been retired by its makers; bays of it are for moving away from.
  state: 'deprecated',
  deprecation: { since: '2026-11-23', sunset: '2027-06-01', replacement: 'k8s_fedora_coreos' },
  provides: [{ serverType: 'vm', os: 'ubuntu', coe: 'mesos' }],
  ...templates,
  needsCredentials: ['control'],
  capabilities: {
    operations: ['resize', 'node-groups', 'upgrade-template', 'rotate-credential', 'health'],
    networkDrivers: ['docker'],
    volumeDrivers: [],
    storageDrivers: [],
    plugins: [{ kind: 'network', name: 'docker' }],
    labelsSchema: { type: 'object', properties: { mesos_slave_work_dir: { type: 'string', pattern: '^(/\\S*)?$' } } },
    runtimeClasses: [],
    masterCounts: [1, 3, 5],
    maxNodes: 250,
    limitations: [
      'The image has to bring mesos, zookeeper, marathon and docker: nothing is installed.',
      'Neither Mesos nor Marathon asks who you are, and nothing is encrypted: keep the masters from the outside.',
      'Agents that leave are not drained first; Mesos forgets them after its own time.',
      'Health says how the stacks are and does not ask Mesos.',
      'The number of masters cannot change; upgrades to another image are not offered.',
    ],
  },
  create: heatDriver(blueprint),
};

export const drivers: readonly DriverManifest[] = [mesosUbuntuV1];
