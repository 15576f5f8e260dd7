import { bayName, type CommandContext } from '../events/events.command.ts';
import { table } from '../terminal/table.ts';
import { printable, type Terminal } from '../terminal/terminal.ts';

/** What of `GET /v1/usage` is shown. */
export interface WireUsage {
  readonly cluster_name: string;
  readonly nodegroup: string;
  readonly flavor: string | null;
  readonly node_count: number;
  readonly from: string;
  readonly to: string;
  readonly node_seconds: number;
  readonly state: string;
}

interface UsagePage {
  readonly usage: readonly WireUsage[];
  readonly from: string | null;
  readonly to: string;
  readonly next?: string;
}

interface UsageTotals {
  readonly totals: readonly { readonly flavor: string | null; readonly node_seconds: number }[];
  readonly from: string | null;
  readonly to: string;
}

export interface UsageOptions {
  readonly from?: string;
  readonly to?: string;
  /** Name or id, also as bay/NAME. */
  readonly bay?: string;
  /** Id of a project; for administrators. */
  readonly project?: string;
  readonly totals?: boolean;
  readonly json?: boolean;
}

/** How many nodes of which flavor bays had, and how long. */
export async function showUsage(options: UsageOptions, { client, terminal }: CommandContext): Promise<void> {
  const path = `/v1/usage${queryOf(options)}`;
  if (options.totals) return showTotals(await client.get<UsageTotals>(path), options, terminal);
  const { usage, from, to } = await allPages(client, path);
  if (options.json) return terminal.line(JSON.stringify({ usage, from, to }, null, 2));
  await showTable(['BAY', 'NODE GROUP', 'FLAVOR', 'NODES', 'FROM', 'TO', 'NODE HOURS'], usage.map(cellsOf), terminal);
  terminal.message(summaryOf(usage, from, to));
}

async function showTotals({ totals, from, to }: UsageTotals, { json }: UsageOptions, terminal: Terminal): Promise<void> {
  if (json) return terminal.line(JSON.stringify({ totals, from, to }, null, 2));
  await showTable(['FLAVOR', 'NODE HOURS'], totals.map((total) => [flavorOf(total), hours(total.node_seconds)]), terminal);
  terminal.message(summaryOf(totals, from, to));
}

function queryOf({ from, to, bay, project, totals }: UsageOptions): string {
  const query = new URLSearchParams();
  if (from !== undefined) query.set('from', from);
  if (to !== undefined) query.set('to', to);
  if (bay !== undefined) query.set('cluster', bayName(bay));
  if (project !== undefined) query.set('project_id', project);
  if (totals) query.set('group_by', 'flavor');
  return query.size === 0 ? '' : `?${query.toString()}`;
}

async function allPages(client: CommandContext['client'], path: string): Promise<UsagePage> {
  const usage: WireUsage[] = [];
  for (let next = path; ;) {
    const page = await client.get<UsagePage>(next);
    usage.push(...page.usage);
    if (page.next === undefined || page.usage.length === 0) return { usage, from: page.from, to: page.to };
    // The query of the next page has the ends of the period as the service understood them.
    next = `/v1/usage${new URL(page.next).search}`;
  }
}

function cellsOf(used: WireUsage): string[] {
  const to = used.state === 'open' ? `${moment(used.to)} ...` : moment(used.to);
  const cells = [used.cluster_name, used.nodegroup, flavorOf(used), String(used.node_count), moment(used.from), to, hours(used.node_seconds)];
  return cells.map(printable);
}

async function showTable(head: readonly string[], cells: readonly (readonly string[])[], terminal: Terminal): Promise<void> {
  const [header, ...rows] = table(head, cells);
  await terminal.line(terminal.style('bold', header!));
  for (const row of rows) await terminal.line(row);
}

function summaryOf(shown: readonly { readonly node_seconds: number }[], from: string | null, to: string): string {
  const nodeSeconds = shown.reduce((sum, each) => sum + each.node_seconds, 0);
  return `${hours(nodeSeconds)} node hours ${from === null ? '' : `from ${moment(from)} `}to ${moment(to)}`;
}

function flavorOf({ flavor }: { readonly flavor: string | null }): string {
  return flavor === null ? '-' : printable(flavor);
}

/** To a ten-thousandth, which is less than half a second. */
function hours(seconds: number): string {
  return (seconds / 3_600).toFixed(4);
}

function moment(at: string): string {
  return at.replace('T', ' ').replace(/\.\d+Z$/, 'Z');
}
