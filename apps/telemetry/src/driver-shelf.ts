import { join } from 'node:path';
import type { DriverReference } from '@jeroboam/domain';
import type { BayDriver, DriverManifest } from '@jeroboam/driver-sdk';
import type { Logger } from '@jeroboam/platform';

/** The loaded drivers, each version made once, when first needed. */
export class DriverShelf {
  readonly #made = new Map<string, BayDriver>();

  constructor(
    private readonly manifests: readonly DriverManifest[],
    private readonly dataDir: string,
    private readonly log: Logger,
  ) {}

  /**
   * The very version a bay was made with; null where it has no way to look at bays.
   * @throws {Error} it is not loaded here.
   */
  of({ name, version }: DriverReference): BayDriver | null {
    const key = `${name}@${version}`;
    const manifest = this.manifests.find((candidate) => candidate.name === name && candidate.version === version);
    if (!manifest) throw new Error(`driver ${key} is not loaded in telemetry`);
    if (!manifest.capabilities.operations.includes('health')) return null;
    const made = this.#made.get(key) ?? manifest.create({ dataDir: join(this.dataDir, name), log: this.log.with({ driver: key }) });
    this.#made.set(key, made);
    return made;
  }
}
