import type { BayView, ExtensionCall, OperationView } from '@jeroboam/domain';
import { StepFailed } from '@jeroboam/driver-sdk';
import type { Availability, BayDriver, BayHealth, DriverDependencies, ExtensionContext, HealthContext, PlannedStep, StepContext, StepResult } from '@jeroboam/driver-sdk';
import { Fence } from './bay/fence.ts';
import type { HeatBlueprint, HeatCloud } from './blueprint.ts';
import { lookAtHealth } from './health.ts';
import { plan, requirePlanned } from './plan.ts';
import { renderBay } from './render/render-bay.ts';
import type { StepName } from './plan.ts';
import { deleteNodeGroupStack, deleteNodeGroupStacks, deleteStack } from './steps/delete.ts';
import { tellingMachines } from './steps/machines.ts';
import { awaitStack, beginStack, selectNodes } from './steps/make.ts';
import { moveStacks } from './steps/move.ts';
import { reportNodes } from './steps/nodes.ts';
import type { Pace, Work } from './steps/work.ts';

const RUN: Readonly<Record<StepName, (work: Work) => Promise<StepResult>>> = {
  'select-nodes': selectNodes,
  'begin-stack': beginStack,
  'await-stack': awaitStack,
  'move-stacks': moveStacks,
  'report-nodes': reportNodes,
  'delete-node-group-stack': deleteNodeGroupStack,
  'delete-node-group-stacks': deleteNodeGroupStacks,
  'delete-stack': deleteStack,
};

const UNHURRIED: Pace = { pollMs: 500, patienceMs: 2_000 };

/** What all drivers whose bays are Heat stacks have in common. */
export class HeatDriver implements BayDriver {
  readonly #blueprint: HeatBlueprint;
  readonly #dataDir: string;
  readonly #cloud: HeatCloud | undefined;
  readonly #pace: Pace;

  /** @param cloud undefined: none is configured; then it is not available, and says why. */
  constructor(blueprint: HeatBlueprint, { dataDir }: Pick<DriverDependencies, 'dataDir'>, cloud: HeatCloud | undefined, pace: Pace = UNHURRIED) {
    this.#blueprint = blueprint;
    this.#dataDir = dataDir;
    this.#cloud = cloud;
    this.#pace = pace;
  }

  async availability(): Promise<Availability> {
    if (this.#cloud) return { available: true };
    const reason = 'its bays are Heat stacks, and this process has no way into a cloud (JEROBOAM_KEYSTONE_URL)';
    return { available: false, missing: [{ what: 'an OpenStack cloud', reason }] };
  }

  plan(operation: OperationView, _bay: BayView): readonly PlannedStep[] {
    return plan(this.#blueprint.name, operation);
  }

  async render(operation: OperationView, bay: BayView): Promise<Readonly<Record<string, unknown>>> {
    return renderBay(this.#blueprint, operation, bay);
  }

  async run(step: PlannedStep, context: StepContext): Promise<StepResult> {
    const name = requirePlanned(this.#blueprint.name, step, context.operation);
    const cloud = this.#required();
    const { spec } = context.bay;
    const fence = new Fence(this.#dataDir, spec.bayId, context.fencingToken);
    fence.raise();
    return tellingMachines(name, { blueprint: this.#blueprint, cloud, stacks: cloud.stacks(spec), fence, context, pace: this.#pace }, RUN[name]);
  }

  async health(bay: BayView, context: HealthContext): Promise<BayHealth> {
    return lookAtHealth(this.#blueprint, this.#required(), bay, context);
  }

  async extension(call: ExtensionCall, bay: BayView, context: ExtensionContext): Promise<Readonly<Record<string, unknown>>> {
    if (this.#blueprint.show) return this.#blueprint.show(call, bay, context);
    throw new StepFailed(`${this.#blueprint.name} has nothing to show for ${call.command}`, { retryable: false });
  }

  #required(): HeatCloud {
    if (this.#cloud) return this.#cloud;
    throw new StepFailed(`${this.#blueprint.name} has no way into a cloud`, { retryable: true });
  }
}
