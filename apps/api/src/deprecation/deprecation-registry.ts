import { DomainError } from '@jeroboam/domain';
import type { DriverManifest } from '@jeroboam/driver-sdk';
import { MIN_MINOR } from '../wire/microversion.ts';
import { isOver, type Deprecation } from './deprecations.ts';

/** It was announced long ago, and now it is so. */
export class PastSunset extends DomainError {
  readonly code = 'PAST_SUNSET';
  readonly kind = 'invalid';
  constructor({ feature, kind, name, sunset, replacement, doc }: Deprecation) {
    const instead = replacement === null ? '' : `, use ${replacement} instead`;
    super(`Nothing new is made with ${kind} ${name} since ${sunset}${instead}: ${doc}`, { feature, sunset, replacement });
  }
}

const DRIVERS_PAGE = 'https://docs.openstack.org/magnum/latest/user/';

/** Everything deprecated that this process knows: what we say of the API, and what drivers say of themselves. */
export class DeprecationRegistry {
  readonly entries: readonly Deprecation[];
  readonly #microversions: readonly Deprecation[];

  /** @param now tells what is over by now. */
  constructor(
    deprecated: readonly Deprecation[],
    manifests: readonly DriverManifest[],
    private readonly now: () => Date,
  ) {
    this.entries = [...deprecated, ...manifests.flatMap(ofDriver)];
    this.#microversions = this.entries.filter(({ kind }) => kind === 'microversion');
  }

  isOver(deprecation: Deprecation): boolean {
    return isOver(deprecation, this.now());
  }

  /** What is deprecated of that which a bay is made with. */
  forBay(coe: string, { name, version }: Pick<DriverManifest, 'name' | 'version'>): readonly Deprecation[] {
    return [...this.#of('coe', coe), ...this.#of('driver', `${name}@${version}`)];
  }

  /**
   * The same for something new.
   * @throws {PastSunset} for what is over: bays made before go on.
   */
  forNew(coe: string, driver: Pick<DriverManifest, 'name' | 'version'>): readonly Deprecation[] {
    const used = this.forBay(coe, driver);
    const over = used.find((each) => this.isOver(each));
    if (over) throw new PastSunset(over);
    return used;
  }

  /** @param fields that were sent, of `resource` as the path names it. */
  forFields(resource: string, fields: readonly string[]): readonly Deprecation[] {
    return fields.flatMap((field) => this.#of('field', `${resource}.${field}`));
  }

  /** Microversions go from below, so a request in an older one than the one named uses what will go. */
  forVersion(minor: number): readonly Deprecation[] {
    return this.#microversions.filter((entry) => minor <= minorOf(entry));
  }

  /** Lowest minor version that is served now. */
  lowestMinor(): number {
    return Math.max(MIN_MINOR, ...this.#microversions.filter((entry) => this.isOver(entry)).map((entry) => minorOf(entry) + 1));
  }

  /** @param variables that are set. */
  forSettings(variables: readonly string[]): readonly Deprecation[] {
    return variables.flatMap((variable) => this.#of('config', variable));
  }

  forLabels(labels: readonly string[]): readonly Deprecation[] {
    return labels.flatMap((label) => this.#of('label', label));
  }

  #of(kind: Deprecation['kind'], name: string): readonly Deprecation[] {
    return this.entries.filter((entry) => entry.kind === kind && entry.name === name);
  }
}

/** `1.9` is 9. */
function minorOf({ name }: Deprecation): number {
  return Number(name.slice(name.indexOf('.') + 1));
}

function ofDriver({ name, version, state, deprecation }: DriverManifest): readonly Deprecation[] {
  if (deprecation === undefined || (state !== 'deprecated' && state !== 'retired')) return [];
  const { since, sunset, replacement = null, doc = DRIVERS_PAGE } = deprecation;
  return [{ feature: `driver:${name}@${version}`, kind: 'driver', name: `${name}@${version}`, since, sunset, replacement, doc }];
}
