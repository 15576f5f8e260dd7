import { ConfigInvalid, describeConfig, loadConfig } from '@jeroboam/platform';
import type { Config, ConfigSchema, Logger } from '@jeroboam/platform';

/** sysexits.h: something in the configuration is wrong, and starting again would not help. */
const EX_CONFIG = 78;
/** What is under way gets so long to end before the process goes anyway. */
const SHUTDOWN_MS = 20_000;
const OLDEST_NODE = 24;

export interface RunningProcess {
  close(): Promise<void>;
}

export interface ProcessDescription<S extends ConfigSchema> {
  /** One line for `--help`. */
  readonly summary: string;
  /** Command lines for `--help`. */
  readonly examples: readonly string[];
  readonly schema: S;
  /** Variables of other processes that share the environment. */
  readonly alsoKnown?: readonly string[];
  start(config: Config<S>): Promise<RunningProcess>;
}

/**
 * A service's whole life as a process: `--help`, the configuration with everything wrong with it at once, start, and an
 * orderly end on SIGTERM or SIGINT; a second signal ends it at once.
 */
export async function runProcess<S extends ConfigSchema>(description: ProcessDescription<S>): Promise<void> {
  if (process.argv.includes('--help')) return help(description);
  try {
    if (Number(process.versions.node.split('.')[0]) < OLDEST_NODE) throw new Error(`Node ${OLDEST_NODE} or newer is needed; this is ${process.version}. npm start brings its own.`);
    const config = loadConfig(description.schema, process.env, description.alsoKnown ? { alsoKnown: description.alsoKnown } : {});
    closeOnSignal(await description.start(config));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(error instanceof ConfigInvalid ? EX_CONFIG : 1);
  }
}

/** Closes in the opposite order of opening; used by processes that open one thing after another. */
export class Closers {
  readonly #closers: (() => unknown)[] = [];

  /** Hands `value` back, to be closed when everything opened after it is. */
  add<T>(value: T, close: (value: T) => unknown): T {
    this.#closers.unshift(() => close(value));
    return value;
  }

  /** One that cannot be closed does not keep the others open. */
  async close(log?: Logger): Promise<void> {
    for (const close of this.#closers.splice(0)) {
      try {
        await close();
      } catch (error) {
        log?.warn('something could not be closed in order', { error });
      }
    }
  }
}

function closeOnSignal(running: RunningProcess): void {
  let stopping = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (stopping) process.exit(1);
      stopping = true;
      setTimeout(() => process.exit(1), SHUTDOWN_MS).unref();
      void running.close().then(() => process.exit(0), () => process.exit(1));
    });
  }
}

function help<S extends ConfigSchema>({ summary, examples, schema }: ProcessDescription<S>): void {
  const variables = describeConfig(schema).map(({ variable, description, defaultValue, expected, required }) => {
    const without = required ? 'required' : defaultValue === undefined ? 'no default' : `default: ${defaultValue}`;
    return `  ${variable}\n      ${description} (${expected}; ${without})`;
  });
  process.stdout.write(`${summary}\n\nExamples\n${examples.map((example) => `  ${example}`).join('\n')}\n\nVariables (a secret may also come from the file that NAME_FILE names)\n${variables.join('\n')}\n`);
}
