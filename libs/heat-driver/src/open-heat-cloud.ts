import { StepFailed } from '@jeroboam/driver-sdk';
import type { CloudAccess, DriverManifest } from '@jeroboam/driver-sdk';
import type { HeatBlueprint, HeatCloud } from './blueprint.ts';
import { HeatDriver } from './heat-driver.ts';

/** The code half of a manifest. */
export function heatDriver(blueprint: HeatBlueprint): DriverManifest['create'] {
  return ({ dataDir, cloud }) => new HeatDriver(blueprint, { dataDir }, cloud && heatCloud(cloud));
}

export function heatCloud(cloud: CloudAccess): HeatCloud {
  const { authUrl, apiUrl, simulated } = cloud;
  return {
    stacks: (bay) => cloud.stacks(bay), authUrl, apiUrl, simulated,
    async bootstrapToken(bay) {
      if (cloud.bootstrapToken) return cloud.bootstrapToken(bay);
      // Nothing runs there, so nothing asks.
      if (simulated) return 'none';
      throw new StepFailed('This executor has no way yet to let the nodes of a bay fetch their certificates', { retryable: false });
    },
  };
}
