/** What the operator lets users choose: names by COE. Of a COE that is not named, and where `all` is among its names, everything is allowed. */
export type AllowedNames = ReadonlyMap<string, readonly string[]>;

export interface AllowedParts {
  readonly networkDrivers: AllowedNames;
  readonly volumeDrivers: AllowedNames;
}

export const EVERYTHING_ALLOWED: AllowedParts = { networkDrivers: new Map(), volumeDrivers: new Map() };

/** @param config lists such as `['kubernetes=calico']`. */
export function allowedParts(config: { readonly allowedNetworkDrivers?: readonly string[]; readonly allowedVolumeDrivers?: readonly string[] }): AllowedParts {
  return { networkDrivers: allowedNames(config.allowedNetworkDrivers), volumeDrivers: allowedNames(config.allowedVolumeDrivers) };
}

/** @param pairs such as `kubernetes=calico`. */
function allowedNames(pairs: readonly string[] | undefined): AllowedNames {
  const split = (pairs ?? []).map((pair) => pair.split('=', 2) as [string, string]);
  const byCoe = Map.groupBy(split, ([coe]) => coe);
  return new Map([...byCoe].map(([coe, named]) => [coe, named.map(([, name]) => name)]));
}

/** @returns undefined where everything is allowed. */
export function namesAllowed(allowed: AllowedNames, coe: string): readonly string[] | undefined {
  const names = allowed.get(coe);
  return names?.includes('all') ? undefined : names;
}
