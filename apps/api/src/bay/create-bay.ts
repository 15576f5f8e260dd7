import { BayModelNotFound, DomainError, derivedId } from '@jeroboam/domain';
import type { BaySpec, NodeGroupView } from '@jeroboam/domain';
import { purposesOf } from '@jeroboam/driver-sdk';
import type { ResolvedDriver } from '@jeroboam/driver-sdk';
import { createBay, type Accepted } from '@jeroboam/messaging';
import type { CloudLookups } from '@jeroboam/openstack';
import type { BayModelDocument } from '@jeroboam/read-model';
import type { Api } from '../api-dependencies.ts';
import { projectOf, type Caller } from '../auth/caller.ts';
import type { BayModelQueries } from '../bay-model/bay-model.queries.ts';
import { chooseDriver } from '../capability/choose-driver.ts';
import { requireMasterCount, requireRoom, requireVolumeSize } from '../capability/coe-rules.ts';
import { requireUsableLabels } from '../capability/label-rules.ts';
import { requireFittingLabels } from '../capability/label-schemas.ts';
import { defaultCreateTimeout, requireMachineFit } from '../capability/machine-rules.ts';
import { integerLabel, requireImage, requireKeypair, requireResources } from '../cloud/cloud-resources.ts';
import { requireMachineNetwork } from '../cloud/machine-network.ts';
import type { Acting, Commands } from '../command/commands.ts';
import { withRequester } from '../credential/with-requester.ts';
import { driverReference } from '../drivers/driver-reference.ts';
import { enforce } from '../policy/policy.ts';
import { BadRequest, InvalidInput } from '../wire/errors.ts';
import { generatedName } from '../wire/names.ts';
import type { ClusterFields } from './cluster.type.ts';

/** Magnum's words. */
export class NotAuthorized extends DomainError {
  readonly code = 'NOT_AUTHORIZED';
  readonly kind = 'forbidden';
  constructor() {
    super('Not authorized.');
  }
}

/** Magnum's words: before 1.10 a bay has at least one node. */
export class ZeroNodesNotSupported extends DomainError {
  readonly code = 'ZERO_NODES_NOT_SUPPORTED';
  readonly kind = 'invalid';
  constructor() {
    super('Resizing a nodegroup to zero is not supported in the provided microversion.');
  }
}

const ZERO_NODES_SINCE = 10;
/** Before it, an unknown bay model is 400. */
const NOT_FOUND_SINCE = 10;

/** @throws {ZeroNodesNotSupported} */
export function requireNodes(nodeCount: number, minor: number): void {
  if (nodeCount === 0 && minor < ZERO_NODES_SINCE) throw new ZeroNodesNotSupported();
}

/** Takes in a new bay, checked in the order of contract section 2.2. The quota is the scheduler's to guard. */
export class CreateBay {
  constructor(
    private readonly api: Pick<Api, 'requesters' | 'lookups' | 'drivers' | 'driverRecords' | 'deprecations' | 'config'>,
    private readonly models: BayModelQueries,
    private readonly commands: Commands,
  ) {}

  /** @returns the id of the new bay, which can be read by then. */
  async execute(fields: ClusterFields, minor: number, acting: Acting): Promise<{ readonly bayId: string; readonly accepted: Accepted }> {
    const { caller } = acting;
    requireNodes(fields.node_count ?? 1, minor);
    const model = await this.modelOf(fields.cluster_template_id, minor, caller);
    const lookups = this.api.lookups.for({ token: caller.token, info: caller.info });
    const driver = await this.driverOf(model, lookups);
    acting.deprecations?.push(...this.api.deprecations.forNew(model.coe, driver.manifest));
    requireVolumeSize(model.dockerStorageDriver, fields.docker_volume_size ?? model.dockerVolumeSize);
    const { name, capabilities } = driver.manifest;
    const masterCount = fields.master_count ?? 1;
    requireMasterCount(name, capabilities, masterCount);
    enforce('cluster:create', caller);
    if (model.hidden && !caller.isAdmin) throw new NotAuthorized();
    const spec = specOf(fields, model, driver, acting);
    requireMachineFit(driver.manifest, spec);
    const nodeGroups = nodeGroupsOf(spec, fields.node_count ?? 1, masterCount);
    await requireResources(lookups, spec, spec.labels);
    await requireMachineNetwork(lookups, spec, caller);
    requireUsableLabels(spec.labels);
    requireFittingLabels(driver.manifest, spec, spec.labels);
    await requireKeypair(lookups, spec.keypair);
    if (masterCount > 1 && !spec.masterLbEnabled) throw new BadRequest('master_count must be 1 when master_lb_enabled is False');
    requireRoom(name, capabilities, masterCount + (fields.node_count ?? 1));
    const needsRequester = (driver.manifest.needsCredentials ?? []).length + purposesOf(capabilities, spec).length > 0;
    const ask = () => this.commands.changeBay(createBay, { spec, nodeGroups }, acting);
    const accepted = await (needsRequester ? withRequester(this.api.requesters, spec.bayId, acting, ask) : ask());
    return { bayId: spec.bayId, accepted };
  }

  private async modelOf(ident: string | null | undefined, minor: number, caller: Caller): Promise<BayModelDocument> {
    if (ident === null || ident === undefined) throw new InvalidInput('cluster_template_id', null, 'Mandatory field missing.');
    try {
      return await this.models.find(caller, ident, 'own');
    } catch (error) {
      if (error instanceof BayModelNotFound && minor < NOT_FOUND_SINCE) {
        throw new BadRequest(error.message, error.details, { cause: error });
      }
      throw error;
    }
  }

  private async driverOf(model: BayModelDocument, lookups: CloudLookups): Promise<ResolvedDriver> {
    const image = await requireImage(lookups, model.imageId);
    return chooseDriver(await this.api.driverRecords.current(), {
      serverType: model.serverType, os: model.clusterDistro, coe: model.coe,
      driver: model.driver, imageDriver: image.magnumDriver, configuredDefault: this.api.config.defaultDriver,
    });
  }
}

function specOf(fields: ClusterFields, model: BayModelDocument, driver: ResolvedDriver, { caller, commandId }: Acting): BaySpec {
  return {
    // The same request again is the same bay.
    bayId: derivedId(commandId, 'bay'),
    name: fields.name ?? generatedName('cluster'),
    projectId: projectOf(caller),
    userId: caller.userId,
    bayModelId: model.id,
    coe: model.coe,
    serverType: model.serverType,
    os: model.clusterDistro,
    driver: driverReference(driver),
    keypair: fields.keypair ?? model.keypairId,
    labels: labelsOf(fields, model),
    flavorId: fields.flavor_id ?? model.flavorId,
    masterFlavorId: fields.master_flavor_id ?? model.masterFlavorId,
    imageId: model.imageId,
    dockerVolumeSize: fields.docker_volume_size ?? model.dockerVolumeSize,
    dockerStorageDriver: model.dockerStorageDriver,
    volumeDriver: model.volumeDriver,
    networkDriver: model.networkDriver,
    externalNetworkId: model.externalNetworkId,
    fixedNetwork: fields.fixed_network ?? model.fixedNetwork,
    fixedSubnet: fields.fixed_subnet ?? model.fixedSubnet,
    dnsNameserver: model.dnsNameserver,
    floatingIpEnabled: fields.floating_ip_enabled ?? model.floatingIpEnabled,
    masterLbEnabled: fields.master_lb_enabled ?? model.masterLbEnabled,
    tlsDisabled: model.tlsDisabled,
    discoveryUrl: fields.discovery_url ?? null,
    // An explicit null stays one: the service's own default, whatever it is then.
    createTimeoutMinutes: fields.create_timeout === undefined ? defaultCreateTimeout(model) : fields.create_timeout,
  };
}

/** No labels at all means the model's; `merge_labels` lays the given ones over the model's. */
function labelsOf({ labels, merge_labels: merge }: ClusterFields, model: BayModelDocument): Readonly<Record<string, string>> {
  if (!labels || Object.keys(labels).length === 0) return model.labels;
  return merge ? { ...model.labels, ...labels } : labels;
}

/** Every bay is born with these two. */
function nodeGroupsOf(spec: BaySpec, nodeCount: number, masterCount: number): readonly NodeGroupView[] {
  const common = {
    maxNodeCount: null, imageId: spec.imageId, dockerVolumeSize: spec.dockerVolumeSize, labels: spec.labels, isDefault: true,
  };
  return [
    {
      ...common, nodeGroupId: derivedId(spec.bayId, 'default-master'), name: 'default-master', role: 'master', nodeCount: masterCount,
      minNodeCount: 0, flavorId: spec.masterFlavorId,
    },
    {
      ...common, nodeGroupId: derivedId(spec.bayId, DEFAULT_WORKER), name: DEFAULT_WORKER, role: 'worker', nodeCount,
      minNodeCount: integerLabel(spec.labels, 'min_node_count') ?? 0, flavorId: spec.flavorId,
    },
  ];
}

export const DEFAULT_WORKER = 'default-worker';
