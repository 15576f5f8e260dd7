import { derivedId, DomainError } from '@jeroboam/domain';
import type { BayModelSpec } from '@jeroboam/domain';
import { createBayModel } from '@jeroboam/messaging';
import { PROJECTIONS, type BayModelDocument } from '@jeroboam/read-model';
import type { Api } from '../api-dependencies.ts';
import { projectOf } from '../auth/caller.ts';
import { allowedParts, type AllowedParts } from '../capability/allowed-parts.ts';
import { chooseDriver } from '../capability/choose-driver.ts';
import { defaultNetworkDriver, requireCapableDriver, requirePossibleParts, requireVolumeSize } from '../capability/coe-rules.ts';
import { requireUsableLabels } from '../capability/label-rules.ts';
import { assertLabelSchemas, requireFittingLabels } from '../capability/label-schemas.ts';
import { requireImage, requireResources } from '../cloud/cloud-resources.ts';
import type { Acting, Commands } from '../command/commands.ts';
import { allows, enforce } from '../policy/policy.ts';
import type { AcceptedDocuments } from '../read/accepted-documents.ts';
import { InvalidInput } from '../wire/errors.ts';
import { generatedName } from '../wire/names.ts';
import type { ClusterTemplateFields } from './cluster-template.type.ts';

/** Magnum's words. */
export class PublishDenied extends DomainError {
  readonly code = 'PUBLISH_DENIED';
  readonly kind = 'forbidden';
  constructor() {
    super('Not authorized to set public or hidden flag for cluster template.');
  }
}

type CompleteFields = ClusterTemplateFields & { readonly coe: string; readonly image_id: string };

/** Takes in a new bay model, checked in Magnum's order: what the text says, what the cloud has, who may. */
export class CreateBayModel {
  private readonly allowed: AllowedParts;

  /** @throws {DriversUnusable} a driver's schema of labels is none. */
  constructor(
    private readonly api: Pick<Api, 'lookups' | 'drivers' | 'driverRecords' | 'deprecations' | 'config'>,
    private readonly commands: Commands,
    private readonly documents: AcceptedDocuments,
  ) {
    assertLabelSchemas(api.drivers.manifests);
    this.allowed = allowedParts(api.config);
  }

  /** @returns the new bay model, which others can read by then. */
  async execute(fields: ClusterTemplateFields, acting: Acting): Promise<BayModelDocument> {
    const { coe = null, image_id: imageId } = fields;
    const parts = partsOf(fields);
    requirePossibleParts(coe, parts, this.api.drivers, this.allowed);
    requireVolumeSize(parts.dockerStorageDriver, fields.docker_volume_size ?? null);
    if (coe === null || typeof imageId !== 'string') throw new InvalidInput('image_id', null, 'Mandatory field missing.');
    const spec = await this.specOf({ ...fields, coe, image_id: imageId }, acting);
    const { position } = await this.commands.carryOut(createBayModel, { spec }, acting, [PROJECTIONS.bayModels]);
    return this.documents.bayModel(spec.bayModelId, position);
  }

  private async specOf(fields: CompleteFields, acting: Acting): Promise<BayModelSpec> {
    const { caller } = acting;
    const lookups = this.api.lookups.for({ token: caller.token, info: caller.info });
    const image = await requireImage(lookups, fields.image_id);
    const serverType = fields.server_type === undefined ? 'vm' : fields.server_type;
    const driver = fields.driver ?? null;
    const { manifest } = chooseDriver(await this.api.driverRecords.current(), {
      serverType, os: image.osDistro, coe: fields.coe, driver, imageDriver: image.magnumDriver,
      configuredDefault: this.api.config.defaultDriver,
    });
    acting.deprecations?.push(...this.api.deprecations.forNew(fields.coe, manifest));
    const parts = partsOf(fields);
    requireCapableDriver(manifest, fields.coe, parts);
    enforce('clustertemplate:create', caller);
    const spec: BayModelSpec = {
      ...plainFields(fields), ...parts,
      networkDriver: parts.networkDriver ?? defaultNetworkDriver(fields.coe, manifest.capabilities, this.allowed),
      bayModelId: fields.uuid ?? derivedId(acting.commandId, 'bay-model'),
      projectId: projectOf(caller), userId: caller.userId,
      coe: fields.coe, imageId: fields.image_id, clusterDistro: image.osDistro ?? '', serverType: serverType ?? 'vm', driver,
    };
    await requireResources(lookups, spec, spec.labels);
    requireUsableLabels(spec.labels);
    requireFittingLabels(manifest, spec, spec.labels);
    if ((spec.public || spec.hidden) && !allows('clustertemplate:publish', caller)) throw new PublishDenied();
    return spec;
  }
}

function partsOf(fields: ClusterTemplateFields): Pick<BayModelSpec, 'networkDriver' | 'volumeDriver' | 'dockerStorageDriver'> {
  return {
    networkDriver: fields.network_driver ?? null, volumeDriver: fields.volume_driver ?? null,
    dockerStorageDriver: fields.docker_storage_driver ?? null,
  };
}

/** What is taken as it was sent, with Magnum's defaults. */
function plainFields(fields: ClusterTemplateFields) {
  return {
    name: fields.name ?? generatedName('template'),
    keypairId: fields.keypair_id ?? null,
    externalNetworkId: fields.external_network_id ?? null,
    fixedNetwork: fields.fixed_network ?? null,
    fixedSubnet: fields.fixed_subnet ?? null,
    dockerVolumeSize: fields.docker_volume_size ?? null,
    flavorId: fields.flavor_id ?? null,
    masterFlavorId: fields.master_flavor_id ?? null,
    dnsNameserver: fields.dns_nameserver ?? null,
    apiserverPort: fields.apiserver_port ?? null,
    httpProxy: fields.http_proxy ?? null,
    httpsProxy: fields.https_proxy ?? null,
    noProxy: fields.no_proxy ?? null,
    insecureRegistry: fields.insecure_registry ?? null,
    registryEnabled: fields.registry_enabled ?? false,
    tlsDisabled: fields.tls_disabled ?? false,
    public: fields.public ?? false,
    hidden: fields.hidden ?? false,
    masterLbEnabled: fields.master_lb_enabled ?? false,
    floatingIpEnabled: fields.floating_ip_enabled ?? true,
    labels: fields.labels ?? {},
    tags: fields.tags ?? null,
  };
}
