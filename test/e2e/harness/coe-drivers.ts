import type { DriverManifest } from '@jeroboam/driver-sdk';
import { fakeDriverManifest } from '@jeroboam/driver-sdk/testing';

/** Makes nothing real: the fake driver, once for Swarm and once for Kubernetes, whose clients get other configuration. */
export const drivers: readonly DriverManifest[] = [
  fakeDriverManifest,
  { ...fakeDriverManifest, name: 'fake_kubernetes', provides: [{ serverType: 'vm', os: 'fedora-coreos', coe: 'kubernetes' }] },
];
