import { templatesOf } from '@jeroboam/driver-sdk';
import type { DriverManifest } from '@jeroboam/driver-sdk';
import { fakeDriverManifest } from '@jeroboam/driver-sdk/testing';

const template = { parameters: {}, outputs: {}, files: {} };

/** The fake driver, for bays of any COE on the image of the recordings: nothing it makes exists. Its bays can go to and fro between two templates. */
export const drivers: readonly DriverManifest[] = [{
  ...fakeDriverManifest,
  ...templatesOf({ ...template, version: '1.0.0' }, { ...template, version: '1.1.0', reversibleTo: '1.0.0' }),
  name: 'fuzz',
  provides: ['kubernetes', 'swarm-mode'].map((coe) => ({ serverType: 'vm', os: 'fedora-coreos', coe })),
}];
