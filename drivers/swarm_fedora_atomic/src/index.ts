import { join } from 'node:path';
import { templatesOf } from '@jeroboam/driver-sdk';
import type { DriverManifest } from '@jeroboam/driver-sdk';
import { heatDriver, readBundle } from '@jeroboam/heat-driver';
import type { HeatBlueprint } from '@jeroboam/heat-driver';
import { parametersOf, standaloneParametersOf } from './parameters.ts';
import { plugins, standaloneLabels, standalonePlugins } from './plugins.ts';
import { probe } from './probe.ts';
import { probeStandalone } from './probe-standalone.ts';

/** The same one folder up from the sources and from the built files. */
const bundles = join(import.meta.dirname, '..', 'bundles');
const standaloneTemplates = templatesOf(readBundle(join(bundles, '1.0.0')));
const templates = templatesOf(readBundle(join(bundles, '2.0.0')));

export const standaloneBlueprint: HeatBlueprint = {
  name: 'swarm_fedora_atomic', bundles: standaloneTemplates.bundles, parametersOf: standaloneParametersOf, probe: probeStandalone,
};
export const blueprint: HeatBlueprint = { name: 'swarm_fedora_atomic', bundles: templates.bundles, parametersOf, probe };

export const swarmFedoraAtomicV1: DriverManifest = {
  name: 'swarm_fedora_atomic',
  version: '1.0.0',
  contract: 'bay-driver/v1',
  description: 'Standalone Docker Swarm on Fedora Atomic servers, made by Heat: etcd on the managers, swarm mode is version 2.',
  // Its makers replaced standalone Swarm by swarm mode; bays of it are for moving away from.
  state: 'deprecated',
  deprecation: { since: '2026-11-23', sunset: '2027-06-01', replacement: 'swarm_fedora_atomic@2.0.0 (COE swarm-mode)' },
  provides: [{ serverType: 'vm', os: 'fedora-atomic', coe: 'swarm' }],
  ...standaloneTemplates,
  needsCredentials: ['control'],
  capabilities: {
    operations: ['resize', 'node-groups', 'upgrade-template', 'rotate-credential', 'health'],
    networkDrivers: ['docker', 'flannel', 'kuryr'],
    volumeDrivers: ['rexray', 'fuxi'],
    storageDrivers: ['overlay2', 'devicemapper'],
    plugins: standalonePlugins,
    labelsSchema: standaloneLabels,
    runtimeClasses: [],
    masterCounts: [1, 3, 5],
    maxNodes: 250,
    limitations: [
      'The image has to bring docker (1.11 to 19.03), etcd (with its API v2) and flannel; the swarm image comes from Docker Hub.',
      'What rexray, fuxi and kuryr are, the image brings and sets up; nodes keep their credential in /etc/jeroboam/cloud-<purpose>.conf, and a program in /etc/jeroboam/credential-hooks.d is called with purpose and file when there is a new one.',
      'Everybody with a certificate of the bay may do everything in it: Docker knows no roles.',
      'Containers run on the managers as well; containers of nodes that leave are not started elsewhere.',
      'The number of managers cannot change; upgrades to another image and rotations of the CA are not offered.',
      'Bays without TLS are not made; taints of node groups mean nothing to a swarm.',
    ],
  },
  create: heatDriver(standaloneBlueprint),
};

export const swarmFedoraAtomicV2: DriverManifest = {
  name: 'swarm_fedora_atomic',
  version: '2.0.0',
  contract: 'bay-driver/v1',
  description: 'Docker Swarm (swarm mode) on Fedora Atomic servers, made by Heat.',
  state: 'active',
  provides: [{ serverType: 'vm', os: 'fedora-atomic', coe: 'swarm-mode' }],
  ...templates,
  needsCredentials: ['control'],
  capabilities: {
    operations: ['resize', 'node-groups', 'upgrade-template', 'rotate-credential', 'health'],
    networkDrivers: ['docker', 'kuryr'],
    volumeDrivers: ['rexray', 'fuxi'],
    storageDrivers: ['overlay2', 'devicemapper'],
    plugins,
    runtimeClasses: [],
    masterCounts: [1, 3, 5],
    maxNodes: 250,
    limitations: [
      'The engine is the one of the image: 1.12 or newer.',
      'What rexray, fuxi and kuryr are, the image brings and sets up; nodes keep their credential in /etc/jeroboam/cloud-<purpose>.conf, and a program in /etc/jeroboam/credential-hooks.d is called with purpose and file when there is a new one.',
      'Everybody with a certificate of the bay may do everything in it: Docker knows no roles.',
      'Nodes that leave are not drained first, and their entries in the swarm stay until somebody removes them.',
      'New nodes ask the first manager for the way in: without it the bay works on and cannot grow.',
      'The number of managers cannot change; upgrades to another image and rotations of the CA are not offered yet.',
      'Bays without TLS are not made; taints of node groups mean nothing to a swarm.',
    ],
  },
  create: heatDriver(blueprint),
};

export const drivers: readonly DriverManifest[] = [swarmFedoraAtomicV1, swarmFedoraAtomicV2];
