import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BayView } from '@jeroboam/domain';
import type { OpenedDriver } from '@jeroboam/driver-sdk/testing';
import { bayStackName, stackEntryOf } from '../bay/names.ts';
import type { HeatBlueprint } from '../blueprint.ts';
import { HeatDriver } from '../heat-driver.ts';
import { nodesIn } from '../steps/nodes.ts';
import { FakeHeat, fakeHeatCloud } from './fake-heat.ts';

/** For `driverContract`: the driver over a Heat in memory. */
export async function openOnFakeHeat(blueprint: HeatBlueprint): Promise<OpenedDriver> {
  const dataDir = mkdtempSync(join(tmpdir(), 'jeroboam-heat-driver-'));
  const heat = new FakeHeat();
  const reopen = () => new HeatDriver(blueprint, { dataDir }, fakeHeatCloud(heat), { pollMs: 1, patienceMs: 2_000 });
  return {
    driver: reopen(), reopen,
    inventory: async (bayId) => heat.stacksOf(bayId).map(({ name }) => ({ type: 'heat-stack', name })),
    identities: async (bayId) => ({ stacks: heat.stacksOf(bayId), changes: heat.journal.length }),
    nodes: async (bay) => (await listed(heat, bay)).map(({ name }) => name),
    close: async () => rmSync(dataDir, { recursive: true, force: true }),
  };
}

async function listed(heat: FakeHeat, bay: BayView) {
  const found = await Promise.all(bay.nodeGroups.map(async (group) => {
    const stack = await heat.find(group.isDefault ? bayStackName(bay.spec) : stackEntryOf(bay, group).name);
    return stack ? nodesIn(stack, group) : [];
  }));
  return found.flat();
}
