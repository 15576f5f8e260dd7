import type { BayModelChanges } from '@jeroboam/domain';
import { ClusterDriverNotSupported, ClusterTypeNotSupported } from '@jeroboam/driver-sdk';
import type { DriverManifest } from '@jeroboam/driver-sdk';
import { reviseBayModel } from '@jeroboam/messaging';
import type { CloudLookups } from '@jeroboam/openstack';
import { PROJECTIONS, type BayModelDocument } from '@jeroboam/read-model';
import type { Api } from '../api-dependencies.ts';
import { allowedParts, type AllowedParts } from '../capability/allowed-parts.ts';
import { chooseDriver } from '../capability/choose-driver.ts';
import { requireCapableDriver, requirePossibleParts } from '../capability/coe-rules.ts';
import { requireUsableLabels } from '../capability/label-rules.ts';
import { requireFittingLabels } from '../capability/label-schemas.ts';
import { requireImage, requireResources } from '../cloud/cloud-resources.ts';
import type { Acting, Commands } from '../command/commands.ts';
import { allows } from '../policy/policy.ts';
import type { AcceptedDocuments } from '../read/accepted-documents.ts';
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
    private readonly documents: AcceptedDocuments,
  ) {
    this.type = clusterTemplateType(api.drivers);
    this.allowed = allowedParts(api.config);
  }

  /**
   * The change can be read by the end. A patch that changes nothing asks nobody.
   * @returns the bay model as changed.
   *
   * @throws {PublishDenied} {BayModelReferenced}, and what is thrown for a new bay model like that.
   */
  async execute(model: BayModelDocument, patch: readonly PatchOperation[], acting: Acting): Promise<BayModelDocument> {
    const asked = wantedChanges(model, patch, this.type);
    if (Object.keys(asked).length === 0) return model;
    const changes = await this.possible(model, asked, acting);
    if ((changes.public ?? changes.hidden) !== undefined && !allows('clustertemplate:publish', acting.caller)) throw new PublishDenied();
    if (!isHarmless(changes) && (await this.models.isReferenced(model.id))) throw new BayModelReferenced(model.id);
    const { position } = await this.commands.carryOut(reviseBayModel, { bayModelId: model.id, changes }, acting, [PROJECTIONS.bayModels]);
    return this.documents.bayModel(model.id, position);
  }

  private async possible(model: BayModelDocument, changes: BayModelChanges, acting: Acting): Promise<BayModelChanges> {
    const { caller } = acting;
    const revised = { ...model, ...changes };
    requirePossibleParts(revised.coe, revised, this.api.drivers, this.allowed);
    const lookups = this.api.lookups.for({ token: caller.token, info: caller.info });
    const isOfDriver = OF_THE_DRIVER.some((field) => changes[field] !== undefined);
    const ofDriver = isOfDriver ? await this.ofDriver(revised, changes, lookups, acting) : {};
    if (!isOfDriver && changes.labels !== undefined) await this.requireFittingLabels(revised, lookups);
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
    const manifest = await this.driverFor(revised, distro, image.magnumDriver);
    deprecations?.push(...this.api.deprecations.forNew(revised.coe, manifest));
    requireCapableDriver(manifest, revised.coe, revised);
    requireFittingLabels(manifest, revised, revised.labels);
    return changes.imageId === undefined ? {} : { clusterDistro: distro ?? '' };
  }

  /** Labels can change while the driver is not loaded; then nobody knows what it makes of them. */
  private async requireFittingLabels(revised: BayModelDocument, lookups: CloudLookups): Promise<void> {
    const image = await requireImage(lookups, revised.imageId);
    const manifest = await this.driverFor(revised, revised.clusterDistro, image.magnumDriver).catch((error: unknown) => {
      if (error instanceof ClusterDriverNotSupported || error instanceof ClusterTypeNotSupported) return null;
      throw error;
    });
    if (manifest) requireFittingLabels(manifest, revised, revised.labels);
  }

  private async driverFor({ serverType, coe, driver }: BayModelDocument, os: string | null, imageDriver: string | undefined): Promise<DriverManifest> {
    const configuredDefault = this.api.config.defaultDriver;
    return chooseDriver(await this.api.driverRecords.current(), { serverType, os, coe, driver, imageDriver, configuredDefault }).manifest;
  }
}
