import { readFileSync } from 'node:fs';
import type { z } from 'zod';
import { CONFIG_PREFIX, describeConfig, variableOf, type Config, type ConfigSchema, type ConfigVariable } from './config.ts';
import { ConfigInvalid, type ConfigProblem } from './config-invalid.ts';
import { nearest } from './nearest.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface LoadConfigOptions {
  /** Told of each variable with our prefix that nothing reads. @default a line on stderr */
  readonly warn?: (warning: string) => void;
  /** Variables that belong to other apps of the same environment: not known here, yet no mistake. */
  readonly alsoKnown?: readonly string[];
}

/**
 * Reads an app's configuration, once, at boot. An empty variable counts as absent. Every variable `X` may be given as
 * `X_FILE` instead, the path of a file that holds it (without its last line break): how secrets are handed over.
 *
 * @returns the configuration, frozen.
 * @throws {ConfigInvalid} with everything that is wrong.
 */
export function loadConfig<S extends ConfigSchema>(schema: S, env: Environment = process.env, options: LoadConfigOptions = {}): Config<S> {
  const variables = describeConfig(schema);
  const problems: ConfigProblem[] = [];
  const input: Record<string, string> = {};
  for (const { field, variable } of variables) {
    const value = readVariable(variable, env, variables, problems);
    if (value !== undefined) input[field] = value;
  }
  const unreadable = new Set(problems.map(({ variable }) => variable));
  const parsed = schema.safeParse(input);
  if (!parsed.success) problems.push(...problemsOf(parsed.error, input, variables).filter(({ variable }) => !unreadable.has(variable)));
  for (const warning of unknownVariables(variables, env, options.alsoKnown ?? [])) (options.warn ?? warnOnStderr)(warning);
  if (problems.length > 0 || !parsed.success) throw new ConfigInvalid(problems);
  return deepFreeze(parsed.data) as Config<S>;
}

function readVariable(
  variable: string,
  env: Environment,
  variables: readonly ConfigVariable[],
  problems: ConfigProblem[],
): string | undefined {
  const direct = env[variable] || undefined;
  const fileVariable = `${variable}_FILE`;
  // A field may have this very name of its own; then it is no indirection.
  const path = variables.some((other) => other.variable === fileVariable) ? undefined : env[fileVariable] || undefined;
  if (path === undefined) return direct;
  if (direct !== undefined) problems.push({ variable, problem: `is given twice, also as ${fileVariable}; one of them must go.` });
  try {
    return readFileSync(path, 'utf8').replace(/\r?\n$/, '') || undefined;
  } catch (error) {
    problems.push({
      variable,
      problem: `cannot be read from the file that ${fileVariable} names (${(error as NodeJS.ErrnoException).code}): ${path}.`,
    });
    return undefined;
  }
}

function problemsOf(error: z.ZodError, input: Readonly<Record<string, string>>, variables: readonly ConfigVariable[]): ConfigProblem[] {
  const problems = new Map<string, ConfigProblem>();
  for (const { path, message } of error.issues) {
    const about = variables.find(({ field }) => field === path[0]);
    // One field can break several rules; what is expected says it all.
    const problem = about ? fieldProblem(about, input[about.field]) : { variable: '', problem: message };
    problems.set(about ? about.variable : message, problem);
  }
  return [...problems.values()];
}

function fieldProblem({ variable, expected, defaultValue, secret, description }: ConfigVariable, value: string | undefined): ConfigProblem {
  const wrong = value === undefined ? 'is missing' : secret ? 'has an unusable value' : `is ${JSON.stringify(value)}`;
  const without = defaultValue === undefined ? 'no default' : `default: ${defaultValue}`;
  return { variable, problem: `${wrong}; expected ${expected} (${without}). ${description}` };
}

function unknownVariables(variables: readonly ConfigVariable[], env: Environment, alsoKnown: readonly string[]): string[] {
  const names = variables.map(({ variable }) => variable);
  const known = new Set([...names, ...names.map((name) => `${name}_FILE`), ...alsoKnown]);
  const unknown = Object.keys(env).filter((name) => name.startsWith(CONFIG_PREFIX) && !known.has(name));
  return unknown.sort().map((name) => {
    const meant = nearest(name, names);
    return `${name} is not read by anything${meant === undefined ? '' : `; did you mean ${meant}?`}`;
  });
}

function warnOnStderr(warning: string): void {
  process.stderr.write(`warning: ${warning}\n`);
}

/** Arrays and plain objects in the configuration are frozen with it. */
function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) deepFreeze(inner);
  }
  return value;
}

/** Names of all variables of a schema; for `alsoKnown` of another. */
export function variablesOf(schema: ConfigSchema): readonly string[] {
  return Object.keys(schema.shape)
    .map(variableOf)
    .flatMap((name) => [name, `${name}_FILE`]);
}
