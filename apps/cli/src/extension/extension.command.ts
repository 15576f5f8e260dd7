import { InvalidArgumentError, Option, type Command } from 'commander';
import { bayName, type CommandContext } from '../events/events.command.ts';
import { table } from '../terminal/table.ts';
import { printable, type Terminal } from '../terminal/terminal.ts';
import { readDescriptors, type ArgumentSchema, type CommandDescriptor, type Read } from './extension-descriptor.ts';
import { knownExtensions } from './known-extensions.ts';

interface Opened {
  readonly context: CommandContext;
  /** Where descriptors are kept; undefined: nowhere. */
  readonly cache: string | undefined;
}

/**
 * Where `jeroboam ext …` is asked for, gives it the subcommands that the service describes. Other commands ask for
 * nothing here.
 * @param open only called when they are needed. @throws {Problem}
 */
export async function growExtensions(program: Command, args: readonly string[], open: () => Opened): Promise<void> {
  const { operands } = program.parseOptions([...args]);
  if (operands[0] !== 'ext') return;
  const { context, cache } = open();
  const { client, terminal } = context;
  const say = (text: string) => terminal.message(text);
  let read = readDescriptors(await knownExtensions({ client, cache, say }));
  if (isMissing(read, operands)) read = readDescriptors(await knownExtensions({ client, cache, say, askAgain: true }));
  for (const warning of read.warnings) terminal.message(printable(`Warning: ${warning}`));
  const ext = program.commands.find((command) => command.name() === 'ext')!;
  for (const { alias, description, commands } of read.extensions) {
    const group = ext.command(alias).description(printable(description));
    for (const command of commands) addCommand(group, command, context);
  }
}

/** It may be there by now: a copy does not know what is new. */
function isMissing({ extensions }: Read, [, alias, name]: readonly string[]): boolean {
  const extension = extensions.find((each) => each.alias === alias);
  return alias !== undefined && (!extension || (name !== undefined && extension.commands.every((command) => command.name !== name)));
}

function addCommand(group: Command, descriptor: CommandDescriptor, context: CommandContext): void {
  const { properties = {}, required = [] } = descriptor.args_schema;
  const command = group.command(descriptor.name).description(printable(descriptor.help))
    .argument('<bay>', 'name or id, also as bay/NAME').option('--json', 'as JSON');
  const options = Object.entries(properties).map(([name, schema]) => ({ name, option: optionOf(name, schema, required.includes(name)) }));
  for (const { option } of options) command.addOption(option);
  command.action((bay: string, given: Readonly<Record<string, unknown>> & { readonly json?: boolean }) => {
    const sent = options.flatMap(({ name, option }) => {
      const value = given[option.attributeName()];
      return value === undefined ? [] : [[name, value] as const];
    });
    return runCommand(descriptor, bay, Object.fromEntries(sent), given.json === true, context);
  });
}

function optionOf(name: string, { type, description = '', enum: values }: ArgumentSchema, isRequired: boolean): Option {
  const option = new Option(type === 'boolean' ? `--${name} [true|false]` : `--${name} <${type}>`, printable(description)).makeOptionMandatory(isRequired);
  if (type === 'integer' || type === 'number') return option.argParser((text) => numberIn(text, type));
  if (type === 'boolean') return option.argParser(booleanIn).preset('true');
  return values && values.every((value) => typeof value === 'string') ? option.choices(values) : option;
}

function numberIn(text: string, type: 'integer' | 'number'): number {
  const number = Number(text);
  if (text.trim() === '' || !Number.isFinite(number) || (type === 'integer' && !Number.isSafeInteger(number))) throw new InvalidArgumentError(`It must be ${type === 'integer' ? 'a whole number' : 'a number'}.`);
  return number;
}

function booleanIn(text: string): boolean {
  if (text !== 'true' && text !== 'false') throw new InvalidArgumentError('It must be true or false.');
  return text === 'true';
}

type Sent = Readonly<Record<string, unknown>>;

async function runCommand({ method, path, response_columns: columns }: CommandDescriptor, bay: string, sent: Sent, json: boolean, { client, terminal }: CommandContext): Promise<void> {
  const place = path.replace('{ident}', encodeURIComponent(bayName(bay)));
  if (method === 'GET') {
    const query = new URLSearchParams(Object.entries(sent).map(([name, value]) => [name, String(value)])).toString();
    const shown = await client.get<Sent>(query === '' ? place : `${place}?${query}`);
    return json ? terminal.line(JSON.stringify(shown, null, 2)) : show(columns, shown, terminal);
  }
  const { body, operationId } = await client.post(place, sent);
  if (json) return terminal.line(JSON.stringify({ ...(body as Sent), operation_id: operationId }, null, 2));
  if (operationId !== null) await terminal.line(operationId);
  terminal.message(operationId === null ? 'There was nothing to do.' : `It is being done: jeroboam operation ${operationId}`);
}

/** A line for each column; lists of objects get a table of their own. */
async function show(columns: readonly string[], shown: Sent, terminal: Terminal): Promise<void> {
  for (const column of columns) {
    const value = shown[column];
    const rows = Array.isArray(value) ? (value as readonly unknown[]).filter((row): row is Sent => typeof row === 'object' && row !== null) : [];
    await terminal.line(rows.length > 0 ? terminal.style('bold', column) : `${terminal.style('bold', column)}  ${cell(value)}`);
    if (rows.length === 0) continue;
    const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
    for (const line of table(names.map((name) => printable(name.toUpperCase())), rows.map((row) => names.map((name) => cell(row[name]))))) await terminal.line(`  ${line}`);
  }
}

function cell(value: unknown): string {
  return printable(typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value));
}
