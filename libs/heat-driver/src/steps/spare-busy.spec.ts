import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { templatesOf } from '@jeroboam/driver-sdk';
import { BayLife, aManifest } from '@jeroboam/driver-sdk/testing';
import { bayStackName } from '../bay/names.ts';
import { HeatDriver } from '../heat-driver.ts';
import { FakeHeat, fakeHeatCloud } from '../testing/fake-heat.ts';

const templates = templatesOf({ version: '1.0.0', parameters: {}, outputs: {}, files: { 'bay.yaml': 'parameters: {}', 'node-group.yaml': 'parameters: {}' } });
const manifest = aManifest({ ...templates, capabilities: { ...aManifest().capabilities, operations: ['resize'] } });

describe('a bay that can be asked where work runs', () => {
  let dataDir: string;
  let heat: FakeHeat;
  let life: BayLife;
  let busy: () => Promise<readonly string[]>;
  beforeEach(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'jeroboam-heat-driver-'));
    heat = new FakeHeat();
    const blueprint = { name: 'some_driver', bundles: templates.bundles, parametersOf: () => ({}), busyServers: () => busy() };
    const driver = new HeatDriver(blueprint, { dataDir }, fakeHeatCloud(heat, { simulated: false }), { pollMs: 1, patienceMs: 500 });
    life = new BayLife(driver, manifest, { workers: 4 });
    busy = async () => [];
    await life.run(life.creation());
  });
  afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

  const working = (...numbers: readonly number[]) => async () => numbers.map((number) => `${bayStackName(life.bay.spec)}-worker-${number}`);
  const workers = () => life.nodesOf('default-worker').map(({ name }) => name);

  it('loses the newest of the nodes with nothing to do', async () => {
    busy = working(3, 1);
    await life.run(life.resizing(2));
    expect(workers()).toEqual(['default-worker-1', 'default-worker-3']);
  });

  it('keeps its choice when the work has moved before Heat is done', async () => {
    busy = working(3);
    const operation = life.resizing(3);
    await life.runStep(operation, { name: 'select-nodes' });
    await life.runStep(operation, { name: 'begin-stack' });
    busy = working(0, 1, 3);
    for (const name of ['begin-stack', 'await-stack', 'report-nodes']) await life.runStep(operation, { name });
    expect(workers()).toEqual(['default-worker-0', 'default-worker-1', 'default-worker-3']);
  });

  it('refuses before anything is changed to lose a node at work that nobody named', async () => {
    busy = working(0, 1, 2);
    heat.journal.length = 0;
    await expect(life.run(life.resizing(2))).rejects.toMatchObject({ retryable: false, blockedBy: ['default-worker-2'] });
    expect(heat.journal).toEqual([]);
  });

  it('loses nodes at work that are named', async () => {
    busy = working(0, 1, 2);
    await life.run(life.resizing(2, ['default-worker-0']));
    expect(workers()).toEqual(['default-worker-1', 'default-worker-2']);
  });

  it('loses its newest nodes while nobody can say what they do', async () => {
    busy = () => Promise.reject(new Error('sign in first'));
    await life.run(life.resizing(3));
    expect(workers()).toEqual(['default-worker-0', 'default-worker-1', 'default-worker-2']);
  });
});
