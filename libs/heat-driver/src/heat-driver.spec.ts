import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { templatesOf } from '@jeroboam/driver-sdk';
import { BayLife, aManifest, driverContract } from '@jeroboam/driver-sdk/testing';
import { bayStackName } from './bay/names.ts';
import type { HeatBlueprint } from './blueprint.ts';
import { HeatDriver } from './heat-driver.ts';
import { FakeHeat, fakeHeatCloud } from './testing/fake-heat.ts';
import { openOnFakeHeat } from './testing/heat-harness.ts';

const { capabilities } = aManifest();
const templates = templatesOf({
  version: '1.0.0', parameters: {}, outputs: {},
  files: { 'bay.yaml': 'parameters: { image: {} }', 'node-group.yaml': 'parameters: { image: {}, network: {} }' },
});
const blueprint: HeatBlueprint = { name: 'some_driver', bundles: templates.bundles, parametersOf: (_bay, { imageId }) => ({ image: imageId, flavor: 'm1' }) };
const manifest = aManifest({ ...templates, capabilities: { ...capabilities, operations: ['resize', 'node-groups', 'health'] } });

driverContract('a driver on Heat', { manifest, open: () => openOnFakeHeat(blueprint), timeoutMs: 60_000 });

describe('a driver on Heat', () => {
  let dataDir: string;
  let heat: FakeHeat;
  let life: BayLife;
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'jeroboam-heat-driver-'));
    heat = new FakeHeat();
    life = new BayLife(driver(), manifest);
  });
  afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

  const driver = (directory = dataDir) => new HeatDriver(blueprint, { dataDir: directory }, fakeHeatCloud(heat), { pollMs: 1, patienceMs: 500 });
  const stackName = () => bayStackName(life.bay.spec);
  const quota = { cause: 'quota', httpStatus: 403, reason: 'Forbidden: resources.workers.resources[0].server: Quota exceeded for cores (HTTP 403)' } as const;

  it('tells the service, the status and the reason of a failure at once, and goes on by itself when it has passed', async () => {
    heat.breakNext(quota, quota, quota, quota, quota);
    const operation = life.creation();
    await life.runStep(operation, { name: 'begin-stack' });
    for (let attempt = 1; attempt <= 5; attempt += 1) {
      await expect(life.runStep(operation, { name: 'await-stack' }, { attempt })).rejects.toMatchObject({
        retryable: true, blockedBy: ['workers.0.server'],
        message: `The stack ${stackName()} is ${attempt === 1 ? 'CREATE' : 'UPDATE'}_FAILED: workers.0.server (OS::Nova::Server) failed in the compute service: ${quota.reason}`,
      });
    }
    await life.runStep(operation, { name: 'await-stack' }, { attempt: 6 });
    await life.runStep(operation, { name: 'report-nodes' });
    expect(life.bay.nodes).toHaveLength(3);
  });

  it('gives up a failure that does not pass after three tries', async () => {
    const fault = { reason: 'No valid host was found' };
    heat.breakNext(fault, fault, fault);
    const operation = life.creation();
    await life.runStep(operation, { name: 'begin-stack' });
    await expect(life.runStep(operation, { name: 'await-stack' }, { attempt: 1 })).rejects.toMatchObject({ retryable: true });
    await expect(life.runStep(operation, { name: 'await-stack' }, { attempt: 2 })).rejects.toMatchObject({ retryable: true });
    await expect(life.runStep(operation, { name: 'await-stack' }, { attempt: 3 })).rejects.toMatchObject({ retryable: false });
    expect(heat.journal).toEqual([`create ${stackName()}`, `update ${stackName()}`, `update ${stackName()}`]);
  });

  it('does not wait for a slow stack longer than its patience', async () => {
    heat.slowness = 1_000_000;
    const operation = life.creation();
    await life.runStep(operation, { name: 'begin-stack' });
    await expect(life.runStep(operation, { name: 'await-stack' })).rejects.toMatchObject({ retryable: true, message: `The stack ${stackName()} is CREATE_IN_PROGRESS` });
  });

  it('asks again for a stack that Heat has forgotten in the middle, without counting it as a try', async () => {
    const operation = life.creation();
    await life.runStep(operation, { name: 'begin-stack' });
    heat.forget();
    await expect(life.runStep(operation, { name: 'await-stack' })).rejects.toMatchObject({ retryable: true });
    await life.runStep(operation, { name: 'await-stack' }, { attempt: 2 });
    expect(heat.parametersOf(stackName())['change']).toMatch(new RegExp(`^\\d+ ${operation.operationId} 1$`));
    const deletion = life.deletion();
    heat.slowness = 1_000_000;
    await expect(life.runStep(deletion, { name: 'delete-stack' })).rejects.toMatchObject({ retryable: true });
    heat.forget();
    heat.slowness = 1;
    await life.runStep(deletion, { name: 'delete-stack' }, { attempt: 2 });
    expect(heat.journal).toEqual([`create ${stackName()}`, `update ${stackName()}`, `delete ${stackName()}`, `delete ${stackName()}`]);
  });

  it('names what stands in the way of a delete, and finishes it once that is gone', async () => {
    await life.run(life.creation());
    const ports = ['0b6d5f0c-93c6-4c1c-8a54-5d8b0c6b2a01', '0b6d5f0c-93c6-4c1c-8a54-5d8b0c6b2a02'];
    heat.breakNext({ cause: 'in-use', reason: `Conflict: resources.group: Security Group is in use by ${ports.join(', ')} (HTTP 409)` });
    const operation = life.deletion();
    await life.runStep(operation, { name: 'delete-node-group-stacks' });
    await expect(life.runStep(operation, { name: 'delete-stack' })).rejects.toMatchObject({ retryable: true, blockedBy: ports });
    await life.runStep(operation, { name: 'delete-stack' }, { attempt: 2 });
    expect(life.ledger.entries()).toEqual([]);
  });

  it('makes a node group as a stack of its own, and takes it away before the bay', async () => {
    await life.run(life.creation());
    const group = { ...life.bay.nodeGroups[1]!, nodeGroupId: 'g2', name: 'gpu', isDefault: false, nodeCount: 2 };
    const context = { bay: { ...life.bay, nodeGroups: [...life.bay.nodeGroups, group] } };
    const operation = { ...life.creation(), kind: 'create-node-group', nodeGroup: 'gpu' } as const;
    for (const step of life.driver.plan(operation, context.bay)) await life.runStep(operation, step, context);
    expect(life.nodesOf('gpu').map(({ name }) => name)).toEqual(['gpu-0', 'gpu-1']);
    const [own, more] = heat.stacksOf(life.bay.spec.bayId).map(({ name }) => name);
    expect(more).toMatch(/^a-bay-gpu-[a-z2-7]{12}-[a-z2-7]{6}$/);
    heat.journal.length = 0;
    await life.run(life.deletion());
    expect(heat.journal).toEqual([`delete ${more}`, `delete ${own}`]);
  });

  it('makes a node group as large as it was asked to be since', async () => {
    await life.run(life.creation());
    const group = { ...life.bay.nodeGroups[1]!, nodeGroupId: 'g2', name: 'gpu', isDefault: false, nodeCount: 1 };
    const of = (nodeCount: number) => ({ bay: { ...life.bay, nodeGroups: [...life.bay.nodeGroups, { ...group, nodeCount }] } });
    const operation = { ...life.creation(), kind: 'create-node-group', nodeGroup: 'gpu' } as const;
    for (const name of ['begin-stack', 'await-stack']) await life.runStep(operation, { name }, of(1));
    await life.runStep(operation, { name: 'report-nodes' }, of(3));
    expect(life.nodesOf('gpu').map(({ name }) => name)).toEqual(['gpu-0', 'gpu-1', 'gpu-2']);
  });

  it('finds and removes every stack of a bay whose records are lost', async () => {
    await life.run(life.creation());
    const context = { bay: { ...life.bay, resources: [], nodes: [] } };
    const operation = life.deletion();
    for (const step of life.driver.plan(operation, context.bay)) await life.runStep(operation, step, context);
    expect(heat.stacksOf(life.bay.spec.bayId)).toEqual([]);
  });

  it('does not change a stack that an executor elsewhere changed under a higher token', async () => {
    await life.run(life.creation());
    await life.run(life.resizing(3));
    const elsewhere = mkdtempSync(join(tmpdir(), 'jeroboam-heat-driver-'));
    try {
      life.driver = driver(elsewhere);
      await expect(life.runStep(life.resizing(1), { name: 'begin-stack' }, { fencingToken: 1 })).rejects.toMatchObject({ retryable: false });
      expect(heat.parametersOf(stackName())).toMatchObject({ number_of_workers: '3' });
    } finally {
      rmSync(elsewhere, { recursive: true, force: true });
    }
  });

  describe('led to another template', () => {
    const next = templatesOf(
      { version: '1.0.0', parameters: {}, outputs: {}, files: templates.bundles[0]!.files },
      {
        version: '1.1.0', parameters: {}, outputs: {},
        files: { 'bay.yaml': 'parameters: { image: {}, flavor: {} }', 'node-group.yaml': 'parameters: { image: {}, network: {}, flavor: {} }' },
      },
    );
    const newer = (directory = dataDir) => new HeatDriver({ ...blueprint, bundles: next.bundles }, { dataDir: directory }, fakeHeatCloud(heat), { pollMs: 1, patienceMs: 500 });
    const gpu = () => ({ ...life.bay.nodeGroups[1]!, nodeGroupId: 'g2', name: 'gpu', isDefault: false, nodeCount: 2 });
    const grouped = () => ({ bay: { ...life.bay, nodeGroups: [...life.bay.nodeGroups, gpu()] } });
    const upgrading = (imageId = life.bay.spec.imageId) => {
      const { bayId, bayModelId, driver: made } = life.bay.spec;
      const to = { bayModelId, imageId, labels: {}, driver: { ...made, templateVersion: '1.1.0' } };
      return { operationId: 'op-upgrade', kind: 'upgrade', bayId, upgrade: { nodeGroups: ['default-master', 'default-worker'], to, maxBatchSize: 1 } } as const;
    };
    const stacks = () => heat.stacksOf(life.bay.spec.bayId).map(({ name }) => name);
    const byName = (one: { readonly name: string }, other: { readonly name: string }) => one.name.localeCompare(other.name);

    beforeEach(async () => {
      await life.run(life.creation());
      const making = { ...life.creation(), kind: 'create-node-group', nodeGroup: 'gpu' } as const;
      for (const step of life.driver.plan(making, grouped().bay)) await life.runStep(making, step, grouped());
      heat.journal.length = 0;
      life.driver = newer();
    });

    it('updates each stack of the bay once, its own first, with what the template asks for besides, and no node comes or goes', async () => {
      const nodes = life.bay.nodes;
      const operation = upgrading();
      for (const step of life.driver.plan(operation, grouped().bay)) await life.runStep(operation, step, grouped());
      expect(heat.journal).toEqual(stacks().map((name) => `update ${name}`));
      const [bundle] = next.bundles.slice(-1);
      expect(stacks().map((name) => heat.templateOf(name))).toEqual([bundle!.files['bay.yaml'], bundle!.files['node-group.yaml']]);
      for (const name of stacks()) expect(heat.parametersOf(name)).toMatchObject({ flavor: 'm1' });
      expect(life.bay.nodes.toSorted(byName)).toEqual(nodes.toSorted(byName));
      for (const step of life.driver.plan(operation, grouped().bay)) await life.runStep(operation, step, grouped());
      expect(heat.journal).toHaveLength(2);
    });

    it('goes on where it was cut off, and brings through what failed', async () => {
      heat.breakNext(quota);
      const operation = upgrading();
      await expect(life.runStep(operation, { name: 'move-stacks' }, { ...grouped(), attempt: 1 })).rejects.toMatchObject({ retryable: true, blockedBy: ['workers.0.server'] });
      await life.runStep(operation, { name: 'move-stacks' }, { ...grouped(), attempt: 2 });
      const [own, more] = stacks();
      expect(heat.journal).toEqual([`update ${own}`, `update ${own}`, `update ${more}`]);
      expect(heat.templateOf(own!)).toBe(next.bundles.at(-1)!.files['bay.yaml']);
    });

    it('takes no node to another image, and touches no stack', async () => {
      await expect(life.runStep(upgrading('another-image'), { name: 'move-stacks' }, grouped())).rejects.toMatchObject({ retryable: false });
      expect(heat.journal).toEqual([]);
    });
  });

  it('is not available without a cloud', async () => {
    expect(await new HeatDriver(blueprint, { dataDir }, undefined).availability()).toMatchObject({ available: false });
  });
});
