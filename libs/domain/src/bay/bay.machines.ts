import type { DomainEvent } from '../kernel/event.ts';

/**
 * A machine that the infrastructure made for a node, as the infrastructure itself accounts for it: from when to when it was
 * there, whether or not a COE ever saw a node on it.
 */
export interface MachineView {
  /** The infrastructure's own id of it. */
  readonly machineId: string;
  /** Name of the node that it is, or would have become. A node may have had several, one after the other. */
  readonly node: string;
  readonly nodeGroup: string;
  /** When it was up, by the infrastructure's clock; RFC 3339 UTC with milliseconds, as `to`. */
  readonly from: string;
  /** When it was gone; null while it is there. */
  readonly to: string | null;
}

/** What the infrastructure's record of machines says that was not known before; in the order in which they came up. */
export type MachineEvent = DomainEvent<'MachinesMetered', 1, { bayId: string; operationId: string; token?: number; machines: readonly MachineView[] }>;

/** What is known of a bay's machines. */
export interface Metered {
  /** Those that are there, and those that are gone for so short a time that a report may name them again. */
  readonly machines: readonly MachineView[];
  /** The latest time that the infrastructure told; null: it told none. */
  readonly meteredAt: string | null;
}

/** A report goes back this far behind what is known, for clocks that disagree and records that are written late. */
const OVERLAP_MS = 60 * 60 * 1_000;

/** From when on a report has to name what was there; null: from the beginning. */
export function machinesSince({ meteredAt }: Pick<Metered, 'meteredAt'>): string | null {
  return meteredAt === null ? null : new Date(Date.parse(meteredAt) - OVERLAP_MS).toISOString();
}

/** What of a report is not known yet. What went before the time that reports are about was told then, or never will be. */
export function newsOf(report: readonly MachineView[], known: Metered): readonly MachineView[] {
  const before = new Map(known.machines.map((machine) => [machine.machineId, machine]));
  const since = machinesSince(known) ?? '';
  const news = report.filter(({ machineId, to }) => {
    const machine = before.get(machineId);
    return machine ? machine.to === null && to !== null : to === null || to >= since;
  });
  return news.toSorted((one, other) => (one.from === other.from ? compare(one.machineId, other.machineId) : compare(one.from, other.from)));
}

export function metered(known: Metered, news: readonly MachineView[]): Metered {
  const changed = new Set(news.map(({ machineId }) => machineId));
  const meteredAt = news.flatMap(({ from, to }) => [from, to ?? from]).reduce((latest, time) => (time > latest ? time : latest), known.meteredAt ?? '');
  const since = machinesSince({ meteredAt })!;
  const all = [...known.machines.filter(({ machineId }) => !changed.has(machineId)), ...news];
  return { machines: all.filter(({ to }) => to === null || to >= since), meteredAt };
}

function compare(one: string, other: string): number {
  return one < other ? -1 : 1;
}
