import { join } from 'node:path';
import { templatesOf } from '@jeroboam/driver-sdk';
import type { DriverManifest } from '@jeroboam/driver-sdk';
import { heatDriver, readBundle } from '@jeroboam/heat-driver';
import type { HeatBlueprint } from '@jeroboam/heat-driver';
import { parametersOf } from './parameters.ts';
import { probe } from './probe.ts';

/** The same one folder up from the sources and from the built files. */
const templates = templatesOf(readBundle(join(import.meta.dirname, '..', 'bundles', '2.0.0')));

export const blueprint: HeatBlueprint = { name: 'swarm_fedora_atomic', bundles: templates.bundles, parametersOf, probe };

export const swarmFedoraAtomicV2: DriverManifest = {
  name: 'swarm_fedora_atomic',
  version: '2.0.0',
  contract: 'bay-driver/v1',
  description: 'Docker Swarm (swarm mode) on Fedora Atomic servers, made by Heat.',
  state: 'active',
  provides: [{ serverType: 'vm', os: 'fedora-atomic', coe: 'swarm-mode' }],
  ...templates,
  capabilities: {
    operations: ['resize', 'node-groups', 'health'],
    networkDrivers: ['docker'],
    volumeDrivers: [],
    storageDrivers: ['overlay2', 'devicemapper'],
    runtimeClasses: [],
    masterCounts: [1, 3, 5],
    maxNodes: 250,
    limitations: [
      'The engine is the one of the image: 1.12 or newer.',
      'Everybody with a certificate of the bay may do everything in it: Docker knows no roles.',
      'Nodes that leave are not drained first, and their entries in the swarm stay until somebody removes them.',
      'New nodes ask the first manager for the way in: without it the bay works on and cannot grow.',
      'The number of managers cannot change; upgrades and rotations of the CA are not offered yet.',
      'Bays without TLS are not made; taints of node groups mean nothing to a swarm.',
    ],
  },
  create: heatDriver(blueprint),
};

export const drivers: readonly DriverManifest[] = [swarmFedoraAtomicV2];
