import type { Thing } from '../inventory/inventory.ts';
import type { SimulatedCloud } from '../inventory/simulated-cloud.ts';
import { Stopped } from '../orchestration/engine/failures.ts';
import { textOf } from '../orchestration/hot/json.ts';
import type { JsonMap } from '../orchestration/hot/json.ts';

/** Where a server says that it is done: the address that Heat gives a wait condition's handle. */
const SIGNAL_URL = /\/stacks\/[^/\s]+\/([0-9a-f-]{36})\/resources\/([^/\s"']+)\/signal/g;

/** Gives a signal to a resource of a stack. */
export type Signaller = (stackId: string, resource: string, body: JsonMap) => void;

/**
 * Servers as far as they run: once one is up, it "runs" its user data, that is, it gives the signals that are asked for there. The
 * fault `boot` makes it fail or keeps it silent.
 */
export class UserDataRunner {
  private signaller: Signaller | undefined;
  private readonly running = new Map<string, Promise<void>>();
  private readonly end = new AbortController();

  constructor(private readonly sim: SimulatedCloud) {}

  /** To be told once; before that, nothing boots. */
  start(signaller: Signaller): void {
    this.signaller = signaller;
    for (const server of this.sim.inventory.all('server')) {
      if (server.status === 'ACTIVE' && server.document['booted'] !== true) this.boot(server, []);
    }
  }

  /** @param stacks names of the stacks it is in, for faults. */
  boot(server: Thing, stacks: readonly string[]): void {
    if (this.running.has(server.id)) return;
    const run = this.run(server, stacks).catch((error: unknown) => {
      if (!(error instanceof Stopped)) throw error;
    }).finally(() => this.running.delete(server.id));
    this.running.set(server.id, run);
  }

  /** Resolves when the server has run its user data. */
  async booted(serverId: string): Promise<void> {
    await this.running.get(serverId);
  }

  async close(): Promise<void> {
    this.end.abort(new Stopped('shutdown'));
    await Promise.allSettled(this.running.values());
  }

  private async run(server: Thing, stacks: readonly string[]): Promise<void> {
    const { clock, latency, faults, inventory } = this.sim;
    await clock.sleep(latency.of('OS::Nova::Server', 'boot'), this.end.signal);
    const rule = faults.strike({
      type: 'OS::Nova::Server', action: 'boot', projectId: server.projectId, stacks,
      ...(server.resource !== undefined && { resource: server.resource }),
    });
    if (rule?.effect.kind === 'hang') await faults.removed(rule.id, this.end.signal);
    if (rule?.effect.kind === 'delay') await clock.sleep(rule.effect.ms, this.end.signal);
    if (!inventory.get('server', server.id)) return;
    const failure = rule?.effect.kind === 'fail' ? rule.effect.message : undefined;
    server.document['booted'] = true;
    inventory.save(server);
    const text = textOf(server.document['user_data'] ?? '');
    const asked = new Map([...text.matchAll(SIGNAL_URL)].map(([, stackId = '', resource = '']) => [`${stackId}/${resource}`, { stackId, resource }]));
    for (const { stackId, resource } of asked.values()) {
      const body: JsonMap = failure === undefined ? { status: 'SUCCESS', data: server.name } : { status: 'FAILURE', reason: failure };
      this.signaller?.(stackId, resource, { id: server.id, ...body });
    }
  }
}
