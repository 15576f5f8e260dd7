import { randomUUID } from 'node:crypto';
import type { BaySpec, BayView, NodeView, OperationView } from '@jeroboam/domain';
import type { BayDriver, DriverLog, DriverManifest, HealthContext, PlannedStep, StepContext, StepResult } from '../driver.contract.ts';
import { ISSUE_CANDIDATE_STEP, WITHDRAW_OLD_STEP, rotationPlan } from '../ca-rotation.ts';
import { FakeCertificates } from './fake-certificates.ts';
import { FakeLedger } from './fake-ledger.ts';
import { OutsideCalls } from './outside-calls.ts';
import { aBay, aBaySpec } from './samples.ts';

export interface LifeOptions {
  readonly spec?: Partial<BaySpec>;
  readonly masters?: number;
  readonly workers?: number;
}

export interface RunOptions {
  /** How often each step is run before the next; 1 unless told. */
  readonly times?: number;
  readonly signal?: AbortSignal;
}

/**
 * One bay seen by its driver: the scheduler, the ledger and the certificate authority in memory. Results of steps are
 * taken into the view as the real scheduler does.
 */
export class BayLife {
  readonly calls = new OutsideCalls();
  readonly ledger = new FakeLedger(this.calls);
  readonly certificates = new FakeCertificates(this.calls);
  /** Everything the driver logged or answered, to be searched for what must not be there. */
  readonly said: unknown[] = [];
  driver: BayDriver;
  #bay: BayView;
  #token = 0;

  constructor(driver: BayDriver, manifest: DriverManifest, { spec, masters = 1, workers = 2 }: LifeOptions = {}) {
    this.driver = driver;
    this.#bay = aBay(aBaySpec(manifest, spec), { masters, workers });
  }

  get bay(): BayView {
    return { ...this.#bay, resources: this.ledger.entries() };
  }

  /** The highest fencing token given out. */
  get token(): number {
    return this.#token;
  }

  nodesOf(nodeGroup: string): readonly NodeView[] {
    return this.#bay.nodes.filter((node) => node.nodeGroup === nodeGroup);
  }

  creation(): OperationView {
    return this.#operation({ kind: 'create' });
  }

  /** Takes the wanted count into the view, as accepting a resize does. */
  resizing(nodeCount: number, nodesToRemove: readonly string[] = [], nodeGroup = 'default-worker'): OperationView {
    const nodeGroups = this.#bay.nodeGroups.map((group) => (group.name === nodeGroup ? { ...group, nodeCount } : group));
    this.#bay = { ...this.#bay, nodeGroups };
    return this.#operation({ kind: 'resize', resize: { nodeGroup, nodeCount, nodesToRemove } });
  }

  deletion(): OperationView {
    return this.#operation({ kind: 'delete' });
  }

  rotation(): OperationView {
    return this.#operation({ kind: 'rotate-ca' });
  }

  /** The driver's steps, and those the service does itself. */
  plan(operation: OperationView): readonly PlannedStep[] {
    const steps = this.driver.plan(operation, this.bay);
    return operation.kind === 'rotate-ca' ? rotationPlan(steps) : steps;
  }

  async run(operation: OperationView, options: RunOptions = {}): Promise<void> {
    await this.runSteps(operation, this.plan(operation), options);
  }

  async runSteps(operation: OperationView, steps: readonly PlannedStep[], { times = 1, signal }: RunOptions = {}): Promise<void> {
    for (const step of steps) {
      for (let time = 1; time <= times; time += 1) await this.runStep(operation, step, { attempt: time, ...(signal ? { signal } : {}) });
    }
  }

  /** Runs one step under a new fencing token unless one is given; its result becomes part of the bay. */
  async runStep(operation: OperationView, step: PlannedStep, more: Partial<StepContext> = {}): Promise<StepResult> {
    if (operation.kind === 'rotate-ca' && step.name === ISSUE_CANDIDATE_STEP) return this.certificates.startRotation().then(() => ({}));
    if (operation.kind === 'rotate-ca' && step.name === WITHDRAW_OLD_STEP) {
      this.certificates.completeRotation();
      return {};
    }
    const fencingToken = more.fencingToken ?? (this.#token += 1);
    const result = await this.driver.run(step, { ...this.context(operation), ...more, fencingToken });
    this.said.push(result);
    this.#take(result);
    return result;
  }

  context(operation: OperationView): Omit<StepContext, 'fencingToken'> & HealthContext {
    return {
      bay: this.bay,
      operation,
      attempt: 1,
      signal: new AbortController().signal,
      ledger: this.ledger,
      certificates: this.certificates,
      log: this.log,
    };
  }

  readonly log: DriverLog = {
    info: (message, fields) => this.said.push([message, fields]),
    warn: (message, fields) => this.said.push([message, fields]),
  };

  #operation(more: Pick<OperationView, 'kind' | 'resize'>): OperationView {
    return { operationId: randomUUID(), bayId: this.#bay.spec.bayId, ...more };
  }

  #take({ nodesJoined = [], nodesRemoved = [], outputs = {} }: StepResult): void {
    const gone = new Set([...nodesRemoved, ...nodesJoined.map((node) => node.name)]);
    this.#bay = {
      ...this.#bay,
      nodes: [...this.#bay.nodes.filter((node) => !gone.has(node.name)), ...nodesJoined],
      stackId: outputs.stackId ?? this.#bay.stackId,
      apiAddress: outputs.apiAddress ?? this.#bay.apiAddress,
    };
  }
}
