import { readFileSync } from 'node:fs';
import { CommanderError, type Command } from 'commander';
import { ApiClient } from './cloud/api-client.ts';
import { readCloudSettings, type CloudOptions, type CloudSettings } from './cloud/cloud-settings.ts';
import type { Variables } from './cloud/openrc.ts';
import type { CommandContext } from './events/events.command.ts';
import { growExtensions } from './extension/extension.command.ts';
import { cacheFile } from './extension/known-extensions.ts';
import { EXIT_FAILED, EXIT_USAGE, Problem } from './problem.ts';
import { createProgram } from './program.ts';
import { OutputClosed, Terminal, printable } from './terminal/terminal.ts';

/** The process, as far as the command uses it. */
export interface Host {
  readonly env: Variables;
  /** Current folder, absolute. */
  readonly folder: string;
  readonly stdout: NodeJS.WritableStream & { readonly isTTY?: boolean };
  readonly stderr: NodeJS.WritableStream;
  readonly sleep: (ms: number) => Promise<unknown>;
}

const packageFile = new URL('../package.json', import.meta.url);

/**
 * Runs one command line.
 * @param args without the names of the interpreter and the script.
 * @returns exit status: 0, 1 (it did not work) or 2 (it was asked for wrongly).
 */
export async function run(args: readonly string[], host: Host): Promise<number> {
  const terminal = new Terminal(host.stdout, host.stderr, host.env);
  const { version } = JSON.parse(readFileSync(packageFile, 'utf8')) as { readonly version: string };
  let opened: (CommandContext & { readonly settings: CloudSettings }) | undefined;
  const contextOf = (options: CloudOptions) => (opened ??= openContext(options, host, terminal));
  const program = createProgram(version, contextOf, { terminal, folder: host.folder });
  const output = { writeOut: (text: string) => void host.stdout.write(text), writeErr: (text: string) => void host.stderr.write(text) };
  program.configureOutput(output);
  try {
    if (args.length === 0) program.help({ error: true });
    await growExtensions(program, args, () => {
      const context = contextOf(program.opts<CloudOptions>());
      return { context, cache: cacheFile(host.env, context.settings) };
    });
    for (const command of withSubcommands(program)) command.configureOutput(output).exitOverride();
    await program.parseAsync([...args], { from: 'user' });
    await terminal.flush();
    return 0;
  } catch (error) {
    return statusOf(error, terminal);
  }
}

function openContext(options: CloudOptions, host: Host, terminal: Terminal): CommandContext & { readonly settings: CloudSettings } {
  const settings = readCloudSettings(options, host.env, host.folder, (text) => terminal.message(text));
  return { settings, terminal, client: new ApiClient(settings), sleep: host.sleep };
}

function withSubcommands(command: Command): readonly Command[] {
  return [command, ...command.commands.flatMap(withSubcommands)];
}

function statusOf(error: unknown, terminal: Terminal): number {
  if (error instanceof OutputClosed) return 0;
  // Commander has said it already; help and version that were asked for are no errors.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_USAGE;
  if (error instanceof Problem) {
    terminal.message(`Error: ${printable(error.message)}`);
    if (error.advice !== undefined) terminal.message(printable(error.advice));
    return error.exitCode;
  }
  terminal.message(`This should not have happened; please report it.\n${error instanceof Error ? error.stack : String(error)}`);
  return EXIT_FAILED;
}
