import type { BayLife } from '../bay-life.ts';
import type { FoundResource, OpenedDriver } from './driver-harness.ts';

/** Private keys and join tokens, in whatever is kept or shown. */
const SECRET = /PRIVATE KEY|SWMTKN-/;

export function key({ type, name }: FoundResource): string {
  return `${type} ${name}`;
}

/** Nothing exists that the ledger does not name: else a crash here would leave it behind for ever. */
export async function expectNothingUnlisted(opened: OpenedDriver, life: BayLife): Promise<void> {
  const listed = new Set(life.ledger.entries().map(key));
  const unlisted = (await opened.inventory(life.bay.spec.bayId)).map(key).filter((found) => !listed.has(found));
  expect(unlisted).toEqual([]);
}

/** What exists is what the ledger lists as made. */
export async function expectLedgerComplete(opened: OpenedDriver, life: BayLife): Promise<void> {
  const entries = life.ledger.entries();
  const found = await opened.inventory(life.bay.spec.bayId);
  expect(entries.filter((entry) => entry.state !== 'recorded')).toEqual([]);
  expect([...new Set(found.map(key))].sort()).toEqual(entries.map(key).sort());
}

export async function expectNothingLeft(opened: OpenedDriver, life: BayLife): Promise<void> {
  expect({ ledger: life.ledger.entries(), outside: await opened.inventory(life.bay.spec.bayId) }).toEqual({ ledger: [], outside: [] });
}

/** The view, the COE and the wanted counts agree. */
export async function expectNodes(opened: OpenedDriver, life: BayLife): Promise<void> {
  const { bay } = life;
  const names = bay.nodes.map((node) => node.name);
  expect(bay.nodeGroups.map((group) => [group.name, life.nodesOf(group.name).length])).toEqual(
    bay.nodeGroups.map((group) => [group.name, group.nodeCount]),
  );
  expect([...(await opened.nodes(bay))].sort()).toEqual([...names].sort());
  expect(new Set(names).size).toBe(names.length);
  expect(new Set(bay.nodes.map((node) => node.address)).size).toBe(names.length);
}

export function expectNoSecrets(...values: readonly unknown[]): void {
  expect(JSON.stringify(values)).not.toMatch(SECRET);
}
