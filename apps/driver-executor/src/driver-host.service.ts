import { join } from 'node:path';
import { StepFailed, purposesOf } from '@jeroboam/driver-sdk';
import type { Availability, BayDriver, ChosenPlugins, DriverManifest } from '@jeroboam/driver-sdk';
import type { DriverOnHost } from '@jeroboam/messaging';
import type { Logger } from '@jeroboam/platform';

/** The drivers that work on this host, each version made once, when first needed. */
export class DriverHost {
  readonly #drivers = new Map<string, BayDriver>();

  constructor(
    private readonly manifests: readonly DriverManifest[],
    private readonly dataDir: string,
    private readonly log: Logger,
  ) {}

  /** `name@version` of each. */
  names(): readonly string[] {
    return this.manifests.map(keyOf);
  }

  /** What a bay of it gets credentials for: what the driver needs, and what the plugins do that were chosen. */
  needs(name: string, version: string, chosen: ChosenPlugins): NonNullable<DriverManifest['needsCredentials']> {
    const manifest = this.manifests.find((candidate) => candidate.name === name && candidate.version === version);
    return manifest ? [...new Set([...(manifest.needsCredentials ?? []), ...purposesOf(manifest.capabilities, chosen)])] : [];
  }

  driver(name: string, version: string): BayDriver {
    const key = `${name}@${version}`;
    const known = this.#drivers.get(key);
    if (known) return known;
    const manifest = this.manifests.find((candidate) => keyOf(candidate) === key);
    if (!manifest) throw new StepFailed(`Driver ${key} is not installed on this executor`, { retryable: true });
    const made = manifest.create({ dataDir: join(this.dataDir, name), log: this.log.with({ driver: key }) });
    this.#drivers.set(key, made);
    return made;
  }

  /** @throws {StepFailed} naming what is missing and which package brings it. */
  async available(name: string, version: string): Promise<BayDriver> {
    const driver = this.driver(name, version);
    const availability = await driver.availability();
    if (availability.available) return driver;
    const missing = availability.missing.map(({ what, reason, package: brings }) => `${what} is missing: ${reason}${brings ? ` (install the package ${brings})` : ''}`);
    throw new StepFailed(`Driver ${name} cannot work on this host. ${missing.join('; ')}`, { retryable: false });
  }

  async list(): Promise<readonly DriverOnHost[]> {
    return Promise.all(
      this.manifests.map(async ({ name, version }) => {
        const availability = await this.#lookedAt(name, version);
        return { name, version, available: availability.available, missing: availability.available ? [] : availability.missing };
      }),
    );
  }

  /** A driver that cannot even look is not available; the others are none the worse for it. */
  async #lookedAt(name: string, version: string): Promise<Availability> {
    try {
      return await this.driver(name, version).availability();
    } catch (error) {
      this.log.error('a driver failed to say whether it can work here', { driver: `${name}@${version}`, error });
      return { available: false, missing: [{ what: 'an answer from the driver', reason: error instanceof Error ? error.message : String(error) }] };
    }
  }
}

function keyOf({ name, version }: DriverManifest): string {
  return `${name}@${version}`;
}
