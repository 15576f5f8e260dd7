import type { Json, JsonMap } from '../orchestration/hot/json.ts';
import type { DocumentStore } from './document-store.ts';

export const THING_KINDS = [
  'server', 'server_group', 'keypair', 'network', 'subnet', 'router', 'router_interface', 'port', 'floating_ip', 'security_group',
  'security_group_rule', 'volume', 'volume_attachment', 'load_balancer', 'listener', 'pool', 'member', 'health_monitor', 'config',
  'deployment',
] as const;
export type ThingKind = typeof THING_KINDS[number];

/** Something that exists in the simulated cloud. */
export interface Thing {
  readonly id: string;
  readonly kind: ThingKind;
  readonly projectId: string;
  name: string;
  /** In the words of its service: `ACTIVE`, `in-use`, `ERROR`. */
  status: string;
  /** What its service says of it, besides the above. */
  document: JsonMap;
  /** Ids of what it uses: that cannot go before it. */
  uses: string[];
  readonly createdAtMs: number;
  /** When the service is done with making it. */
  readyAtMs: number;
  /** What it uses up besides being one: cores, memory, gigabytes. */
  readonly amounts?: Readonly<Record<string, number>>;
  /** Who asked for it: absent for what was made from outside of any stack. */
  readonly stackId?: string;
  readonly resource?: string;
}

export type NewThing = Pick<Thing, 'id' | 'kind' | 'projectId' | 'name' | 'status' | 'document' | 'uses' | 'createdAtMs' | 'readyAtMs'>
  & Partial<Pick<Thing, 'stackId' | 'resource' | 'amounts'>>;

const COLLECTION = 'thing';

/** Everything that exists in the simulated cloud besides what its file says. */
export class Inventory {
  private readonly byKind = new Map<ThingKind, Map<string, Thing>>(THING_KINDS.map((kind) => [kind, new Map()]));
  private readonly users = new Map<string, Set<Thing>>();
  private readonly totals = new Map<string, number>();

  /** @param removed is told of everything that goes, whoever took it away. */
  constructor(private readonly store: DocumentStore, private readonly removed: (thing: Thing) => void = () => undefined) {
    for (const { document } of store.load(COLLECTION)) this.index(document as Thing);
  }

  add(thing: NewThing): Thing {
    const added: Thing = { ...thing };
    this.index(added);
    this.save(added);
    return added;
  }

  /** To be called after a thing was changed. */
  save(thing: Thing): void {
    if (this.byKind.get(thing.kind)!.get(thing.id) === thing) this.store.put(COLLECTION, `${thing.kind}/${thing.id}`, thing);
  }

  /** Changes what a thing uses. */
  relink(thing: Thing, uses: readonly string[]): void {
    this.unlink(thing);
    thing.uses = [...uses];
    this.link(thing);
    this.save(thing);
  }

  remove(thing: Thing): void {
    if (!this.byKind.get(thing.kind)!.delete(thing.id)) return;
    this.unlink(thing);
    this.count(thing, -1);
    this.store.delete(COLLECTION, `${thing.kind}/${thing.id}`);
    this.removed(thing);
  }

  get(kind: ThingKind, id: string | null | undefined): Thing | undefined {
    return id === null || id === undefined ? undefined : this.byKind.get(kind)!.get(id);
  }

  all(kind: ThingKind): IterableIterator<Thing> {
    return this.byKind.get(kind)!.values();
  }

  /** By id, or else by name among what the project has. */
  find(kind: ThingKind, projectId: string, idOrName: Json | undefined): Thing | undefined {
    if (typeof idOrName !== 'string') return undefined;
    const byId = this.get(kind, idOrName);
    if (byId) return byId;
    for (const thing of this.all(kind)) if (thing.name === idOrName && thing.projectId === projectId) return thing;
    return undefined;
  }

  /** What uses this, of one kind or of any. */
  usersOf(id: string, kind?: ThingKind): Thing[] {
    const users = [...this.users.get(id) ?? []];
    return kind === undefined ? users : users.filter((thing) => thing.kind === kind);
  }

  /** How many things of a kind a project has, or how much of something. */
  amountOf(what: string, projectId: string): number {
    return this.totals.get(`${what}/${projectId}`) ?? 0;
  }

  private index(thing: Thing): void {
    this.byKind.get(thing.kind)!.set(thing.id, thing);
    this.link(thing);
    this.count(thing, 1);
  }

  private count({ kind, projectId, amounts = {} }: Thing, sign: 1 | -1): void {
    for (const [what, amount] of [[kind, 1] as const, ...Object.entries(amounts)]) {
      this.totals.set(`${what}/${projectId}`, this.amountOf(what, projectId) + sign * amount);
    }
  }

  private link(thing: Thing): void {
    for (const id of thing.uses) {
      const users = this.users.get(id) ?? new Set();
      this.users.set(id, users.add(thing));
    }
  }

  private unlink(thing: Thing): void {
    for (const id of thing.uses) {
      const users = this.users.get(id);
      users?.delete(thing);
      if (users?.size === 0) this.users.delete(id);
    }
  }
}
