import { bayName, type CommandContext } from '../events/events.command.ts';
import { table } from '../terminal/table.ts';
import { printable, type Style, type Terminal } from '../terminal/terminal.ts';

/** What of `GET /v1/operations/{id}` is shown. */
export interface WireOperation {
  readonly id: string;
  readonly kind: string;
  readonly cluster_uuid: string;
  readonly nodegroup: string | null;
  readonly state: string;
  readonly requested_by: string;
  readonly request_id: string;
  readonly deadline: string | null;
  readonly steps: readonly {
    readonly name: string;
    readonly state: string;
    readonly attempts: number;
    readonly started_at: string | null;
    readonly finished_at: string | null;
    readonly error: string | null;
    readonly blocked_by: readonly string[];
  }[];
  readonly result: Readonly<Record<string, unknown>> | null;
  readonly created_at: string;
  readonly finished_at: string | null;
}

type Options = { readonly json?: boolean };

/** What was asked of a bay and what became of it, the oldest first. */
export async function showOperations(bay: string, { json }: Options, { client, terminal }: CommandContext): Promise<void> {
  const path = `/v1/clusters/${encodeURIComponent(bayName(bay))}/operations`;
  const operations = await allOf(client, path);
  if (json) return terminal.line(JSON.stringify(operations, null, 2));
  const [header, ...rows] = table(['ID', 'CREATED', 'KIND', 'STATE', 'STEPS', 'BY', 'REASON'], operations.map(cellsOf));
  await terminal.line(terminal.style('bold', header!));
  for (const row of rows) await terminal.line(row);
}

async function allOf(client: CommandContext['client'], path: string): Promise<readonly WireOperation[]> {
  const operations: WireOperation[] = [];
  for (let query = ''; ;) {
    const page = await client.get<{ readonly operations: readonly WireOperation[]; readonly next?: string }>(path + query);
    operations.push(...page.operations);
    // Magnum's lists name a next page also behind a full last one; that one is empty.
    if (page.next === undefined || page.operations.length === 0) return operations;
    query = new URL(page.next).search;
  }
}

function cellsOf({ id, created_at: createdAt, kind, nodegroup, state, steps, requested_by: user, result }: WireOperation): string[] {
  const done = steps.filter((step) => step.state === 'SUCCEEDED').length;
  const what = nodegroup === null ? kind : `${kind} ${nodegroup}`;
  return [id, moment(createdAt), what, state, `${done}/${steps.length}`, user, reasonOf(result)].map(printable);
}

/** One operation with its steps. */
export async function showOperation(id: string, { json }: Options, { client, terminal }: CommandContext): Promise<void> {
  const operation = await client.get<WireOperation>(`/v1/operations/${encodeURIComponent(id)}`);
  if (json) return terminal.line(JSON.stringify(operation, null, 2));
  for (const [name, value] of factsOf(operation)) await terminal.line(`${name.padEnd(12)}${value}`);
  await showSteps(operation, terminal);
}

function factsOf(operation: WireOperation): [string, string][] {
  const facts: [string, string | null][] = [
    ['operation', operation.id],
    ['kind', operation.nodegroup === null ? operation.kind : `${operation.kind} of ${operation.nodegroup}`],
    ['bay', operation.cluster_uuid],
    ['state', operation.state],
    ['reason', reasonOf(operation.result)],
    ['by', `${operation.requested_by} (${operation.request_id})`],
    ['created', moment(operation.created_at)],
    ['deadline', moment(operation.deadline)],
    ['finished', moment(operation.finished_at)],
  ];
  return facts.flatMap(([name, value]): [string, string][] => (value ? [[name, printable(value)]] : []));
}

async function showSteps({ steps }: WireOperation, terminal: Terminal): Promise<void> {
  if (steps.length === 0) return;
  const [header, ...rows] = table(['STEP', 'STATE', 'ATTEMPTS', 'STARTED', 'FINISHED'], steps.map(stepCellsOf));
  await terminal.line('');
  await terminal.line(terminal.style('bold', header!));
  for (const [index, { state, error, blocked_by: blockers }] of steps.entries()) {
    await terminal.line(terminal.style(STYLES[state] ?? 'dim', rows[index]!));
    if (error !== null) await terminal.line(`  ${printable(error)}`);
    if (blockers.length > 0) await terminal.line(`  blocked by ${printable(blockers.join(', '))}`);
  }
}

function stepCellsOf(step: WireOperation['steps'][number]): string[] {
  return [step.name, step.state, String(step.attempts), moment(step.started_at), moment(step.finished_at)].map(printable);
}

const STYLES: Readonly<Record<string, Style>> = { SUCCEEDED: 'green', FAILED: 'red', WAITING: 'yellow', RUNNING: 'cyan' };

function reasonOf(result: WireOperation['result']): string {
  const reason = result?.['reason'];
  return typeof reason === 'string' ? reason : '';
}

function moment(at: string | null): string {
  return at === null ? '' : at.replace('T', ' ').replace('+00:00', 'Z');
}
