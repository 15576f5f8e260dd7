import { parseCloudFile, readCloudFile } from '../../cloud/cloud-file.ts';
import { Cloud } from '../../cloud/cloud.ts';
import { stableId } from '../../cloud/stable-id.ts';
import { KeypairStore } from '../../compute/keypair-store.ts';
import { noStore } from '../../inventory/document-store.ts';
import type { DocumentStore } from '../../inventory/document-store.ts';
import { THING_KINDS } from '../../inventory/inventory.ts';
import type { Thing } from '../../inventory/inventory.ts';
import type { LatencyTable } from '../../inventory/latency.ts';
import { SimulatedCloud } from '../../inventory/simulated-cloud.ts';
import type { StackRecord } from '../engine/records.ts';
import { environmentOf } from '../hot/environment.ts';
import type { Json, JsonMap } from '../hot/json.ts';
import { parseYaml } from '../hot/yaml.ts';
import { SandboxOrchestration } from '../sandbox-orchestration.ts';
import { countingIds } from './engine-bench.ts';
import type { BenchStack } from './engine-bench.ts';
import { ManualClock, quiet } from './manual-clock.ts';

export const DEMO = stableId('project', 'demo');

export interface CloudBenchOptions {
  readonly documents?: DocumentStore;
  readonly clock?: ManualClock;
  readonly ids?: ReturnType<typeof countingIds>;
  /** Instead of those of the cloud file. */
  readonly machines?: readonly JsonMap[];
  /** @default nothing takes any time */
  readonly latency?: LatencyTable;
}

/** The orchestration of the sandbox with its cloud; time and ids belong to the test. */
export class CloudBench {
  readonly clock: ManualClock;
  readonly sim: SimulatedCloud;
  readonly orchestration: SandboxOrchestration;

  constructor({ documents = noStore, clock = new ManualClock(), ids = countingIds(), machines, latency = {} }: CloudBenchOptions = {}) {
    this.clock = clock;
    const file = readCloudFile();
    const cloud = new Cloud(machines ? parseCloudFile({ ...file, machines }, 'test') : file);
    this.sim = new SimulatedCloud({ cloud, documents, clock, ids, latency, keypairs: new KeypairStore(cloud, documents) });
    this.orchestration = new SandboxOrchestration(this.sim, () => 'http://sandbox.test');
    this.orchestration.start();
  }

  /** @param template HOT without its version. */
  async create(template: string, options: BenchStack = {}): Promise<StackRecord> {
    const { name = 's', parameters = {}, files = {}, environment = {}, disableRollback = true, timeoutMins = null } = options;
    const { engine, validator } = this.orchestration.orchestrator;
    const identity = { id: this.sim.ids.uuid(), name, projectId: DEMO, userId: stableId('user', 'demo') };
    const merged = environmentOf(environment, [], files);
    const definition = { template: hot(template), files, environment: { ...merged, parameters } };
    validator.validate(identity, definition);
    const stack = engine.create(identity.id, { ...identity, userName: 'demo', definition, disableRollback, timeoutMins, tags: [] });
    await this.pass(0);
    return stack;
  }

  async update(stack: StackRecord, template: string, parameters: JsonMap = {}): Promise<void> {
    const { files, environment } = stack.definition;
    const definition = { template: hot(template), files, environment: { ...environment, parameters } };
    this.orchestration.orchestrator.validator.validate(stack, definition);
    this.orchestration.orchestrator.engine.update(stack, { definition });
    await this.pass(0);
  }

  async delete(stack: StackRecord): Promise<void> {
    this.orchestration.orchestrator.engine.delete(stack);
    await this.pass(0);
  }

  async pass(ms: number): Promise<void> {
    await this.clock.pass(ms);
    await quiet();
  }

  outputs(stack: StackRecord): Record<string, Json> {
    return this.orchestration.orchestrator.reader.outputs(stack);
  }

  /** Everything that exists, by kind. */
  things(): Partial<Record<Thing['kind'], number>> {
    const counts = THING_KINDS.map((kind) => [kind, [...this.sim.inventory.all(kind)].length] as const);
    return Object.fromEntries(counts.filter(([, count]) => count > 0));
  }

  one(kind: Thing['kind']): Thing {
    return [...this.sim.inventory.all(kind)][0]!;
  }
}

function hot(template: string): JsonMap {
  return { heat_template_version: '2018-08-31', ...parseYaml(template, 'template') };
}
