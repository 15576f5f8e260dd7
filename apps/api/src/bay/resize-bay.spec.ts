import { DriverRegistry } from '@jeroboam/driver-sdk';
import type { BayDocument } from '@jeroboam/read-model';
import type { Acting, Commands } from '../command/commands.ts';
import { manifest } from '../testing/manifests.ts';
import { ResizeBay } from './resize-bay.ts';

describe('ResizeBay', () => {
  const bay = {
    id: 'b1', spec: { driver: { name: 'swarm_test', version: '1.2.0' } }, masterCount: 1, nodeCount: 1,
    nodeGroups: [{ name: 'default-worker', nodeGroupId: 'g1', role: 'worker', nodeCount: 1 }],
  } as unknown as BayDocument;
  const commands = { changeBay: () => Promise.reject(new Error('sent')) } as unknown as Commands;
  const resize = (registry: DriverRegistry) => () => new ResizeBay(registry, commands).execute(
    bay, { nodeGroup: 'g1', nodeCount: 2, nodesToRemove: [] }, {} as Acting,
  );

  it('asks nobody when the version of the driver that made the bay is not there', () => {
    expect(resize(new DriverRegistry([manifest({ version: '2.0.0' })]))).toThrow(
      'Driver swarm_test 1.2.0, which made this cluster, is not available.',
    );
  });

  it('asks nobody when the driver cannot', () => {
    const capabilities = { ...manifest().capabilities, operations: [] };
    expect(resize(new DriverRegistry([manifest({ capabilities })]))).toThrow("'resize_cluster' is not supported by this driver.");
  });

  it('asks the scheduler otherwise', async () => {
    await expect(resize(new DriverRegistry([manifest()]))()).rejects.toThrow('sent');
  });
});
