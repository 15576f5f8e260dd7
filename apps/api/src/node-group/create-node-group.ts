import { ApiAddressUnavailable, derivedId } from '@jeroboam/domain';
import type { NodeGroupView } from '@jeroboam/domain';
import { createNodeGroup, type Accepted } from '@jeroboam/messaging';
import type { BayDocument } from '@jeroboam/read-model';
import type { Api } from '../api-dependencies.ts';
import { requireAbleDriver } from '../capability/able-driver.ts';
import { requireRoom } from '../capability/coe-rules.ts';
import { requireFittingLabels } from '../capability/label-schemas.ts';
import { requireMachineStorage } from '../capability/machine-rules.ts';
import { requireFlavor } from '../cloud/cloud-resources.ts';
import type { Acting, Commands } from '../command/commands.ts';
import { InvalidInput } from '../wire/errors.ts';
import type { NodeGroupFields } from './node-group.type.ts';
import { nodeLabelsOf, nodeTaintsOf } from './node-parts.ts';

/** Adds a node group to a bay. Names and counts are the scheduler's to judge, who knows the bay as it is. */
export class CreateNodeGroup {
  constructor(
    private readonly api: Pick<Api, 'lookups' | 'drivers'>,
    private readonly commands: Commands,
  ) {}

  /** @throws what the scheduler refuses, {CapabilityMissing} {DriverVersionUnavailable} {CloudResourceNotFound} {InvalidNodeGroup} */
  async execute(bay: BayDocument, fields: NodeGroupFields, acting: Acting): Promise<{ readonly group: NodeGroupView; readonly accepted: Accepted }> {
    if (bay.apiAddress === null) throw new ApiAddressUnavailable();
    const group = groupOf(bay, fields, acting);
    const driver = requireAbleDriver(this.api.drivers, bay, 'node-groups');
    requireRoom(driver.name, driver.capabilities, bay.masterCount + bay.nodeCount + group.nodeCount);
    requireFittingLabels(driver, bay.spec, { ...bay.spec.labels, ...group.labels });
    requireMachineStorage(driver, bay.spec, group.dockerVolumeSize);
    const { caller } = acting;
    if (group.flavorId !== null) await requireFlavor(this.api.lookups.for({ token: caller.token, info: caller.info }), group.flavorId, group.labels);
    const accepted = await this.commands.changeBay(createNodeGroup, { bayId: bay.id, nodeGroup: group }, acting);
    return { group, accepted };
  }
}

function groupOf({ spec }: BayDocument, fields: NodeGroupFields, { commandId }: Acting): NodeGroupView {
  const { name } = fields;
  if (!name) throw new InvalidInput('name', null, 'Mandatory field missing.');
  const role = fields.role ?? 'worker';
  const owner = { name, role, coe: spec.coe };
  return {
    // The same request again is the same node group.
    nodeGroupId: derivedId(commandId, 'node-group'),
    name, role,
    nodeCount: fields.node_count ?? 1,
    minNodeCount: fields.min_node_count ?? 0,
    maxNodeCount: fields.max_node_count ?? null,
    flavorId: fields.flavor_id ?? spec.flavorId,
    imageId: fields.image_id ?? spec.imageId,
    dockerVolumeSize: fields.docker_volume_size ?? null,
    labels: labelsOf(fields, spec.labels),
    isDefault: false,
    ...(fields.node_labels ? { nodeLabels: nodeLabelsOf(fields.node_labels, owner) } : {}),
    ...(fields.node_taints ? { nodeTaints: nodeTaintsOf(fields.node_taints, owner) } : {}),
  };
}

/** No labels means the bay's; `merge_labels` lays the given ones over the bay's. */
function labelsOf({ labels, merge_labels: merge }: NodeGroupFields, ofBay: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  if (!labels) return ofBay;
  return merge ? { ...ofBay, ...labels } : labels;
}
