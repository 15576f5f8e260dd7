import type { DriverManifest } from '@jeroboam/driver-sdk';
import { fakeDriverManifest } from '@jeroboam/driver-sdk/testing';

/** The fake driver, for bays of any COE on the image of the recordings: nothing it makes exists. */
export const drivers: readonly DriverManifest[] = [{
  ...fakeDriverManifest,
  name: 'fuzz',
  provides: ['kubernetes', 'swarm-mode'].map((coe) => ({ serverType: 'vm', os: 'fedora-coreos', coe })),
}];
