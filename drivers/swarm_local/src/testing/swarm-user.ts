import { setTimeout as pause } from 'node:timers/promises';
import type { EngineApi } from '../swarm/engine-api.ts';

const POLL_MS = 50;
const PATIENCE_MS = 60_000;

interface Task {
  readonly NodeID: string;
  readonly DesiredState: string;
  readonly Status: { readonly State: string; readonly Err?: string };
}

/** What somebody with a bay does with it, over the API of a manager. */
export class SwarmUser {
  readonly #signal = new AbortController().signal;

  constructor(private readonly manager: EngineApi) {}

  /** Runs a command of busybox as a service, on the nodes of one role. */
  async runService(name: string, command: readonly string[], replicas: number, role: 'manager' | 'worker'): Promise<void> {
    const TaskTemplate = {
      ContainerSpec: { Image: 'busybox:latest', Command: command, StopGracePeriod: 1_000_000_000 },
      Placement: { Constraints: [`node.role==${role}`] },
    };
    await this.manager.post('/services/create', { Name: name, TaskTemplate, Mode: { Replicated: { Replicas: replicas } } }, this.#signal);
  }

  /** Waits until so many tasks of a service run. @returns the swarm's ids of the nodes they run on. */
  async running(name: string, count: number): Promise<readonly string[]> {
    const filters = encodeURIComponent(JSON.stringify({ service: [name] }));
    return eventually(`${count} tasks of ${name} run`, async () => {
      const tasks = await this.manager.get<readonly Task[]>(`/tasks?filters=${filters}`, this.#signal);
      const running = tasks.filter((task) => task.Status.State === 'running' && task.DesiredState === 'running');
      return running.length === count ? running.map((task) => task.NodeID) : undefined;
    });
  }
}

/** Asks until there is an answer. @throws {Error} after a minute. */
export async function eventually<T>(what: string, ask: () => Promise<T | undefined>): Promise<T> {
  const giveUpAt = Date.now() + PATIENCE_MS;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > giveUpAt) throw new Error(`it did not come to pass that ${what}`);
    await pause(POLL_MS);
  }
}
