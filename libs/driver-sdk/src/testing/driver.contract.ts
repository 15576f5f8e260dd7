import { cutLives } from './contract/cut-lives.ts';
import type { DriverHarness } from './contract/driver-harness.ts';
import { oneLife } from './contract/one-life.ts';
import { rotations } from './contract/rotations.ts';

/**
 * Every rule of `infra/docs/contracts/driver.md` that can be tested, for any driver. The bays have one master; those of
 * the long life begin with two workers.
 */
export function driverContract(name: string, harness: DriverHarness): void {
  describe(`${name} keeps the driver contract`, () => {
    describe('in one long life of a bay', () => oneLife(harness));
    if (harness.manifest.capabilities.operations.includes('rotate-ca')) describe('when its CA is rotated', () => rotations(harness));
    describe('in lives that are cut', () => cutLives(harness));
  });
}
