import type { BayView, ExtensionCall, OperationView } from '@jeroboam/domain';
import type { Availability, BayDriver, BayHealth, DriverDependencies, ExtensionContext, HealthContext, PlannedStep, StepContext, StepResult } from '@jeroboam/driver-sdk';
import { plan } from './plan.ts';

/** Real Docker Swarms on this host. What touches the host is loaded when first needed: others only read the manifest. */
export class SwarmLocalDriver implements BayDriver {
  readonly #deps: DriverDependencies;

  constructor(deps: DriverDependencies) {
    this.#deps = deps;
  }

  async availability(): Promise<Availability> {
    const { availabilityOf, thisHost } = await import('./availability.ts');
    return availabilityOf(thisHost());
  }

  plan(operation: OperationView, _bay: BayView): readonly PlannedStep[] {
    return plan(operation);
  }

  async run(step: PlannedStep, context: StepContext): Promise<StepResult> {
    const { runStep } = await import('./run-step.ts');
    return runStep(step, context, this.#deps.dataDir);
  }

  async extension({ command }: ExtensionCall, bay: BayView, { signal }: ExtensionContext): Promise<Readonly<Record<string, unknown>>> {
    if (command !== 'join-state') throw new Error(`swarm_local has nothing to show of ${command}`);
    const { joinState } = await import('./extension/join-state.ts');
    return joinState(bay, this.#deps.dataDir, signal);
  }

  /** Also starts again what should run and does not; the next call tells whether that helped. */
  async health(bay: BayView, { signal }: Pick<HealthContext, 'signal'>): Promise<BayHealth> {
    const [{ BayNames }, { lookAtHealth, reviveEngines }] = await Promise.all([import('./bay/names.ts'), import('./health.ts')]);
    const names = new BayNames(bay.spec.bayId, this.#deps.dataDir);
    const health = await lookAtHealth(names, bay, signal);
    if (health.status === 'UNHEALTHY') await reviveEngines(names, bay, this.#deps.log);
    return health;
  }
}
