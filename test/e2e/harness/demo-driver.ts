import { templatesOf } from '@jeroboam/driver-sdk';
import type { BayDriver, DriverManifest } from '@jeroboam/driver-sdk';
import { fakeDriverManifest } from '@jeroboam/driver-sdk/testing';

/** A driver whose versions live side by side. Its bays are made by the fake driver; its version is in the stack's id. */
export function demoDriver(version: string, templateVersion: string, more: Partial<DriverManifest> = {}): DriverManifest {
  return {
    ...fakeDriverManifest, name: 'demo', version,
    ...templatesOf({ version: templateVersion, files: { 'bay.yaml': `demo ${templateVersion}` }, parameters: {}, outputs: {} }),
    create: (dependencies) => signed(fakeDriverManifest.create(dependencies), version),
    ...more,
  };
}

function signed(driver: BayDriver, version: string): BayDriver {
  return {
    availability: () => driver.availability(),
    plan: (operation, bay) => driver.plan(operation, bay),
    health: (bay, context) => driver.health(bay, context),
    async run(step, context) {
      const result = await driver.run(step, context);
      return result.outputs?.stackId === undefined ? result : { ...result, outputs: { ...result.outputs, stackId: `made-by-${version}` } };
    },
  };
}
