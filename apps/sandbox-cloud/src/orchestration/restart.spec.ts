import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteStore } from '../inventory/document-store.ts';
import type { DocumentStore } from '../inventory/document-store.ts';
import { CloudBench, DEMO } from './testing/cloud-bench.ts';
import { countingIds, statusOf } from './testing/engine-bench.ts';
import { ManualClock } from './testing/manual-clock.ts';
import type { StackRecord } from './engine/records.ts';

const TEMPLATE = `
parameters: {count: {type: number, default: 2}}
resources:
  net: {type: OS::Neutron::Net}
  subnet: {type: OS::Neutron::Subnet, properties: {network: {get_resource: net}, cidr: 10.5.0.0/24}}
  nodes: {type: OS::Heat::ResourceGroup, depends_on: subnet, properties: {count: {get_param: count}, resource_def: {type: node.yaml, properties: {net: {get_resource: net}}}}}
outputs:
  addresses: {value: {get_attr: [nodes, address]}}
`;
const files = { 'node.yaml': `
heat_template_version: 2018-08-31
parameters: {net: {type: string}}
resources:
  handle: {type: OS::Heat::WaitConditionHandle}
  done: {type: OS::Heat::WaitCondition, depends_on: node, properties: {handle: {get_resource: handle}, timeout: 600}}
  node:
    type: OS::Nova::Server
    properties: {image: debian, flavor: m1.small, networks: [{network: {get_param: net}}], user_data: {get_attr: [handle, curl_cli]}}
outputs:
  address: {value: {get_attr: [node, first_address]}}
` };
const LATENCY = { '*': 1_000, 'OS::Nova::Server.create': 5_000, 'OS::Nova::Server.boot': 3_000 };

describe('a sandbox that is started again', () => {
  let folder: string;
  const clock = new ManualClock();
  let documents: DocumentStore;
  const ids = countingIds();
  let bench: CloudBench;

  const start = (): void => {
    documents = openSqliteStore(folder);
    bench = new CloudBench({ documents, clock, ids, latency: LATENCY });
  };
  /** Cuts everything off where it is. */
  const restart = async (): Promise<void> => {
    await bench.orchestration.close();
    await documents.close();
    start();
  };
  const again = ({ id }: StackRecord): StackRecord => bench.orchestration.orchestrator.store.stack(id)!;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sandbox-restart-'));
    start();
  });
  afterEach(async () => {
    await bench.orchestration.close();
    await documents.close();
    rmSync(folder, { recursive: true });
  });

  it.each([
    500, 1_500, 2_500, 4_000, 8_000, 9_500,
  ])('goes on with a stack that was cut off after %i ms, and makes nothing twice', async (ms) => {
    const stack = await bench.create(TEMPLATE, { files });
    await bench.pass(ms);
    await restart();
    await bench.pass(30_000);
    expect(statusOf(again(stack))).toBe('CREATE_COMPLETE: Stack CREATE completed successfully');
    expect(bench.things()).toEqual({ network: 1, subnet: 1, server: 2, port: 2 });
    expect(bench.outputs(again(stack))).toEqual({ addresses: ['10.5.0.2', '10.5.0.3'] });
  });

  it.each([500, 1_500, 3_000])('goes on with a deletion that was cut off after %i ms', async (ms) => {
    const stack = await bench.create(TEMPLATE, { files });
    await bench.pass(30_000);
    await bench.delete(stack);
    await bench.pass(ms);
    await restart();
    await bench.pass(30_000);
    expect([statusOf(again(stack)), bench.things()]).toEqual(['DELETE_COMPLETE: Stack DELETE completed successfully', {}]);
  });

  it('goes on with an update that was cut off', async () => {
    const stack = await bench.create(TEMPLATE, { files });
    await bench.pass(30_000);
    await bench.update(stack, TEMPLATE, { count: 3 });
    await bench.pass(2_000);
    await restart();
    await bench.pass(30_000);
    expect([statusOf(again(stack)), bench.things().server]).toEqual(['UPDATE_COMPLETE: Stack UPDATE completed successfully', 3]);
  });

  it('is cut off many times, and still gets there', async () => {
    const stack = await bench.create(TEMPLATE, { files });
    for (let times = 0; times < 20; times += 1) {
      await bench.pass(700);
      await restart();
    }
    await bench.pass(30_000);
    expect([again(stack).status, bench.things()]).toEqual(['COMPLETE', { network: 1, subnet: 1, server: 2, port: 2 }]);
  });

  it('ends a stack whose time was up meanwhile', async () => {
    const stack = await bench.create(TEMPLATE, { files, timeoutMins: 1 });
    bench.sim.faults.add({ type: 'OS::Nova::Server', action: 'create' }, { kind: 'hang' });
    await bench.pass(30_000);
    await bench.orchestration.close();
    await documents.close();
    await clock.pass(60_000);
    start();
    await bench.pass(0);
    expect(statusOf(again(stack))).toBe('CREATE_FAILED: Timed out');
  });

  it('still knows its quotas, latencies, faults, key pairs and events', async () => {
    bench.sim.limits.set(DEMO, { instances: 3 });
    bench.sim.latency.replace({ '*': 7 });
    const fault = bench.sim.faults.add({ action: 'delete' }, { kind: 'fail', error: 'Conflict', message: 'no' });
    const stack = await bench.create('resources: {key: {type: OS::Nova::KeyPair, properties: {name: mine}}}');
    await bench.pass(1_000);
    const { length: events } = bench.orchestration.orchestrator.store.events(stack.id);
    await restart();
    expect(bench.sim.limits.of(DEMO).instances).toBe(3);
    expect([bench.sim.latency.of('any', 'create'), bench.sim.faults.list()[0]!.id]).toEqual([7, fault.id]);
    expect(bench.sim.keypairs.list(stack.userId).map(({ name }) => name)).toEqual(['default', 'mine']);
    expect(bench.orchestration.orchestrator.store.events(stack.id)).toHaveLength(events);
  });
});
