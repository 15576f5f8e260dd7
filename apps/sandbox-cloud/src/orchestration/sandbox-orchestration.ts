import { keypairType, serverGroupType, serverType } from '../compute/server-types.ts';
import { UserDataRunner } from '../compute/user-data.ts';
import type { SimulatedCloud } from '../inventory/simulated-cloud.ts';
import { loadBalancerTypes } from '../loadbalancer/load-balancer-types.ts';
import { networkTypes } from '../network/network-types.ts';
import { volumeTypes } from '../volume/volume-types.ts';
import { cloudConstraints } from './cloud-constraints.ts';
import type { ResourceContext, ResourceType } from './engine/resource-type.ts';
import { openOrchestrator } from './orchestrator.ts';
import type { Orchestrator } from './orchestrator.ts';
import { plainTypes } from './resources/plain-types.ts';
import { softwareTypes } from './resources/software-types.ts';
import { waitConditionTypes } from './resources/wait-condition.ts';

/** The orchestration service of the sandbox, with everything that its stacks can be made of. */
export class SandboxOrchestration {
  readonly orchestrator: Orchestrator;
  private readonly userData: UserDataRunner;

  /** @param url scheme, host and port of the sandbox, once it listens. */
  constructor(readonly sim: SimulatedCloud, url: () => string) {
    this.userData = new UserDataRunner(sim);
    const { documents, clock, ids, faults } = sim;
    const types = [...plainTypes({ clock, ids }), ...waitConditionTypes({ clock, ids, url }), ...this.cloudTypes()];
    this.orchestrator = openOrchestrator({ documents, clock, ids, faults, types, constraintsFor: cloudConstraints(sim) });
  }

  /** Goes on with what was in progress. */
  start(): void {
    const { engine, store } = this.orchestrator;
    this.userData.start((stackId, resource, body) => {
      const stack = store.stack(stackId);
      // The stack that is to be told may be gone by the time the server is up.
      if (stack?.deletedAtMs === null && store.resource(stackId, resource)) engine.signal(stack, resource, body);
    });
    engine.resume();
  }

  async close(): Promise<void> {
    await this.userData.close();
    await this.orchestrator.engine.close();
  }

  private cloudTypes(): ResourceType[] {
    const { sim, userData } = this;
    const names = ({ stack }: ResourceContext) => this.orchestrator.store.withParents(stack).map(({ name }) => name);
    return [
      serverType(sim, userData, names), serverGroupType(sim), keypairType(sim), ...networkTypes(sim), ...volumeTypes(sim),
      ...loadBalancerTypes(sim),
      ...softwareTypes(sim, userData),
    ];
  }
}
