import type { BayView, NodeGroupView, NodeView } from '@jeroboam/domain';
import { StepFailed } from '@jeroboam/driver-sdk';

/** Which nodes a resource group has: the first `count` numbers from 0 on that are not among the removed. */
export interface Scale {
  readonly count: number;
  /** Every number that was ever taken away: Heat uses none of them again, and so no name is. */
  readonly removed: readonly number[];
}

export function membersOf({ count, removed }: Scale): readonly number[] {
  const gone = new Set(removed);
  const members: number[] = [];
  for (let number = 0; members.length < count; number += 1) if (!gone.has(number)) members.push(number);
  return members;
}

/**
 * Takes the named nodes away, then the newest above what is wanted, those that are busy last. Choosing again changes nothing.
 * @param busy numbers of nodes on which something runs.
 */
export function rescaled(current: Scale, count: number, leaving: readonly number[], busy: ReadonlySet<number> = new Set()): Scale {
  const members = membersOf(current);
  const staying = members.filter((number) => !leaving.includes(number));
  const above = [...staying.filter((number) => busy.has(number)), ...staying.filter((number) => !busy.has(number))].slice(count);
  const gone = [...members.filter((number) => leaving.includes(number)), ...above];
  return { count, removed: [...current.removed, ...gone].toSorted((one, other) => one - other) };
}

export function nodeName({ name }: Pick<NodeGroupView, 'name'>, number: number): string {
  return `${name}-${number}`;
}

/** @returns undefined for what is no node of that group. */
export function numberOf({ name }: Pick<NodeGroupView, 'name'>, node: string): number | undefined {
  const digits = node.startsWith(`${name}-`) ? node.slice(name.length + 1) : '';
  return /^(0|[1-9]\d*)$/.test(digits) ? Number(digits) : undefined;
}

/**
 * The numbers of nodes that are named by name, by address or by the id of their server. One that has left already counts
 * as found: it was this operation that took it.
 * @throws {StepFailed} final: somebody is named who never was there.
 */
export function namedNumbers(group: NodeGroupView, names: readonly string[], bay: BayView, scale: Scale): readonly number[] {
  const nodes = bay.nodes.filter(({ nodeGroup }) => nodeGroup === group.name);
  const ever = new Set([...membersOf(scale), ...scale.removed]);
  const found = names.map((name) => ({ name, number: numberOf(group, nodes.find((node) => isCalled(node, name))?.name ?? name) }));
  const strangers = found.filter(({ number }) => number === undefined || !ever.has(number)).map(({ name }) => name);
  if (strangers.length > 0) {
    const there = nodes.map(({ name }) => name).join(', ') || 'none';
    throw new StepFailed(`${strangers.join(', ')}: no such node in ${group.name}, which has ${there}`, { retryable: false, blockedBy: strangers });
  }
  return found.map(({ number }) => number!);
}

function isCalled({ name, address, externalId }: NodeView, wanted: string): boolean {
  return wanted === name || wanted === address || wanted === externalId;
}
