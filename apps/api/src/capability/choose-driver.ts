import type { DriverRegistry, ResolvedDriver } from '@jeroboam/driver-sdk';

export interface BayNeeds {
  readonly serverType: 'vm' | 'bm' | null;
  /** `os_distro` of the image; null when it has none. */
  readonly os: string | null;
  readonly coe: string;
  readonly driver: string | null;
  readonly imageDriver: string | undefined;
  readonly configuredDefault: string | readonly string[] | undefined;
}

/** @throws the registry's refusals, which have Magnum's words. */
export function chooseDriver(drivers: DriverRegistry, needs: BayNeeds): ResolvedDriver {
  const { serverType, os, coe, driver, imageDriver, configuredDefault } = needs;
  return drivers.resolve({
    // No driver makes bays of what is missing; in the refusal it stands as Python prints it.
    serverType: (serverType ?? 'None') as 'vm' | 'bm', os: os ?? 'None', coe,
    ...(driver === null ? {} : { driver }), ...(imageDriver === undefined ? {} : { imageDriver }),
    ...(configuredDefault === undefined ? {} : { configuredDefault }),
  });
}
