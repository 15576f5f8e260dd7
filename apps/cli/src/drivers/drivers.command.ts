import type { CommandContext } from '../events/events.command.ts';
import { table } from '../terminal/table.ts';
import { printable, type Terminal } from '../terminal/terminal.ts';

/** What of `GET /v1/drivers` is shown. */
export interface WireDriver {
  readonly name: string;
  readonly version: string;
  readonly state: string;
  readonly provides: readonly { readonly server_type: string; readonly os: string; readonly coe: string }[];
  readonly capabilities: { readonly operations: readonly string[]; readonly limitations: readonly string[] };
  readonly sunset?: string;
  /** Null: nobody could be asked. */
  readonly available: boolean | null;
  readonly missing: readonly { readonly what: string; readonly reason: string; readonly package: string | null }[];
}

/** Which drivers there are, what they make, and what they lack where they cannot work. */
export async function showDrivers({ json }: { readonly json?: boolean }, { client, terminal }: CommandContext): Promise<void> {
  const drivers = await client.get<readonly WireDriver[]>('/v1/drivers');
  if (json) return terminal.line(JSON.stringify(drivers, null, 2));
  const [header, ...rows] = table(['NAME', 'VERSION', 'STATE', 'AVAILABLE', 'MAKES'], drivers.map(cellsOf));
  await terminal.line(terminal.style('bold', header!));
  for (const [index, driver] of drivers.entries()) {
    await terminal.line(rows[index]!);
    for (const remark of remarksOn(driver)) await terminal.line(terminal.style('dim', `  ${remark}`));
  }
  sayWhatToDo(drivers, terminal);
}

function cellsOf({ name, version, state, available, provides }: WireDriver): string[] {
  const makes = provides.map(({ coe, os, server_type: serverType }) => `${coe} on ${os} (${serverType})`).join(', ');
  return [name, version, state, available === null ? 'unknown' : available ? 'yes' : 'no', makes].map(printable);
}

function remarksOn({ missing, sunset, capabilities }: WireDriver): string[] {
  return [
    ...(sunset === undefined ? [] : [`ends on ${sunset}`]),
    ...missing.map(({ what, reason, package: name }) => `missing ${what}: ${reason}${name === null ? '' : ` (package ${name})`}`),
    ...capabilities.limitations,
  ].map(printable);
}

function sayWhatToDo(drivers: readonly WireDriver[], terminal: Terminal): void {
  const packages = [...new Set(drivers.flatMap(({ missing }) => missing.flatMap(({ package: name }) => name ?? [])))];
  if (packages.length > 0) {
    terminal.message(`To install what is missing on the executor's host: apt-get install ${packages.map(printable).join(' ')}`);
  }
  if (drivers.some(({ available }) => available === null)) {
    terminal.message('No driver executor answers, so nobody knows what is available: is one running?');
  }
}
