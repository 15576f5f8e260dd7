import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { openSqliteStore } from '../inventory/document-store.ts';
import type { DocumentStore } from '../inventory/document-store.ts';
import { THING_KINDS } from '../inventory/inventory.ts';
import type { StackRecord } from './engine/records.ts';
import { CloudBench } from './testing/cloud-bench.ts';
import { countingIds } from './testing/engine-bench.ts';
import { ManualClock } from './testing/manual-clock.ts';

const TEMPLATE = `
parameters: {count: {type: number, default: 1}}
resources:
  net: {type: OS::Neutron::Net}
  subnet: {type: OS::Neutron::Subnet, properties: {network: {get_resource: net}, cidr: 10.5.0.0/24}}
  group: {type: OS::Neutron::SecurityGroup}
  nodes:
    type: OS::Heat::ResourceGroup
    depends_on: subnet
    properties: {count: {get_param: count}, resource_def: {type: node.yaml, properties: {net: {get_resource: net}, group: {get_resource: group}}}}
`;
const files = { 'node.yaml': `
heat_template_version: 2018-08-31
parameters: {net: {type: string}, group: {type: string}}
resources:
  port: {type: OS::Neutron::Port, properties: {network: {get_param: net}, security_groups: [{get_param: group}]}}
  node: {type: OS::Nova::Server, properties: {image: debian, flavor: m1.small, networks: [{port: {get_resource: port}}]}}
  volume: {type: OS::Cinder::Volume, properties: {size: 1}}
  attachment: {type: OS::Cinder::VolumeAttachment, properties: {instance_uuid: {get_resource: node}, volume_id: {get_resource: volume}}}
` };
const LATENCY = { '*': 500, 'OS::Nova::Server.create': 2_000 };

const step = fc.oneof(
  fc.record({ do: fc.constant('resize' as const), count: fc.integer({ min: 0, max: 4 }) }),
  fc.record({
    do: fc.constant('fault' as const), action: fc.constantFrom('create', 'update', 'delete'),
    type: fc.constantFrom('OS::Nova::*', 'OS::Neutron::Port', 'OS::Cinder::*', 'OS::Neutron::*'), times: fc.integer({ min: 1, max: 3 }),
  }),
  fc.record({ do: fc.constant('restart' as const) }),
  fc.record({ do: fc.constant('pass' as const), ms: fc.integer({ min: 0, max: 8_000 }) }),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** One sandbox, cut off and started again as the steps say. */
class Life {
  readonly clock = new ManualClock();
  readonly ids = countingIds();
  readonly folder = mkdtempSync(join(tmpdir(), 'sandbox-chaos-'));
  documents!: DocumentStore;
  bench!: CloudBench;

  constructor() {
    this.start();
  }

  start(): void {
    this.documents = openSqliteStore(this.folder);
    this.bench = new CloudBench({ documents: this.documents, clock: this.clock, ids: this.ids, latency: LATENCY });
  }

  async stop(): Promise<void> {
    await this.bench.orchestration.close();
    await this.documents.close();
  }

  stack(id: string): StackRecord {
    return this.bench.orchestration.orchestrator.store.stack(id)!;
  }

  async take(each: Step, id: string): Promise<void> {
    switch (each.do) {
      case 'resize': return this.bench.update(this.stack(id), TEMPLATE, { count: each.count });
      case 'fault':
        this.bench.sim.faults.add(
          { action: each.action, type: each.type }, { kind: 'fail', error: 'Error', message: 'bad luck' }, each.times,
        );
        return undefined;
      case 'restart':
        await this.stop();
        return this.start();
      case 'pass': return this.bench.pass(each.ms);
    }
  }

  /** Things whose stack is gone. */
  orphans(): string[] {
    const { inventory } = this.bench.sim;
    const things = THING_KINDS.flatMap((kind) => [...inventory.all(kind)]);
    return things.filter(({ stackId }) => (this.stack(stackId!)?.deletedAtMs ?? null) !== null).map(({ kind, id }) => `${kind} ${id}`);
  }
}

describe('a stack, whatever goes wrong and whenever the sandbox is cut off', () => {
  it('is whole in the end when nothing more goes wrong, and leaves nothing behind when it is deleted', async () => {
    await fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 12 }), fc.integer({ min: 0, max: 3 }), async (steps, count) => {
      const life = new Life();
      try {
        const { id } = await life.bench.create(TEMPLATE, { files });
        for (const each of steps) await life.take(each, id);
        life.bench.sim.faults.clear();
        await life.bench.pass(120_000);
        await life.bench.update(life.stack(id), TEMPLATE, { count });
        await life.bench.pass(120_000);
        expect([life.stack(id).reason, life.orphans()]).toEqual(['Stack UPDATE completed successfully', []]);
        const expected = {
          network: 1, subnet: 1, security_group: 1,
          ...(count > 0 && { port: count, server: count, volume: count, volume_attachment: count }),
        };
        expect(life.bench.things()).toEqual(expected);
        await life.bench.delete(life.stack(id));
        await life.bench.pass(120_000);
        expect([life.stack(id).status, life.bench.things()]).toEqual(['COMPLETE', {}]);
      } finally {
        await life.stop();
        rmSync(life.folder, { recursive: true });
      }
    }), { numRuns: 60 });
  }, 120_000);
});
