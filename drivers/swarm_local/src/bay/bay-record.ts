import type { NodeGroupView, NodeRole, NodeView } from '@jeroboam/domain';

/** One node as the driver remembers it. */
export interface NodeRecord {
  readonly name: string;
  readonly nodeGroup: string;
  readonly role: NodeRole;
  /** Place among the bay's addresses and names; taken again only after all others. */
  readonly slot: number;
  readonly address: string;
  readonly hostName: string;
  /** `wanted`: being made; `joined`: in the swarm, and to be kept running; `leaving`: on its way out. */
  readonly phase: 'wanted' | 'joined' | 'leaving';
  /** The swarm's id of it, once joined. */
  readonly swarmId?: string;
}

/** What the driver keeps about a bay in its data directory. Plain JSON without any secret. */
export interface BayRecord {
  readonly format: 1;
  readonly bayId: string;
  /** The bay's block of addresses, e.g. `10.88.3.0/24`. */
  readonly block: string;
  readonly nextSlot: number;
  /** Number of the next node by node group: names are never used again. */
  readonly nextNumber: Readonly<Record<string, number>>;
  readonly nodes: readonly NodeRecord[];
  /** The operation for which nodes were chosen last; choosing again for it changes nothing. */
  readonly chosenFor: string | null;
  /** From here on nothing of it may be started again. */
  readonly deleting: boolean;
}

/** Slots go around: an address is used again as late as possible, as its neighbours remember it for a while. */
export const SLOTS = 251;

export function newRecord(bayId: string, block: string): BayRecord {
  return { format: 1, bayId, block, nextSlot: 0, nextNumber: {}, nodes: [], chosenFor: null, deleting: false };
}

/** Adds `count` nodes with new names to a group. */
export function addNodes(
  record: BayRecord,
  group: Pick<NodeGroupView, 'name' | 'role'>,
  count: number,
  describe: (name: string, slot: number) => Pick<NodeRecord, 'address' | 'hostName'>,
): BayRecord {
  let { nextSlot, nodes } = record;
  let number = record.nextNumber[group.name] ?? 0;
  for (let added = 0; added < count; added += 1) {
    const slot = freeSlot(nodes, nextSlot);
    const name = `${group.name}-${number}`;
    nodes = [...nodes, { name, nodeGroup: group.name, role: group.role, slot, ...describe(name, slot), phase: 'wanted' }];
    nextSlot = (slot + 1) % SLOTS;
    number += 1;
  }
  return { ...record, nextSlot, nodes, nextNumber: { ...record.nextNumber, [group.name]: number } };
}

function freeSlot(nodes: readonly NodeRecord[], from: number): number {
  const taken = new Set(nodes.map((node) => node.slot));
  for (let tried = 0; tried < SLOTS; tried += 1) {
    const slot = (from + tried) % SLOTS;
    if (!taken.has(slot)) return slot;
  }
  throw new Error('a bay cannot have more nodes than slots');
}

export function withNode(record: BayRecord, name: string, change: Partial<NodeRecord>): BayRecord {
  return { ...record, nodes: record.nodes.map((node) => (node.name === name ? { ...node, ...change } : node)) };
}

export function withoutNodes(record: BayRecord, names: readonly string[]): BayRecord {
  return { ...record, nodes: record.nodes.filter((node) => !names.includes(node.name)) };
}

export function isCalled(node: Pick<NodeRecord, 'name' | 'address' | 'swarmId'>, name: string): boolean {
  return name === node.name || name === node.address || name === node.swarmId;
}

/** Only of a node that has joined. */
export function viewOf({ name, nodeGroup, address, swarmId }: NodeRecord): NodeView {
  return { name, nodeGroup, address, ...(swarmId === undefined ? {} : { externalId: swarmId }) };
}
