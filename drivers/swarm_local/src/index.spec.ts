import type { OperationView } from '@jeroboam/domain';
import { DriverRegistry, loadDrivers } from '@jeroboam/driver-sdk';
import { aBay, aBaySpec } from '@jeroboam/driver-sdk/testing';
import { swarmLocalV1 } from './index.ts';

describe('the manifest of swarm_local', () => {
  const driver = swarmLocalV1.create({ dataDir: '/nowhere', log: { info: () => {}, warn: () => {} } });
  const bay = aBay(aBaySpec(swarmLocalV1));
  const plan = (kind: OperationView['kind']) =>
    driver.plan({ operationId: 'o', bayId: bay.spec.bayId, kind }, bay).map((step) => step.name);

  it('is found by the name of its package and is the only match for its type', async () => {
    const registry = new DriverRegistry(await loadDrivers(['@jeroboam/driver-swarm-local'], import.meta.dirname));
    expect(registry.resolve({ serverType: 'vm', os: 'debian', coe: 'swarm-mode' })).toMatchObject({
      resolvedBy: 'only-match',
      manifest: { name: 'swarm_local', version: '1.0.0' },
    });
  });

  it('makes a driver without touching the host', () => {
    expect(plan('create')).toEqual(['prepare-nodes', 'issue-certificates', 'start-engines', 'form-swarm', 'join-nodes']);
  });

  it('has one plan for each kind of operation', () => {
    expect(plan('resize')).toEqual([
      'select-nodes',
      'prepare-nodes',
      'issue-certificates',
      'start-engines',
      'join-nodes',
      'drain-nodes',
      'remove-nodes',
    ]);
    expect(plan('rotate-ca')).toEqual(['trust-both-authorities', 'withdraw-old-authority', 'forget-old-authority']);
    expect(plan('extension')).toEqual(['change-role']);
    expect(plan('delete')).toEqual(['stop-engines', 'remove-network', 'remove-files']);
  });
});
