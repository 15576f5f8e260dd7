import type { BayModelChanges } from '@jeroboam/domain';
import { reviseBayModel } from '@jeroboam/messaging';
import type { CloudLookups } from '@jeroboam/openstack';
import { PROJECTIONS, type BayModelDocument } from '@jeroboam/read-model';
import type { Api } from '../api-dependencies.ts';
import { allowedParts, type AllowedParts } from '../capability/allowed-parts.ts';
import { chooseDriver } from '../capability/choose-driver.ts';
import { requireCapableDriver, requirePossibleParts } from '../capability/coe-rules.ts';
import { requireUsableLabels } from '../capability/label-rules.ts';
import { requireImage, requireResources } from '../cloud/cloud-resources.ts';
import type { Acting, Commands } from '../command/commands.ts';
import { allows } from '../policy/policy.ts';
import type { PatchOperation } from '../wire/json-patch.ts';
import { BayModelReferenced, isHarmless } from './bay-model-referenced.ts';
import type { BayModelQueries } from './bay-model.queries.ts';
import { wantedChanges } from './cluster-template.patch.ts';
import { clusterTemplateType, type ClusterTemplateType } from './cluster-template.type.ts';
import { PublishDenied } from './create-bay-model.ts';

/** What decides which driver makes the bays, and whether it can. The rest can change while that driver is not loaded. */
const OF_THE_DRIVER: readonly (keyof BayModelChanges)[] = [
  'coe', 'serverType', 'imageId', 'clusterDistro', 'driver', 'networkDriver', 'volumeDriver', 'dockerStorageDriver',
];

/** Changes a bay model, checked in Magnum's order: what the text says, what the cloud has, who may publish, who uses it. */
export class ReviseBayModel {
  private readonly type: ClusterTemplateType;
  private readonly allowed: AllowedParts;

  constructor(
    private readonly api: Pick<Api, 'lookups' | 'drivers' | 'driverRecords' | 'deprecations' | 'config'>,
    private readonly models: BayModelQueries,
    private readonly commands: Commands,
  ) {
    this.type = clusterTemplateType(api.drivers);
    this.allowed = allowedParts(api.config);
  }

  /**
   * The change can be read by the end. A patch that changes nothing asks nobody.
   *
   * @throws {PublishDenied} {BayModelReferenced}, and what is thrown for a new bay model like that.
   */
  async execute(model: BayModelDocument, patch: readonly PatchOperation[], acting: Acting): Promise<void> {
    const asked = wantedChanges(model, patch, this.type);
    if (Object.keys(asked).length === 0) return;
    const changes = await this.possible(model, asked, acting);
    if ((changes.public ?? changes.hidden) !== undefined && !allows('clustertemplate:publish', acting.caller)) throw new PublishDenied();
    if (!isHarmless(changes) && (await this.models.isReferenced(model.id))) throw new BayModelReferenced(model.id);
    await this.commands.carryOut(reviseBayModel, { bayModelId: model.id, changes }, acting, [PROJECTIONS.bayModels]);
  }

  private async possible(model: BayModelDocument, changes: BayModelChanges, acting: Acting): Promise<BayModelChanges> {
    const { caller } = acting;
    const revised = { ...model, ...changes };
    requirePossibleParts(revised.coe, revised, this.api.drivers, this.allowed);
    const lookups = this.api.lookups.for({ token: caller.token, info: caller.info });
    const ofDriver = OF_THE_DRIVER.some((field) => changes[field] !== undefined) ? await this.ofDriver(revised, changes, lookups, acting) : {};
    await requireResources(lookups, revised, revised.labels);
    requireUsableLabels(revised.labels);
    return { ...changes, ...ofDriver };
  }

  /** @returns the distribution, where the image is another: it knows better than the patch. */
  private async ofDriver(
    revised: BayModelDocument, changes: BayModelChanges, lookups: CloudLookups, { deprecations }: Acting,
  ): Promise<BayModelChanges> {
    const image = await requireImage(lookups, revised.imageId);
    const distro = changes.imageId === undefined ? revised.clusterDistro : image.osDistro;
    const { manifest } = chooseDriver(await this.api.driverRecords.current(), {
      serverType: revised.serverType, os: distro, coe: revised.coe, driver: revised.driver, imageDriver: image.magnumDriver,
      configuredDefault: this.api.config.defaultDriver,
    });
    deprecations?.push(...this.api.deprecations.forNew(revised.coe, manifest));
    requireCapableDriver(manifest.name, manifest.capabilities, revised);
    return changes.imageId === undefined ? {} : { clusterDistro: distro ?? '' };
  }
}
