import { bayDecider, isDomainError } from '@jeroboam/domain';
import type { BayCommand, BayEvent, BayState, NodeView, RecordedEvent } from '@jeroboam/domain';
import { baySamples } from '@jeroboam/domain/testing';
import fc from 'fast-check';
import { recordedAt } from '../projected-documents.fixture.ts';
import type { UsagePeriod } from './usage-period.ts';

const { BAY, aSpec, commands, group } = baySamples;
const START = Date.parse('2026-01-31T23:59:50.000Z');

export const MASTERS = { name: 'default-master', flavor: 'm1.small' } as const;
export const WORKERS = { name: 'default-worker', flavor: 'm1.large' } as const;

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
  | { readonly what: 'nodes'; readonly of: typeof MASTERS | typeof WORKERS; readonly more: number; readonly fewer: number }
  | { readonly what: 'readdress' | 'delete' }
  | { readonly what: 'command'; readonly command: BayCommand };

const anyCommand: fc.Arbitrary<BayCommand> = fc.oneof(
  fc.tuple(fc.nat({ max: 4 }), fc.constantFrom('op-1', 'op-2')).map(([count, operationId]) => commands.resize(count, { operationId })),
  fc.constantFrom('op-create', 'op-1', 'op-2', 'op-delete').chain((id) => fc.constantFrom(commands.complete(id), commands.fail(id))),
  fc.constantFrom(commands.remove(), commands.remove('op-delete'), commands.intend('r1'), commands.record('r1'), commands.release('r1')),
);

const anyAct: fc.Arbitrary<Act> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(0, 1, 999, 7_003, 86_400_000, 2_678_400_000).map((ms): Act => ({ what: 'wait', ms })) },
  {
    weight: 4,
    arbitrary: fc.record({
      what: fc.constant('nodes' as const), of: fc.constantFrom(MASTERS, WORKERS), more: fc.nat({ max: 3 }), fewer: fc.nat({ max: 3 }),
    }),
  },
  { weight: 1, arbitrary: fc.constantFrom<Act>({ what: 'readdress' }, { what: 'delete' }) },
  { weight: 3, arbitrary: anyCommand.map((command): Act => ({ what: 'command', command })) },
);

/** A bay's life as its decider allows it, on a cloud that meters what runs on it. */
export const anyBilledHistory: fc.Arbitrary<BilledHistory> = fc.array(anyAct, { maxLength: 40 }).map((acts) => {
  const life = new MeteredLife();
  for (const act of acts) life.act(act);
  return { events: life.events, cloud: life.cloud };
});

class MeteredLife {
  readonly cloud = new MeteredCloud();
  readonly events: RecordedEvent[] = [];
  #state: BayState = bayDecider.initialState();
  #made = 0;

  constructor() {
    const groups = [group(MASTERS.name, 1, { flavorId: MASTERS.flavor }), group(WORKERS.name, 2, { flavorId: WORKERS.flavor })];
    this.#tell(commands.create(groups, aSpec));
  }

  act(act: Act): void {
    switch (act.what) {
      case 'wait': return this.cloud.pass(act.ms);
      case 'nodes': return this.#changeNodes(act.of, act.more, act.fewer);
      case 'readdress': return this.#readdress();
      case 'delete': return [commands.remove(), commands.release('r1'), commands.complete('op-delete')].forEach((command) => this.#tell(command));
      case 'command': return this.#tell(act.command);
    }
  }

  /** Machines go and come on the cloud, and then the bay is told. */
  #changeNodes({ name, flavor }: typeof MASTERS | typeof WORKERS, more: number, fewer: number): void {
    if (this.#state.phase !== 'live') return;
    const removed = [...this.cloud.nodes].filter(([, node]) => node.group === name).slice(0, fewer).map(([node]) => node);
    const joined = Array.from({ length: more }, (): NodeView => ({ name: `${name}-${this.#made++}`, nodeGroup: name, address: '10.88.0.9' }));
    for (const node of removed) this.cloud.nodes.delete(node);
    for (const node of joined) this.cloud.nodes.set(node.name, { group: name, flavor });
    this.#tell(commands.observe(joined, removed));
  }

  #readdress(): void {
    const [first] = this.cloud.nodes;
    if (first) this.#tell(commands.observe([{ name: first[0], nodeGroup: first[1].group, address: `10.88.1.${this.events.length}` }]));
  }

  #tell(command: BayCommand): void {
    for (const event of this.#decided(command)) {
      this.events.push(recordedAt(`bay-${BAY}`, event, this.events.length + 1, { revision: this.events.length, occurredAt: iso(this.cloud.now) }));
      this.#state = bayDecider.evolve(this.#state, event);
      if (event.type === 'BayDeleted') this.cloud.nodes.clear();
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
