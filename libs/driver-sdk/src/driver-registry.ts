import type { DriverReference } from '@jeroboam/domain';
import type { BayType, DriverManifest } from './driver.contract.ts';
import { ClusterDriverNotSupported, ClusterTypeNotSupported, DriversUnusable } from './registry/driver.errors.ts';
import { compareSemver } from './registry/semver.ts';
import { manifestProblems } from './registry/validate-manifest.ts';

/** What a bay needs a driver for, and who has a say in which one. */
export interface WantedDriver extends BayType {
  /** Name, or `name@version`, from the request or the bay model. */
  readonly driver?: string;
  /** The same from the image's property `magnum_driver`. */
  readonly imageDriver?: string;
  /** From the configuration; with several, the first that makes such bays. */
  readonly configuredDefault?: string | readonly string[];
}

export interface ResolvedDriver {
  readonly manifest: DriverManifest;
  readonly resolvedBy: DriverReference['resolvedBy'];
}

/** Within a name the first of these states wins, then the highest version. A retired version makes no new bays. */
const PREFERENCE: readonly DriverManifest['state'][] = ['active', 'deprecated', 'beta'];

/** The drivers this process knows: every version of each, side by side. Read once at boot. */
export class DriverRegistry {
  readonly manifests: readonly DriverManifest[];

  /** @throws {DriversUnusable} listing every manifest that is wrong or there twice. */
  constructor(manifests: readonly DriverManifest[]) {
    const problems = [...manifests.flatMap(wrongIn), ...repeated(manifests), ...sharedAliases(manifests)];
    if (problems.length > 0) throw new DriversUnusable(problems);
    this.manifests = [...manifests];
  }

  /**
   * The same drivers in the states an operator has given them.
   * @param states by `name@version`; versions that are not loaded are left out.
   */
  withStates(states: ReadonlyMap<string, DriverManifest['state']>): DriverRegistry {
    const changed = (manifest: DriverManifest): DriverManifest => {
      const state = states.get(`${manifest.name}@${manifest.version}`);
      if (state === undefined || state === manifest.state) return manifest;
      const { deprecation, ...rest } = manifest;
      // One that stays again does not go any more.
      return { ...rest, state, ...(deprecation && state !== 'active' && state !== 'beta' ? { deprecation } : {}) };
    };
    return states.size === 0 ? this : new DriverRegistry(this.manifests.map(changed));
  }

  /** The very version a bay recorded; undefined when it is not loaded. */
  find(name: string, version: string): DriverManifest | undefined {
    return this.manifests.find((manifest) => manifest.name === name && manifest.version === version);
  }

  /**
   * The driver for a new bay, decided by the first that has an opinion: request or bay model, image, configuration,
   * only match. A driver named by a person must exist and make such bays; a configured default only counts where it does.
   * @throws {ClusterDriverNotSupported} the named driver is not there.
   * @throws {ClusterTypeNotSupported} nobody makes such bays, or the named driver does not.
   */
  resolve(wanted: WantedDriver): ResolvedDriver {
    if (wanted.driver) return { manifest: this.#named(wanted.driver, wanted), resolvedBy: 'request' };
    if (wanted.imageDriver) return { manifest: this.#named(wanted.imageDriver, wanted), resolvedBy: 'image' };
    for (const name of defaultsOf(wanted)) {
      const manifest = this.#best(name, wanted);
      if (manifest) return { manifest, resolvedBy: 'configuration' };
    }
    const [only, ...others] = this.#volunteers(wanted);
    if (!only) throw new ClusterTypeNotSupported(wanted);
    if (others.length > 0)
      throw new Error(
        `Ambiguous drivers for ${typeKey(wanted)}: ${[only, ...others].join(', ')}; assertUnambiguous was not called at boot`,
      );
    return { manifest: this.#best(only, wanted)!, resolvedBy: 'only-match' };
  }

  /**
   * To be called at boot with the configured defaults.
   * @throws {DriversUnusable} two drivers make the same bays and no default says which; a default is not loaded.
   */
  assertUnambiguous(configuredDefault?: string | readonly string[]): void {
    const defaults = defaultsOf({ configuredDefault });
    const unknown = defaults.filter((name) => this.manifests.every((manifest) => !isCalled(manifest, name)));
    const types = new Map(this.manifests.flatMap((manifest) => manifest.provides.map((type) => [typeKey(type), type] as const)));
    const disputed = [...types].filter(
      ([, type]) => this.#volunteers(type).length > 1 && defaults.every((name) => !this.#best(name, type)),
    );
    const problems = [
      ...unknown.map((name) => `the configured default driver ${name} is not loaded`),
      ...disputed.map(
        ([key, type]) =>
          `the drivers ${this.#volunteers(type).join(' and ')} both make bays of type ${key}; configure which is the default`,
      ),
    ];
    if (problems.length > 0) throw new DriversUnusable(problems);
  }

  #named(name: string, type: BayType): DriverManifest {
    if (!this.manifests.some((manifest) => isCalled(manifest, name) && manifest.state !== 'retired'))
      throw new ClusterDriverNotSupported(name);
    const manifest = this.#best(name, type);
    if (!manifest) throw new ClusterTypeNotSupported(type);
    return manifest;
  }

  #best(name: string, type: BayType): DriverManifest | undefined {
    const able = this.manifests.filter((manifest) => isCalled(manifest, name) && provides(manifest, type));
    for (const state of PREFERENCE) {
      const newest = able.filter((manifest) => manifest.state === state).sort((one, other) => compareSemver(other.version, one.version))[0];
      if (newest) return newest;
    }
    return undefined;
  }

  /** Names of the drivers that may be chosen without being named: a beta has to be asked for. */
  #volunteers(type: BayType): readonly string[] {
    const able = this.manifests.filter(
      (manifest) => provides(manifest, type) && (manifest.state === 'active' || manifest.state === 'deprecated'),
    );
    return [...new Set(able.map((manifest) => manifest.name))].sort();
  }
}

function isCalled({ name, version }: DriverManifest, wanted: string): boolean {
  return wanted === name || wanted === `${name}@${version}`;
}

function provides(manifest: DriverManifest, { serverType, os, coe }: BayType): boolean {
  return manifest.provides.some((type) => type.serverType === serverType && type.os === os && type.coe === coe);
}

function typeKey({ serverType, os, coe }: BayType): string {
  return `(${serverType}, ${os}, ${coe})`;
}

function defaultsOf({ configuredDefault }: Pick<WantedDriver, 'configuredDefault'>): readonly string[] {
  if (configuredDefault === undefined) return [];
  return (typeof configuredDefault === 'string' ? [configuredDefault] : configuredDefault).filter((name) => name !== '');
}

/** An alias is part of addresses: it belongs to one driver. */
function sharedAliases(manifests: readonly DriverManifest[]): readonly string[] {
  const withExtension = manifests.filter((manifest) => typeof manifest?.extension?.alias === 'string');
  const byAlias = Map.groupBy(withExtension, ({ extension }) => extension!.alias);
  return [...byAlias].flatMap(([alias, of]) => {
    const names = [...new Set(of.map(({ name }) => name))];
    return names.length > 1 ? [`the drivers ${names.join(' and ')} both have an extension ${alias}`] : [];
  });
}

function wrongIn(manifest: DriverManifest): readonly string[] {
  return manifestProblems(manifest).map((problem) => `driver ${manifest?.name}@${manifest?.version}: ${problem}`);
}

function repeated(manifests: readonly DriverManifest[]): readonly string[] {
  const keys = manifests
    .filter((manifest) => manifest !== null && typeof manifest === 'object')
    .map(({ name, version }) => `${name}@${version}`);
  return [...new Set(keys.filter((key, index) => keys.indexOf(key) !== index))].map((key) => `driver ${key} is loaded twice`);
}
