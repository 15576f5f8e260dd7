import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { BaySpec } from '@jeroboam/domain';
import type { DriverManifest } from '@jeroboam/driver-sdk';
import type { HeatBlueprint } from '@jeroboam/heat-driver';

/** One version of a driver whose bays are Heat stacks. */
export interface HeatDriverUnderTest {
  readonly manifest: DriverManifest;
  readonly blueprint: HeatBlueprint;
  /** What a bay of it is asked for with in the sandbox cloud. */
  readonly spec: Partial<BaySpec>;
}

const rooms = join(import.meta.dirname, '..', '..', 'drivers');

/** All that are in `drivers/`: a new one is tested without being named anywhere. */
export async function heatDrivers(): Promise<readonly HeatDriverUnderTest[]> {
  const entries = readdirSync(rooms).map((name) => join(rooms, name, 'src', 'index.ts')).filter((path) => existsSync(path));
  const modules = await Promise.all(entries.map(async (path) => (await import(pathToFileURL(path).href)) as Readonly<Record<string, unknown>>));
  return modules.flatMap((exports) => {
    const blueprints = Object.values(exports).filter(isBlueprint);
    return (exports['drivers'] as readonly DriverManifest[]).flatMap((manifest) => {
      const blueprint = blueprints.find(({ bundles }) => bundles === manifest.bundles);
      return blueprint ? [{ manifest, blueprint, spec: specFor(manifest) }] : [];
    });
  });
}

function isBlueprint(value: unknown): value is HeatBlueprint {
  return typeof value === 'object' && value !== null && 'bundles' in value && 'parametersOf' in value;
}

/** Images of the sandbox cloud are named as their systems are. */
export function specFor(manifest: DriverManifest): Partial<BaySpec> {
  const { serverType, os } = manifest.provides[0]!;
  const flavor = serverType === 'bm' ? 'bm.standard' : 'm1.small';
  return {
    name: `try-${manifest.name}`, imageId: os, flavorId: flavor, masterFlavorId: flavor, externalNetworkId: 'public',
    ...(serverType === 'bm' ? { fixedNetwork: 'metal' } : {}), networkDriver: manifest.capabilities.networkDrivers[0] ?? null,
  };
}
