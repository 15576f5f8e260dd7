import { DomainError } from '@jeroboam/domain';
import type { UpgradeTarget } from '@jeroboam/domain';
import { upgradeBay, type Accepted } from '@jeroboam/messaging';
import type { BayDocument, BayModelDocument } from '@jeroboam/read-model';
import type { Api } from '../api-dependencies.ts';
import type { BayModelQueries } from '../bay-model/bay-model.queries.ts';
import { requireAbleDriver } from '../capability/able-driver.ts';
import { chooseDriver } from '../capability/choose-driver.ts';
import { requireImage } from '../cloud/cloud-resources.ts';
import type { Acting, Commands } from '../command/commands.ts';
import { driverReference } from '../drivers/driver-reference.ts';
import { findNodeGroup } from '../node-group/find-node-group.ts';

/** Magnum's words. */
export class UnsuitableForUpgrade extends DomainError {
  readonly code = 'UNSUITABLE_FOR_UPGRADE';
  readonly kind = 'conflict';
  constructor(reason: string) {
    super(`Cluster Template is not valid for upgrade: ${reason}`);
  }
}

export interface WantedUpgrade {
  /** Name or id. */
  readonly template: string;
  /** Null: the bay itself, which is its default groups. */
  readonly nodeGroup: string | null;
  /** Nodes at a time. */
  readonly maxBatchSize: number;
}

/** Leads a bay to another bay model, with the newest version of its driver. */
export class UpgradeBay {
  constructor(
    private readonly api: Pick<Api, 'lookups' | 'drivers' | 'driverRecords' | 'deprecations' | 'config'>,
    private readonly models: BayModelQueries,
    private readonly commands: Commands,
  ) {}

  /** @throws {BayModelNotFound} {NodeGroupNotFound} {UnsuitableForUpgrade} {CapabilityMissing} and what the scheduler refuses. */
  async execute(bay: BayDocument, { template, nodeGroup, maxBatchSize }: WantedUpgrade, acting: Acting): Promise<Accepted> {
    const model = await this.models.find(acting.caller, template);
    const group = nodeGroup === null ? null : findNodeGroup(bay, nodeGroup);
    if (group && !group.isDefault && model.id !== bay.bayModelId) {
      const own = await this.models.get(bay.bayModelId);
      throw new UnsuitableForUpgrade(`Nodegroup ${group.name} can be upgraded only to match cluster's template (${own?.name ?? bay.bayModelId}).`);
    }
    requireAbleDriver(this.api.drivers, bay, 'upgrade');
    const to = await this.target(bay, model, acting);
    // A bay that is there goes on, also with what is over.
    acting.deprecations?.push(...this.api.deprecations.forBay(model.coe, to.driver));
    // The default groups make up the bay: naming one is naming it.
    const payload = { bayId: bay.id, nodeGroup: group === null || group.isDefault ? null : group.nodeGroupId, to, maxBatchSize };
    return this.commands.changeBay(upgradeBay, payload, acting);
  }

  private async target({ spec }: BayDocument, model: BayModelDocument, { caller }: Acting): Promise<UpgradeTarget> {
    if (model.coe !== spec.coe) throw new UnsuitableForUpgrade(`its COE is ${model.coe}, the cluster's is ${spec.coe}.`);
    const image = await requireImage(this.api.lookups.for({ token: caller.token, info: caller.info }), model.imageId);
    const resolved = chooseDriver(await this.api.driverRecords.current(), {
      serverType: model.serverType, os: model.clusterDistro, coe: model.coe, driver: model.driver ?? spec.driver.name, imageDriver: image.magnumDriver,
      configuredDefault: this.api.config.defaultDriver,
    });
    const { name } = resolved.manifest;
    if (name !== spec.driver.name) throw new UnsuitableForUpgrade(`it is for driver ${name}, the cluster was made by ${spec.driver.name}.`);
    return { bayModelId: model.id, imageId: model.imageId, labels: model.labels, driver: driverReference(resolved) };
  }
}
