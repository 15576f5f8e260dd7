import { Command, Option } from 'commander';
import type { CloudOptions } from './cloud/cloud-settings.ts';
import { CLOUD_OPTIONS } from './cloud/cloud-settings.ts';
import { diffDrivers, freezeDrivers } from './driver-diff/driver-diff.command.ts';
import { newDriver } from './driver-new/new-driver.command.ts';
import { showDrivers } from './drivers/drivers.command.ts';
import { showEvents, type CommandContext, type EventsOptions } from './events/events.command.ts';
import { showOperation, showOperations } from './operations/operations.command.ts';
import type { Terminal } from './terminal/terminal.ts';
import { showUsage, type UsageOptions } from './usage/usage.command.ts';

const EXAMPLES = `
Examples:
  $ . ./openrc
  $ jeroboam drivers                       which drivers there are, and what they lack here
  $ jeroboam events bay/web                everything that ever happened to the bay "web"
  $ jeroboam events bay/web --follow       ... and what happens next
  $ jeroboam events bay/web --json | jq -r 'select(.type == "NodeJoined") | .data.node.address'
  $ jeroboam operations bay/web            what was asked of it, and what became of that
  $ jeroboam operation 1f0c2a9e-...        one of these, with its steps
  $ jeroboam ext swarm promote web --node default-worker-0   what the driver of the bay "web" adds
  $ jeroboam driver new my_cloud           a driver of your own that passes the contract suite
  $ jeroboam driver diff frozen.json .     whether its next version is PATCH, MINOR or MAJOR
  $ jeroboam usage --from 2026-01-01       how many nodes of which flavor bays had, and how long

A bay is named by its name or id, also when it was deleted long ago. Who asks, and where, is read from the OS_*
variables, or from the nearest file "openrc". The password is read from OS_PASSWORD only.
Exit status: 0 done, 1 it did not work, 2 it was asked for wrongly.`;

/** Makes what commands work with, once the options are read. */
export type ContextFactory = (options: CloudOptions) => CommandContext;

/** What commands work with that ask no service. */
export interface Here {
  readonly terminal: Terminal;
  /** Current folder, absolute. */
  readonly folder: string;
}

/** The commands and their options. Nothing is done before `parseAsync`. */
export function createProgram(version: string, contextOf: ContextFactory, here: Here): Command {
  const program = new Command('jeroboam')
    .description('Shows what happens to bays (clusters) and why.')
    .version(version, '-V, --version', 'show the version')
    .helpOption('-h, --help', 'show this help')
    .addHelpText('after', EXAMPLES)
    .showHelpAfterError('Run `jeroboam --help` for help.')
    .exitOverride();
  for (const { flags, description, variable } of Object.values(CLOUD_OPTIONS)) {
    program.addOption(new Option(flags, `${description} [${variable}]`).helpGroup('Cloud:'));
  }
  const context = () => contextOf(program.opts<CloudOptions>());
  addEvents(program, context);
  addOperations(program, context);
  addUsage(program, context);
  addDriver(program, here);
  program.command('ext').description('what drivers add: commands that the service describes (`jeroboam ext --help` asks it)');
  program.command('drivers')
    .description('list the drivers, whether they are available, and what is missing')
    .option('--json', 'as JSON')
    .action((options: { json?: boolean }) => showDrivers(options, context()));
  return program;
}

function addDriver(program: Command, { folder, terminal }: Here): void {
  const driver = program.command('driver').description('write a driver, and version it');
  driver.command('new')
    .description('write a driver that passes the contract suite at once')
    .argument('<name>', 'lower case letters, digits, _ and -')
    .option('--dir <folder>', 'where; a folder of the driver\'s name without it')
    .action((name: string, options: { dir?: string }) => newDriver(name, options, folder, terminal));
  driver.command('diff')
    .description('say whether a change of a driver is PATCH, MINOR or MAJOR; fails when its versions declare less')
    .argument('<old>', 'a frozen.json, or a folder, module or package of the driver as it was')
    .argument('<new>', 'the same as it is now')
    .option('--json', 'as JSON')
    .action((old: string, next: string, options: { json?: boolean }) => diffDrivers(old, next, options, folder, terminal));
  driver.command('freeze')
    .description('write down in frozen.json what is shipped, for the next version to be compared with')
    .argument('<folders...>', 'folders of drivers')
    .action((specifiers: readonly string[]) => freezeDrivers(specifiers, folder, terminal));
}

function addEvents(program: Command, context: () => CommandContext): void {
  program.command('events')
    .description('tell the whole story of a bay, event by event')
    .argument('<bay>', 'name or id, also as bay/NAME')
    .option('--json', 'one JSON object a line, with the whole envelope')
    .option('--after <position>', 'only what follows this position')
    .option('-f, --follow', 'go on with what happens next, until interrupted')
    .action((bay: string, options: EventsOptions) => showEvents(bay, options, context()));
}

function addOperations(program: Command, context: () => CommandContext): void {
  program.command('operations')
    .description('list what was asked of a bay, and what became of it')
    .argument('<bay>', 'name or id, also as bay/NAME')
    .option('--json', 'as JSON')
    .action((bay: string, options: { json?: boolean }) => showOperations(bay, options, context()));
  program.command('operation')
    .description('show one operation with its steps')
    .argument('<id>', 'id of the operation')
    .option('--json', 'as JSON')
    .action((id: string, options: { json?: boolean }) => showOperation(id, options, context()));
}

function addUsage(program: Command, context: () => CommandContext): void {
  program.command('usage')
    .description('list how many nodes of which flavor bays had, and how long: what is billed')
    .option('--from <time>', 'only from this day or time on, as 2026-01-31 or 2026-01-31T12:00:00Z')
    .option('--to <time>', 'only until just before this day or time')
    .option('--bay <bay>', 'only of this bay: name or id, also as bay/NAME')
    .option('--project <id>', 'of this project (for administrators, who see all projects without it)')
    .option('--totals', 'only the sum for each flavor')
    .option('--json', 'as JSON')
    .action((options: UsageOptions) => showUsage(options, context()));
}
