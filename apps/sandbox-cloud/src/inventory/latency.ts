import type { DocumentStore } from './document-store.ts';

/** Milliseconds by what is done: `OS::Nova::Server.create`, `OS::Nova::Server` for every action, `*` for everything else. */
export type LatencyTable = Readonly<Record<string, number>>;

/** Long enough to see a stack go through its life, short enough not to wait for it. */
export const DEFAULT_LATENCY: LatencyTable = {
  '*': 5, 'OS::Nova::Server.create': 1_500, 'OS::Nova::Server.delete': 300, 'OS::Nova::Server.boot': 1_000,
  'OS::Octavia::LoadBalancer.create': 800,
  'OS::Cinder::Volume.create': 200, 'baremetal.create': 4_000, 'baremetal.cleaning': 2_000,
};

const COLLECTION = 'latency';
const ONLY = 'table';

/** How long the simulated services take. */
export class Latency {
  private table: LatencyTable;

  constructor(private readonly store: DocumentStore, initial: LatencyTable) {
    const [kept] = store.load(COLLECTION);
    this.table = (kept?.document as LatencyTable | undefined) ?? initial;
  }

  /** In milliseconds. */
  of(type: string, action: string): number {
    return this.table[`${type}.${action}`] ?? this.table[type] ?? this.table['*'] ?? 0;
  }

  get current(): LatencyTable {
    return this.table;
  }

  replace(table: LatencyTable): void {
    this.table = table;
    this.store.put(COLLECTION, ONLY, table);
  }
}
