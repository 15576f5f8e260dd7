import { randomUUID } from 'node:crypto';
import { aManifest, BayLife } from '@jeroboam/driver-sdk/testing';
import { DriverRegistry } from '@jeroboam/driver-sdk';
import type { OperationView } from '@jeroboam/domain';
import { swarmLocalV1 } from '../index.ts';
import { openLocalDriver } from '../testing/local-harness.ts';
import type { LocalDriver } from '../testing/local-harness.ts';
import { TIMEOUT_MS, withEngines } from '../testing/with-engines.ts';

await withEngines(() => {
  describe('the extension of swarm_local, on a real swarm,', () => {
    realSwarm();
  });
});

function realSwarm(): void {
  let local: LocalDriver;
  let life: BayLife;

  beforeAll(async () => {
    local = await openLocalDriver();
    life = new BayLife(local.driver, swarmLocalV1, { workers: 2 });
    await life.run(life.creation());
  }, TIMEOUT_MS);
  afterAll(async () => {
    await life.run(life.deletion());
    await local.close();
  }, TIMEOUT_MS);

  const asked = (command: string, node: string): OperationView => ({
    operationId: randomUUID(), kind: 'extension', bayId: life.bay.spec.bayId, extension: { alias: 'swarm', command, arguments: { node } },
  });
  const show = () => life.driver.extension!({ alias: 'swarm', command: 'join-state', arguments: {} }, life.bay, { signal: new AbortController().signal, log: life.log });
  const roles = async () => Object.fromEntries(((await show())['nodes'] as readonly { name: string; role: string }[]).map(({ name, role }) => [name, role]));

  it('shows who has joined, and no token', async () => {
    const state = await show();
    expect(state).toMatchObject({
      managers: '1 of 1 reachable', quorum: true,
      nodes: [
        { name: 'default-master-0', role: 'manager', state: 'ready', availability: 'active' },
        { name: 'default-worker-0', role: 'worker', state: 'ready' }, { name: 'default-worker-1', role: 'worker', address: life.nodesOf('default-worker')[1]!.address },
      ],
    });
    expect(JSON.stringify(state)).not.toContain('SWMTKN');
  }, TIMEOUT_MS);

  it('promotes a worker and demotes it, however often it is asked', async () => {
    await life.run(asked('promote', 'default-worker-0'), { times: 2 });
    expect(await roles()).toEqual({ 'default-master-0': 'manager', 'default-worker-0': 'manager', 'default-worker-1': 'worker' });
    expect((await show())['managers']).toBe('2 of 2 reachable');
    await life.run(asked('demote', life.nodesOf('default-worker')[0]!.address), { times: 2 });
    expect((await roles())['default-worker-0']).toBe('worker');
  }, TIMEOUT_MS);

  it('refuses masters, strangers and what it does not know', async () => {
    for (const operation of [asked('demote', 'default-master-0'), asked('promote', 'web-1'), asked('explode', 'default-worker-0')]) {
      await expect(life.run(operation)).rejects.toMatchObject({ name: 'StepFailed', retryable: false });
    }
    await expect(life.driver.extension!({ alias: 'swarm', command: 'tokens', arguments: {} }, life.bay, { signal: new AbortController().signal, log: life.log })).rejects.toThrow('nothing to show');
  }, TIMEOUT_MS);

  it('takes a promoted worker away like any other', async () => {
    await life.run(asked('promote', 'default-worker-1'));
    await life.run(life.resizing(1, ['default-worker-1']));
    expect(await roles()).toEqual({ 'default-master-0': 'manager', 'default-worker-0': 'worker' });
    expect((await show())['quorum']).toBe(true);
  }, TIMEOUT_MS);
}

it('is declared as the registry wants it', () => {
  expect(() => new DriverRegistry([swarmLocalV1, aManifest()])).not.toThrow();
});
