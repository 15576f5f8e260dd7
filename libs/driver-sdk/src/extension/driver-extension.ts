import type { DriverManifest } from '../driver.contract.ts';
import { compareSemver } from '../registry/semver.ts';

/** One command of an extension: a route, and a subcommand of every client that reads `GET /v1/extensions`. Data, never code. */
export interface ExtensionCommand {
  /** Lower case letters, digits and `-`; unique in the extension. */
  readonly name: string;
  /** A sentence. */
  readonly help: string;
  /** `GET` shows something and changes nothing (`BayDriver.extension`); `POST` is an operation (`BayDriver.plan` and `run`). */
  readonly method: 'GET' | 'POST';
  /** Last part of the route, as names are; each method has it once. */
  readonly path: string;
  /** JSON Schema (2020-12) of the arguments: an object without members of its own choosing, whose properties are texts, numbers or booleans. */
  readonly argsSchema: Readonly<Record<string, unknown>>;
  /** Members of the answer that a table shows, in their order. */
  readonly responseColumns: readonly string[];
  /** Who may, by the policy rule `ext:{alias}:{name}` where an operator says nothing else. @default member: administrators and members of the project */
  readonly policy?: 'reader' | 'member' | 'admin';
}

/** What a driver adds to the API. */
export interface DriverExtension {
  /** As names are; no other driver has it. */
  readonly alias: string;
  readonly name: string;
  /** A sentence. */
  readonly description: string;
  /** Semver, the extension's own. */
  readonly version: string;
  /** Day of its last change, e.g. `2026-11-23`. */
  readonly updated: string;
  readonly commands: readonly ExtensionCommand[];
}

/** An extension with the driver version it is shown of. */
export interface LoadedExtension {
  readonly extension: DriverExtension;
  readonly manifest: DriverManifest;
}

/** One of each alias: that of the highest version that is not retired. Bays of older versions keep theirs. */
export function extensionsOf(manifests: readonly DriverManifest[]): readonly LoadedExtension[] {
  const loaded = manifests.flatMap((manifest) => (manifest.extension && manifest.state !== 'retired' ? [{ extension: manifest.extension, manifest }] : []));
  const byAlias = Map.groupBy(loaded, ({ extension }) => extension.alias);
  return [...byAlias.values()].map((of) => of.toSorted((one, other) => compareSemver(other.manifest.version, one.manifest.version))[0]!);
}
