import type { Cloud, Machine } from '../cloud/cloud.ts';
import type { Clock } from '../inventory/clock.ts';
import type { DocumentStore } from '../inventory/document-store.ts';

/** What a machine is doing, kept by its id. */
interface Use {
  serverId?: string;
  /** After a server the disks are wiped: until then nobody can have it. */
  cleaningUntilMs?: number;
}

export interface MachineView extends Machine {
  readonly state: 'available' | 'active' | 'cleaning';
  readonly serverId: string | null;
}

/** A port that a server is to have: on this physical network, or on any. */
export type PortPlan = readonly (string | null)[];

const COLLECTION = 'machine';

/** The bare-metal machines, and who has which. */
export class Machines {
  private readonly uses: Map<string, Use>;

  constructor(
    private readonly cloud: Cloud,
    private readonly clock: Clock,
    private readonly store: DocumentStore,
  ) {
    this.uses = new Map(store.load(COLLECTION).map(({ id, document }) => [id, document as Use]));
  }

  list(): MachineView[] {
    return this.cloud.machines.map((machine) => {
      const { serverId = null, cleaningUntilMs = 0 } = this.uses.get(machine.id) ?? {};
      const free = cleaningUntilMs > this.clock.now() ? 'cleaning' as const : 'available' as const;
      return { ...machine, serverId, state: serverId === null ? free : 'active' };
    });
  }

  /**
   * Takes the machine with the fewest ports that has all those planned.
   *
   * @returns why there is none, as text.
   */
  take(resourceClass: string, plan: PortPlan, serverId: string): MachineView | string {
    const [machine] = this.list().filter((each) => each.state === 'available' && each.resourceClass === resourceClass && fits(each, plan))
      .sort((one, other) => one.ports.length - other.ports.length);
    if (!machine) {
      const ofClass = this.list().filter((each) => each.resourceClass === resourceClass);
      const free = ofClass.filter(({ state }) => state === 'available').length;
      return `No valid host was found. ${plan.length} ports are needed (${plan.map((network) => network ?? 'any network').join(', ')}); of ${ofClass.length} `
        + `machines of class ${resourceClass} ${free} are available, and none of these has such ports.`;
    }
    this.put(machine.id, { serverId });
    return machine;
  }

  of(serverId: string): MachineView | undefined {
    return this.list().find((machine) => machine.serverId === serverId);
  }

  /** The server is gone; the machine is wiped before it can be had again. */
  release(serverId: string, cleaningMs: number): void {
    const machine = this.of(serverId);
    if (machine) this.put(machine.id, { cleaningUntilMs: this.clock.now() + cleaningMs });
  }

  private put(id: string, use: Use): void {
    this.uses.set(id, use);
    this.store.put(COLLECTION, id, use);
  }
}

/** Whether every planned port can be one of the machine's, each of which is one only. */
function fits({ ports }: Machine, plan: PortPlan): boolean {
  const left = [...ports];
  // The picky ones first, so that they do not find their port taken by one that fits anywhere.
  return [...plan].sort((one, other) => Number(one === null) - Number(other === null)).every((wanted) => {
    const exact = left.findIndex((port) => wanted !== null && port === wanted);
    const index = exact >= 0 ? exact : left.findIndex((port) => wanted === null || port === null);
    if (index < 0) return false;
    left.splice(index, 1);
    return true;
  });
}
