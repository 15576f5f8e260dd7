import { existsSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { DriverManifest } from '../driver.contract.ts';
import { DriversUnusable } from './driver.errors.ts';
import { manifestProblems } from './validate-manifest.ts';

/**
 * Loads drivers in the order given.
 *
 * @param specifiers names of npm packages (`@jeroboam/driver-swarm-local`), or paths, relative to `baseDir`, of folders
 *   or module files. Each module exports `drivers: DriverManifest[]`.
 * @param baseDir folder from which packages and relative paths are looked for.
 * @throws {DriversUnusable} listing everything that is wrong in all of them.
 */
export async function loadDrivers(specifiers: readonly string[], baseDir: string): Promise<DriverManifest[]> {
  const results = await Promise.all(specifiers.map((specifier) => loadOne(specifier, baseDir)));
  const manifests = results.flatMap((result) => result.manifests);
  const keys = manifests.map(({ name, version }) => `${name}@${version}`);
  const twice = [...new Set(keys.filter((key, index) => keys.indexOf(key) !== index))];
  const problems = [...results.flatMap((result) => result.problems), ...twice.map((key) => `driver ${key} is loaded twice`)];
  if (problems.length > 0) throw new DriversUnusable(problems, { cause: results.find((result) => result.cause !== undefined)?.cause });
  return manifests;
}

interface Loaded {
  readonly manifests: readonly DriverManifest[];
  readonly problems: readonly string[];
  readonly cause?: unknown;
}

async function loadOne(specifier: string, baseDir: string): Promise<Loaded> {
  try {
    const { drivers } = (await import(pathToFileURL(entryOf(specifier, baseDir)).href)) as { drivers?: unknown };
    return Array.isArray(drivers)
      ? checked(specifier, drivers)
      : { manifests: [], problems: [`${specifier} exports no list named "drivers"`] };
  } catch (cause) {
    return { manifests: [], problems: [`${specifier} cannot be loaded: ${cause instanceof Error ? cause.message : String(cause)}`], cause };
  }
}

function checked(specifier: string, drivers: readonly unknown[]): Loaded {
  const problems = drivers.flatMap((manifest, index) =>
    manifestProblems(manifest).map((problem) => `${specifier}, driver ${index + 1}${nameOf(manifest)}: ${problem}`),
  );
  return { manifests: problems.length > 0 ? [] : (drivers as readonly DriverManifest[]), problems };
}

function nameOf(manifest: unknown): string {
  const name = (manifest as { name?: unknown } | null)?.name;
  return typeof name === 'string' ? ` (${name})` : '';
}

/** The module file behind a specifier. A folder of that name wins over a package, so that a checkout can be tried out. */
function entryOf(specifier: string, baseDir: string): string {
  const path = isAbsolute(specifier) ? specifier : resolve(baseDir, specifier);
  if (existsSync(path)) return statSync(path).isDirectory() ? entryOfFolder(path) : path;
  if (isAbsolute(specifier) || specifier.startsWith('.')) throw new Error(`there is no ${path}`);
  // The drivers that come with us are beside us, wherever the process was started.
  const found = entryOfPackage(specifier, baseDir) ?? entryOfPackage(specifier, import.meta.dirname);
  if (!found) throw new Error(`no package ${specifier} can be found from ${baseDir}`);
  return found;
}

function entryOfPackage(name: string, baseDir: string): string | undefined {
  try {
    return createRequire(join(baseDir, 'package.json')).resolve(name);
  } catch {
    // A package may offer its entry to `import` alone, which `require.resolve` does not see.
    const folder = folderOfPackage(name, baseDir);
    return folder === undefined ? undefined : entryOfFolder(folder);
  }
}

function folderOfPackage(name: string, baseDir: string): string | undefined {
  for (let folder = resolve(baseDir); ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name);
    if (existsSync(join(candidate, 'package.json'))) return candidate;
    if (folder === dirname(folder)) return undefined;
  }
}

function entryOfFolder(folder: string): string {
  const candidates = [...declaredEntries(folder), 'index.js', 'index.mjs', 'index.ts', 'src/index.ts'].map((entry) => join(folder, entry));
  const entry = candidates.find((candidate) => existsSync(candidate));
  if (!entry) throw new Error(`${folder} has no module: none of ${candidates.join(', ')} exists`);
  return entry;
}

function declaredEntries(folder: string): readonly string[] {
  const file = join(folder, 'package.json');
  if (!existsSync(file)) return [];
  const { exports, main } = JSON.parse(readFileSync(file, 'utf8')) as { exports?: unknown; main?: unknown };
  const root = isRecord(exports) && '.' in exports ? exports['.'] : exports;
  return [...conditional(root), ...(typeof main === 'string' ? [main] : [])];
}

function conditional(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (!isRecord(value)) return [];
  return ['node', 'import', 'default'].flatMap((condition) => conditional(value[condition]));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
