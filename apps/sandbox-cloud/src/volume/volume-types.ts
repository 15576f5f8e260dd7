import { badRequest, missing } from '../inventory/cloud-error.ts';
import type { Thing } from '../inventory/inventory.ts';
import type { SimulatedCloud } from '../inventory/simulated-cloud.ts';
import type { ResourceType } from '../orchestration/engine/resource-type.ts';
import { NeedsReplacement } from '../orchestration/engine/resource-type.ts';
import { textOf } from '../orchestration/hot/json.ts';
import { cloudType, nameOf, picked } from '../orchestration/resources/cloud-type.ts';

/** Cinder's resources. */
export function volumeTypes(sim: SimulatedCloud): ResourceType[] {
  return [volumeType(sim), attachmentType(sim)];
}

/** How much a volume without a size has, in GiB: one of an image needs none. */
const DEFAULT_SIZE = 1;

function volumeType(sim: SimulatedCloud): ResourceType {
  const { inventory, limits } = sim;
  const fields = ['volume_type', 'availability_zone', 'description', 'metadata', 'multiattach', 'snapshot_id', 'source_volid'];
  return cloudType(sim, {
    name: 'OS::Cinder::Volume', kind: 'volume', quota: 'volumes', statuses: { making: 'creating', made: 'available' },
    build(context) {
      const { properties, stack: { projectId } } = context;
      const size = Number(properties['size'] ?? DEFAULT_SIZE);
      limits.require(projectId, 'gigabytes', inventory.amountOf('gigabytes', projectId), size);
      const document = {
        ...picked(properties, fields), size, bootable: properties['image'] === undefined ? 'false' : 'true', attachments: [],
      };
      return { name: nameOf(context), uses: [], document, amounts: { gigabytes: size } };
    },
    update({ properties }, thing, { changed }) {
      const size = Number(properties['size'] ?? DEFAULT_SIZE);
      if (size < Number(thing.document['size'])) throw badRequest('Shrinking volume is not supported.');
      if (changed.includes('volume_type') && thing.status === 'in-use') throw new NeedsReplacement();
      Object.assign(thing.document, picked(properties, fields), { size });
    },
    attribute({ name, document }, attribute) {
      if (attribute === 'display_name') return name;
      return attribute === 'attachments_list' ? document['attachments'] ?? [] : undefined;
    },
    requireUnused({ id, status }) {
      if (status !== 'in-use') return;
      throw badRequest(`Invalid volume: Volume ${id} status must be available or error or error_restoring or error_extending or error_managing and must not be `
        + 'migrating, attached, belong to a group, have snapshots or be disassociated from snapshots after volume transfer. (HTTP 400)');
    },
  });
}

function attachmentType(sim: SimulatedCloud): ResourceType {
  const { inventory, machines } = sim;
  const volumeOf = ({ document }: Thing) => inventory.get('volume', textOf(document['volume_id']));
  return cloudType(sim, {
    name: 'OS::Cinder::VolumeAttachment', kind: 'volume_attachment', statuses: { making: 'attaching', made: 'attached' },
    build({ properties, physicalName }) {
      const volume = inventory.get('volume', textOf(properties['volume_id']));
      const server = inventory.get('server', textOf(properties['instance_uuid']));
      if (!volume) throw missing(`Volume ${textOf(properties['volume_id'])} could not be found. (HTTP 404)`);
      if (!server) throw missing(`Instance ${textOf(properties['instance_uuid'])} could not be found. (HTTP 404)`);
      if (machines.of(server.id)) {
        throw badRequest('Invalid volume: Volume attachment is not supported by the bare metal driver. (HTTP 400)');
      }
      if (volume.status === 'in-use') throw badRequest(`Invalid volume: volume ${volume.id} already attached (HTTP 400)`);
      volume.status = 'in-use';
      const device = properties['mountpoint'] ?? '/dev/vdb';
      volume.document['attachments'] = [{ server_id: server.id, device, id: volume.id }];
      inventory.save(volume);
      return { name: physicalName, uses: [volume.id, server.id], document: { volume_id: volume.id, server_id: server.id, device } };
    },
    update() {
      throw new NeedsReplacement();
    },
    removed(attachment) {
      const volume = volumeOf(attachment);
      if (!volume) return;
      volume.status = 'available';
      volume.document['attachments'] = [];
      inventory.save(volume);
    },
  });
}
