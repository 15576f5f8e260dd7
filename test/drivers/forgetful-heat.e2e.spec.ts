import { setTimeout as sleep } from 'node:timers/promises';
import { BayLife } from '@jeroboam/driver-sdk/testing';
import { bayStackName } from '@jeroboam/heat-driver';
import { HEAT_START_TIMEOUT_MS, RealHeat } from '@jeroboam/openstack/testing';
import { logIn, openOnCloud, withoutSignals } from './cloud-under-test.ts';
import type { CloudUnderTest } from './cloud-under-test.ts';
import { heatDrivers } from './heat-drivers.ts';

const TIMEOUT_MS = 600_000;

let heat: RealHeat;
let cloud: CloudUnderTest;
beforeAll(async () => {
  heat = await RealHeat.start();
  cloud = { ...withoutSignals(logIn(heat.authUrl, heat.member)), pace: { pollMs: 500, patienceMs: 10_000, standstillMs: 5_000 } };
}, HEAT_START_TIMEOUT_MS);
afterAll(async () => {
  cloud?.session.close();
  await heat?.close();
}, HEAT_START_TIMEOUT_MS);

describe('a Heat that dies in the middle of a stack', () => {
  it('forgets it, and is asked for it again', async () => {
    const driver = (await heatDrivers()).find(({ manifest }) => manifest.name === 'k8s_fedora_coreos')!;
    const opened = openOnCloud(driver.blueprint, cloud);
    const life = new BayLife(opened.driver, driver.manifest, { workers: 0, spec: driver.spec });
    const creation = life.creation();
    await life.runStep(creation, { name: 'begin-stack' });
    await heat.kill();
    await heat.resume();
    expect(await cloud.stacks.find(bayStackName(life.bay.spec))).toMatchObject({ action: 'CREATE', progress: 'in-progress' });
    for (const step of ['await-stack', 'report-nodes', 'delete-node-group-stacks', 'delete-stack']) {
      const operation = step.startsWith('delete') ? life.deletion() : creation;
      for (let attempt = 1; (await outcome(life, operation, step, attempt)) === 'again'; attempt += 1) await sleep(500);
    }
    expect(life.said).toContainEqual(['nothing happens to a stack in progress; it is asked for again', expect.objectContaining({ action: 'CREATE' })]);
    expect([life.ledger.entries(), await opened.inventory(life.bay.spec.bayId)]).toEqual([[], []]);
    await opened.close();
  }, TIMEOUT_MS);
});

async function outcome(life: BayLife, operation: Parameters<BayLife['runStep']>[0], name: string, attempt: number): Promise<'done' | 'again'> {
  try {
    await life.runStep(operation, { name }, { attempt });
    return 'done';
  } catch (error) {
    if ((error as { retryable?: boolean }).retryable) return 'again';
    throw error;
  }
}
