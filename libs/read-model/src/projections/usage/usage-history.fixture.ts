import { bayDecider, isDomainError } from '@jeroboam/domain';
import type { BayCommand, BayEvent, BayState, MachineView, NodeView, RecordedEvent } from '@jeroboam/domain';
import { baySamples } from '@jeroboam/domain/testing';
import fc from 'fast-check';
import { recordedAt } from '../projected-documents.fixture.ts';
import type { UsagePeriod } from './usage-period.ts';

const { BAY, GPU, aSpec, commands, group } = baySamples;
const START = Date.parse('2026-01-31T23:59:50.000Z');

/** Flavors of the node groups that every bay has. */
const DEFAULT_FLAVORS = { 'default-master': 'm1.small', 'default-worker': 'm1.large' } as const;
const GROUPS = [...Object.keys(DEFAULT_FLAVORS), GPU.name];

export const iso = (ms: number): string => new Date(ms).toISOString();

/** A cloud that bills by itself: it looks at what runs on it whenever time passes, and knows nothing of events. */
class MeteredCloud {
  now = START;
  readonly nodes = new Map<string, { readonly group: string; readonly flavor: string }>();
  readonly #metered: { readonly from: number; readonly to: number; readonly flavor: string }[] = [];

  pass(ms: number): void {
    for (const { flavor } of this.nodes.values()) this.#metered.push({ from: this.now, to: this.now + ms, flavor });
    this.now += ms;
  }

  /** Node milliseconds by flavor within a period. */
  bill(period: UsagePeriod): Record<string, number> {
    const [first, last] = [period.from === null ? 0 : Date.parse(period.from), Date.parse(period.to)];
    const bill: Record<string, number> = {};
    for (const { from, to, flavor } of this.#metered) {
      const ms = Math.min(to, last) - Math.max(from, first);
      if (ms > 0) bill[flavor] = (bill[flavor] ?? 0) + ms;
    }
    return bill;
  }
}

export interface BilledHistory {
  readonly events: readonly RecordedEvent[];
  readonly cloud: MeteredCloud;
}

type Act =
  | { readonly what: 'wait'; readonly ms: number }
  | { readonly what: 'nodes'; readonly group: string; readonly more: number; readonly fewer: number }
  | { readonly what: 'provide' | 'readdress' | 'drop group' | 'delete' }
  | { readonly what: 'report'; readonly joins: boolean }
  | { readonly what: 'add group'; readonly flavor: string }
  | { readonly what: 'command'; readonly command: BayCommand };

const OPERATIONS = [
  'op-create', 'op-1', 'op-2', 'op-group', 'op-group-delete', 'op-revise', 'op-upgrade', 'op-ca', 'op-credential', 'op-extension', 'op-delete',
];
const anyCommand: fc.Arbitrary<BayCommand> = fc.oneof(
  fc.tuple(fc.nat({ max: 4 }), fc.constantFrom('op-1', 'op-2')).map(([count, operationId]) => commands.resize(count, { operationId })),
  fc.constantFrom(...OPERATIONS).chain((id) => fc.constantFrom(commands.complete(id), commands.fail(id))),
  fc.constantFrom(commands.remove(), commands.intend('r1'), commands.record('r1'), commands.release('r1')),
  fc.constantFrom(commands.upgrade(), commands.rotateCa(), commands.rotateCredential(), commands.runExtension(), commands.reviseNodeGroup({ maxNodeCount: 9 })),
  fc.nat({ max: 4 }).map((count) => commands.health('UNHEALTHY', { api: 'away' }, { 'default-worker': count })),
);

const anyAct: fc.Arbitrary<Act> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(0, 1, 999, 7_003, 86_400_000, 2_678_400_000).map((ms): Act => ({ what: 'wait', ms })) },
  {
    weight: 4,
    arbitrary: fc.record({
      what: fc.constant('nodes' as const), group: fc.constantFrom(...GROUPS), more: fc.nat({ max: 3 }), fewer: fc.nat({ max: 3 }),
    }),
  },
  { weight: 1, arbitrary: fc.constantFrom<Act>({ what: 'readdress' }, { what: 'drop group' }, { what: 'delete' }) },
  { weight: 1, arbitrary: fc.constantFrom('g1.small', 'g1.large').map((flavor): Act => ({ what: 'add group', flavor })) },
  { weight: 3, arbitrary: anyCommand.map((command): Act => ({ what: 'command', command })) },
);

/** A bay's life as its decider allows it, on a cloud that meters what runs on it. Half of them begin with a complete bay. */
export const anyBilledHistory: fc.Arbitrary<BilledHistory> = fc
  .tuple(fc.boolean(), fc.array(anyAct, { maxLength: 40 }))
  .map(([isProvided, acts]) => lived(new MeteredLife(), isProvided, acts));

const anyReport = fc.boolean().map((joins): Act => ({ what: 'report', joins }));

/** The same where the bay learns only now and then what the cloud has metered since, of nodes that its COE may never have seen. */
export const anyLateBilledHistory: fc.Arbitrary<BilledHistory> = fc
  .tuple(fc.boolean(), fc.array(fc.oneof({ weight: 4, arbitrary: anyAct }, { weight: 1, arbitrary: anyReport }), { maxLength: 50 }))
  .map(([isProvided, acts]) => lived(new LateMeteredLife(), isProvided, [...acts, { what: 'report', joins: false }]));

function lived(life: MeteredLife, isProvided: boolean, acts: readonly Act[]): BilledHistory {
  for (const act of isProvided ? [{ what: 'provide' } as const, ...acts] : acts) life.act(act);
  return { events: life.events, cloud: life.cloud };
}

class MeteredLife {
  /** The cloud's record of everything that ran on it. */
  protected readonly record: (MachineView & { to: string | null })[] = [];
  readonly cloud = new MeteredCloud();
  readonly events: RecordedEvent[] = [];
  /** What the cloud was told to make, by node group. */
  readonly #flavors = new Map<string, string>(Object.entries(DEFAULT_FLAVORS));
  #state: BayState = bayDecider.initialState();
  #made = 0;

  constructor() {
    this.#tell(commands.create([...this.#flavors].map(([name, flavorId], index) => group(name, index + 1, { flavorId })), aSpec));
  }

  act(act: Act): void {
    switch (act.what) {
      case 'wait': return this.cloud.pass(act.ms);
      case 'nodes': return this.#changeNodes(act.group, act.more, act.fewer);
      case 'provide': return this.#provide();
      case 'report': return this.report(act.joins);
      case 'readdress': return this.#readdress();
      case 'add group': return this.#tell(commands.createNodeGroup({ ...GPU, flavorId: act.flavor }));
      case 'drop group': return this.#dropGroup();
      case 'delete': return this.#delete();
      case 'command': return this.#tell(act.command);
    }
  }

  #provide(): void {
    this.#changeNodes('default-master', 1, 0);
    this.#changeNodes('default-worker', 2, 0);
    this.#tell(commands.complete('op-create', { apiAddress: 'tcp://10.88.0.2:2376' }));
  }

  /** Machines go and come on the cloud, and then the bay is told. */
  #changeNodes(nodeGroup: string, more: number, fewer: number): void {
    if (this.#state.phase !== 'live' || !this.#state.nodeGroups.some(({ name }) => name === nodeGroup)) return;
    const flavor = this.#flavors.get(nodeGroup)!;
    const removed = this.#machines(nodeGroup).slice(0, fewer);
    const address = '10.88.0.9';
    const joined = Array.from({ length: more }, (): NodeView => ({ name: `${nodeGroup}-${this.#made++}`, nodeGroup, address }));
    for (const name of removed) this.#end(name);
    for (const { name } of joined) {
      this.cloud.nodes.set(name, { group: nodeGroup, flavor });
      this.record.push({ machineId: `machine-of-${name}`, node: name, nodeGroup, from: iso(this.cloud.now), to: null });
    }
    this.observed(joined, removed);
  }

  #end(name: string): void {
    this.cloud.nodes.delete(name);
    const machine = this.record.find(({ node }) => node === name)!;
    machine.to = iso(this.cloud.now);
  }

  /** What a step tells that ended at once. */
  protected observed(joined: readonly NodeView[], removed: readonly string[]): void {
    this.#tell(commands.observe(joined, removed));
  }

  /** What a step tells by and by: all that the cloud has on record, and, where the COE was asked, which nodes there are. */
  protected report(joins: boolean): void {
    const there = this.record.filter(({ to }) => to === null).map(({ node, nodeGroup }) => ({ name: node, nodeGroup, address: '10.88.0.9' }));
    const gone = this.record.filter(({ to }) => to !== null).map(({ node }) => node);
    this.#tell(commands.observe(joins ? there : [], joins ? gone : [], 'op-create', undefined, this.record.map((machine) => ({ ...machine }))));
  }

  #machines(nodeGroup: string): string[] {
    return [...this.cloud.nodes].filter(([, machine]) => machine.group === nodeGroup).map(([name]) => name);
  }

  #dropGroup(): void {
    this.#tell(commands.deleteNodeGroup());
    this.#changeNodes(GPU.name, 0, Infinity);
    this.told();
    this.#tell(commands.complete('op-group-delete'));
  }

  #delete(): void {
    this.#tell(commands.remove());
    this.#tell(commands.release('r1'));
    if (this.#state.phase === 'live' && this.#state.resources.length === 0) {
      for (const name of [...this.cloud.nodes.keys()]) this.#end(name);
      this.told();
    }
    this.#tell(commands.complete('op-delete'));
  }

  /** Right before a node is told of by itself, and before something is gone for good. */
  protected told(): void {}

  #readdress(): void {
    const [first] = this.cloud.nodes;
    this.told();
    if (first) this.#tell(commands.observe([{ name: first[0], nodeGroup: first[1].group, address: `10.88.1.${this.events.length}` }]));
  }

  #tell(command: BayCommand): void {
    for (const event of this.#decided(command)) {
      const revision = this.events.length;
      this.events.push(recordedAt(`bay-${BAY}`, event, revision + 1, { revision, occurredAt: iso(this.cloud.now) }));
      this.#state = bayDecider.evolve(this.#state, event);
      if (event.type === 'NodeGroupCreationRequested') this.#flavors.set(event.data.nodeGroup.name, event.data.nodeGroup.flavorId!);
    }
  }

  #decided(command: BayCommand): readonly BayEvent[] {
    try {
      return bayDecider.decide(command, this.#state);
    } catch (refusal) {
      if (isDomainError(refusal)) return [];
      throw refusal;
    }
  }
}

class LateMeteredLife extends MeteredLife {
  protected override observed(): void {}

  protected override told(): void {
    this.report(false);
  }
}
