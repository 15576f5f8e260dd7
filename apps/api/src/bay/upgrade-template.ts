import { DomainError } from '@jeroboam/domain';
import { compareSemver, semverNumbers, templateOf } from '@jeroboam/driver-sdk';
import type { DriverManifest } from '@jeroboam/driver-sdk';
import { upgradeBay, type Accepted } from '@jeroboam/messaging';
import type { BayDocument } from '@jeroboam/read-model';
import type { Api } from '../api-dependencies.ts';
import { requireAbleDriver } from '../capability/able-driver.ts';
import type { Acting, Commands } from '../command/commands.ts';
import { driverReference } from '../drivers/driver-reference.ts';

export class TemplateUnsuitable extends DomainError {
  readonly code = 'TEMPLATE_UNSUITABLE';
  readonly kind = 'conflict';
  constructor(version: string, reason: string) {
    super(`The cluster cannot go to template ${version}: ${reason}.`);
  }
}

/**
 * Leads a bay to another template of the same major version of its driver, bay model and image staying: by the rules of
 * template versions that changes nothing in the plan of the bay (PATCH) or only adds to it (MINOR), and replaces no node.
 */
export class UpgradeTemplate {
  constructor(
    private readonly api: Pick<Api, 'drivers' | 'driverRecords'>,
    private readonly commands: Commands,
  ) {}

  /** @throws {TemplateUnsuitable} {DriverVersionUnavailable} {CapabilityMissing} and what the scheduler refuses. */
  async execute(bay: BayDocument, version: string, acting: Acting): Promise<Accepted> {
    const { spec: { bayModelId, imageId, driver } } = bay;
    const own = requireAbleDriver(this.api.drivers, bay, 'upgrade-template');
    refuseWayBack(own, driver.templateVersion, version);
    const manifest = await this.withTemplate(driver, version);
    const to = { bayModelId, imageId, labels: {}, driver: driverReference({ manifest, resolvedBy: driver.resolvedBy }, templateOf(manifest, version)) };
    return this.commands.changeBay(upgradeBay, { bayId: bay.id, nodeGroup: null, to, maxBatchSize: 1 }, acting);
  }

  /** The newest version of the driver that has the template and may be led to; the bay's own one counts in whatever state. */
  private async withTemplate({ name, version: current }: BayDocument['spec']['driver'], version: string): Promise<DriverManifest> {
    const loaded = (await this.api.driverRecords.current()).manifests.filter((manifest) => manifest.name === name);
    const ofMajor = loaded.filter((manifest) => majorOf(manifest.version) === majorOf(current) && (manifest.state !== 'retired' || manifest.version === current));
    const able = ofMajor.filter(({ templateVersions, capabilities }) => templateVersions.includes(version) && capabilities.operations.includes('upgrade-template'));
    const [newest] = able.toSorted((one, other) => compareSemver(other.version, one.version));
    if (newest) return newest;
    const there = [...new Set(ofMajor.flatMap(({ templateVersions }) => templateVersions))].toSorted(compareSemver);
    throw new TemplateUnsuitable(version, `driver ${name} ${majorOf(current)}.x has templates ${there.join(', ')}`);
  }
}

/** @throws {TemplateUnsuitable} the bay has it, or it is older and the bay's template does not say that there is a way back. */
function refuseWayBack(manifest: DriverManifest, current: string, version: string): void {
  const order = compareSemver(version, current);
  if (order === 0) throw new TemplateUnsuitable(version, 'it has that one');
  if (order < 0 && templateOf(manifest, current).bundle?.reversibleTo !== version) throw new TemplateUnsuitable(version, `there is no way back from ${current}`);
  if (majorOf(version) !== majorOf(current)) throw new TemplateUnsuitable(version, `from ${current} that is another major version`);
}

function majorOf(version: string): number {
  return semverNumbers(version)[0]!;
}
