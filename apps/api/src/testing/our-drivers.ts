import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { DriverManifest } from '@jeroboam/driver-sdk';

const ROOMS = join(import.meta.dirname, '../../../../drivers');

/** Manifests of the drivers in this repository: found, as no service knows any by name. */
export async function ourDrivers(): Promise<readonly DriverManifest[]> {
  const entries = readdirSync(ROOMS).map((name) => join(ROOMS, name, 'src/index.ts'));
  const modules: { readonly drivers?: readonly DriverManifest[] }[] = [];
  for (const entry of entries.filter((path) => existsSync(path))) modules.push(await import(pathToFileURL(entry).href));
  return modules.flatMap(({ drivers = [] }) => drivers);
}
