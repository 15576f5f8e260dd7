import type { Thing } from '../inventory/inventory.ts';
import type { SimulatedCloud } from '../inventory/simulated-cloud.ts';
import type { Json, JsonMap } from '../orchestration/hot/json.ts';
import { ServerPorts } from './server-ports.ts';

/** What Nova says of a server. Its user data is not in it: that holds what only the server may know. */
export function serverDocument(sim: SimulatedCloud, server: Thing): JsonMap {
  const { id, name, status, projectId, createdAtMs, readyAtMs, document } = server;
  const { flavor, image, metadata, fault, key_name: keyName, availability_zone: zone, instance_name: instanceName, tags } = document;
  const time = (ms: number) => `${new Date(ms).toISOString().slice(0, 19)}Z`;
  const failed: JsonMap = fault === undefined ? {} : { fault: { code: 500, message: fault, created: time(readyAtMs) } };
  const flavorId = sim.cloud.flavors.find((each) => each.name === flavor)?.id ?? null;
  const imageId = sim.cloud.images.find((each) => each.name === image || each.id === image)?.id;
  return {
    id, name, status, tenant_id: projectId, created: time(createdAtMs), updated: time(readyAtMs), metadata: metadata ?? {},
    key_name: keyName ?? null,
    // A server that starts from a volume has an empty text here.
    flavor: { id: flavorId, links: [] }, image: imageId === undefined ? '' : { id: imageId, links: [] },
    addresses: new ServerPorts(sim).attribute(server, 'addresses') as Json, links: [], tags: tags ?? [], hostId: '', progress: 100,
    'OS-EXT-AZ:availability_zone': zone ?? 'nova', 'OS-EXT-STS:vm_state': status === 'ERROR' ? 'error' : 'active',
    'OS-EXT-STS:task_state': null,
    'OS-EXT-STS:power_state': status === 'ERROR' ? 0 : 1, 'OS-EXT-SRV-ATTR:instance_name': instanceName ?? '', ...failed,
  };
}
