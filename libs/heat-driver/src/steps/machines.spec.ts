import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StepFailed, templatesOf } from '@jeroboam/driver-sdk';
import { BayLife, aManifest } from '@jeroboam/driver-sdk/testing';
import { bayStackName } from '../bay/names.ts';
import { HeatDriver } from '../heat-driver.ts';
import type { MeteredServer } from '../metered-servers.ts';
import { FakeHeat, fakeHeatCloud } from '../testing/fake-heat.ts';

const templates = templatesOf({ version: '1.0.0', parameters: {}, outputs: {}, files: { 'bay.yaml': 'parameters: {}', 'node-group.yaml': 'parameters: {}' } });
const FROM = '2026-01-31T12:00:00.000Z';
const TO = '2026-01-31T13:00:00.000Z';

let dataDir: string;
let heat: FakeHeat;
let life: BayLife;
let servers: () => Promise<readonly MeteredServer[] | undefined>;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'jeroboam-heat-driver-'));
  heat = new FakeHeat();
  servers = async () => [
    server('master-0'), server('worker-0', TO), server('worker-12'), server('worker-1x'), { ...server('worker-1'), name: 'somebody-else-worker-1' },
  ];
  const cloud = fakeHeatCloud(heat, { servers: () => servers() });
  const driver = new HeatDriver({ name: 'some_driver', bundles: templates.bundles, parametersOf: () => ({}) }, { dataDir }, cloud, { pollMs: 1, patienceMs: 500 });
  life = new BayLife(driver, aManifest(templates));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

const server = (node: string, to: string | null = null): MeteredServer => ({ id: `id-of-${node}`, name: `${bayStackName(life.bay.spec)}-${node}`, from: FROM, to });
const MACHINES = [
  { machineId: 'id-of-master-0', node: 'default-master-0', nodeGroup: 'default-master', from: FROM, to: null },
  { machineId: 'id-of-worker-0', node: 'default-worker-0', nodeGroup: 'default-worker', from: FROM, to: TO },
  { machineId: 'id-of-worker-12', node: 'default-worker-12', nodeGroup: 'default-worker', from: FROM, to: null },
];

describe('a step of a driver on Heat', () => {
  it('tells with the nodes which servers of the bay the cloud has metered, and those of nobody else', async () => {
    const operation = life.creation();
    await life.runStep(operation, { name: 'begin-stack' });
    await life.runStep(operation, { name: 'await-stack' });
    expect(await life.runStep(operation, { name: 'report-nodes' })).toMatchObject({ machines: MACHINES });
  });

  it('tells so when it fails, since what it made is billed', async () => {
    const operation = life.creation();
    await life.runStep(operation, { name: 'begin-stack' });
    heat.breakNext({ reason: 'No valid host was found' });
    await expect(life.runStep(operation, { name: 'await-stack' })).rejects.toMatchObject({ retryable: true, machines: MACHINES });
  });

  it('tells so of stacks that are gone', async () => {
    await life.run(life.creation());
    const operation = life.deletion();
    await life.runStep(operation, { name: 'delete-node-group-stacks' });
    expect(await life.runStep(operation, { name: 'delete-stack' })).toMatchObject({ machines: MACHINES });
  });

  it('does without it where the cloud does not tell', async () => {
    servers = async () => undefined;
    await life.run(life.creation());
    expect(life.bay.nodes).toHaveLength(3);
    expect(life.said.some((each) => typeof each === 'object' && each !== null && 'machines' in each)).toBe(false);
  });

  it('is tried again where the cloud cannot tell now, but fails for its own reason where it has one', async () => {
    const operation = life.creation();
    await life.runStep(operation, { name: 'begin-stack' });
    servers = () => Promise.reject(new StepFailed('the compute service is away', { retryable: true }));
    heat.breakNext({ reason: 'No valid host was found' });
    await expect(life.runStep(operation, { name: 'await-stack' })).rejects.toMatchObject({ message: expect.stringContaining('No valid host') as string, machines: [] });
    await life.runStep(operation, { name: 'await-stack' }, { attempt: 2 });
    await expect(life.runStep(operation, { name: 'report-nodes' })).rejects.toMatchObject({ retryable: true, message: 'the compute service is away' });
  });
});
