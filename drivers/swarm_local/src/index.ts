import type { DriverManifest } from '@jeroboam/driver-sdk';
import { capabilities } from './capabilities.ts';
import { extension } from './extension/extension.ts';
import type { InventoryItem } from './inventory.ts';
import { SwarmLocalDriver } from './swarm-local-driver.ts';

export type { InventoryItem } from './inventory.ts';

export const swarmLocalV1: DriverManifest = {
  name: 'swarm_local',
  version: '1.0.0',
  contract: 'bay-driver/v1',
  description: 'Real Docker Swarm bays on the host of the driver executor: a network namespace and a Docker engine per node.',
  state: 'active',
  provides: [{ serverType: 'vm', os: 'debian', coe: 'swarm-mode' }],
  templateVersions: ['1.0.0'],
  capabilities,
  extension,
  create: (deps) => new SwarmLocalDriver(deps),
};

export const drivers: readonly DriverManifest[] = [swarmLocalV1];

/** Everything on this host that belongs to a bay, found by name; for tests and operators. */
export async function inventoryOf(bayId: string, dataDir: string): Promise<readonly InventoryItem[]> {
  const inventory = await import('./inventory.ts');
  return inventory.inventoryOf(bayId, dataDir);
}
