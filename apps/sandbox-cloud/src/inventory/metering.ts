import type { Clock } from './clock.ts';
import { textOf } from '../orchestration/hot/json.ts';
import type { DocumentStore } from './document-store.ts';
import type { Thing } from './inventory.ts';

/** What the cloud would bill of one server: it is metered while it is there and has once been up. */
export interface MeteredServer {
  readonly id: string;
  readonly name: string;
  readonly projectId: string;
  /** Its name. */
  readonly flavor: string;
  readonly metadata: unknown;
  /** Stack that it was made by, and the outermost stack around that one; null where no stack made it. */
  readonly stackId: string | null;
  readonly rootStack: string | null;
  /** When it was ACTIVE for the first time, in milliseconds since 1970. */
  readonly fromMs: number;
  /** When it was gone; null while it is there. */
  toMs: number | null;
}

const COLLECTION = 'metering';

/** Every server that was ever up, for as long as the sandbox keeps anything: nothing is forgotten when a server goes. */
export class Metering {
  private readonly servers: Map<string, MeteredServer>;

  constructor(private readonly store: DocumentStore, private readonly clock: Clock) {
    this.servers = new Map(store.load(COLLECTION).map(({ id, document }) => [id, document as MeteredServer]));
  }

  /** A server is up. One that never is, for want of a host, costs nothing. */
  began({ id, name, projectId, stackId, document }: Thing, rootStack: string | null): void {
    if (this.servers.has(id)) return;
    this.keep({
      id, name, projectId, flavor: textOf(document['flavor']), metadata: document['metadata'] ?? {}, stackId: stackId ?? null, rootStack,
      fromMs: this.clock.now(), toMs: null,
    });
  }

  /** Something is gone; nothing happens where that was no server. */
  ended(id: string): void {
    const server = this.servers.get(id);
    if (server?.toMs === null) this.keep({ ...server, toMs: this.clock.now() });
  }

  /** In the order in which they came up. */
  list(): readonly MeteredServer[] {
    return [...this.servers.values()].toSorted((one, other) => one.fromMs - other.fromMs || (one.id < other.id ? -1 : 1));
  }

  private keep(server: MeteredServer): void {
    this.servers.set(server.id, server);
    this.store.put(COLLECTION, server.id, server);
  }
}
