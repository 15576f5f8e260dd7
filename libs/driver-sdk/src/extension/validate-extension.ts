import { isSemver } from '../registry/semver.ts';

/** Part of an address, a subcommand and a policy rule. */
const NAME = /^[a-z][a-z0-9-]{0,62}$/;
const TYPES: readonly unknown[] = ['string', 'integer', 'number', 'boolean'];

/** What is wrong with an extension, as sentences; a driver without one has none. */
export function extensionProblems(value: unknown): readonly string[] {
  if (value === undefined) return [];
  if (!isRecord(value)) return ['extension must be an object'];
  const { alias, name, description, version, updated, commands } = value;
  const problems: string[] = [];
  if (!isName(alias)) problems.push(`extension.alias must match ${NAME.source}`);
  if (!isFilled(name) || !isFilled(description)) problems.push('extension.name and .description must be texts');
  if (typeof version !== 'string' || !isSemver(version)) problems.push('extension.version must be a semantic version');
  if (typeof updated !== 'string' || !/^\d{4}-\d\d-\d\d$/.test(updated)) problems.push('extension.updated must be a day like 2026-11-23');
  if (!Array.isArray(commands) || commands.length === 0) return [...problems, 'extension.commands must list at least one command'];
  const paths = commands.map((command) => (isRecord(command) ? `${String(command['method'])} ${String(command['path'])}` : ''));
  const names = commands.map((command) => (isRecord(command) ? command['name'] : ''));
  if (new Set(paths).size < paths.length || new Set(names).size < names.length) problems.push('extension.commands must have names of their own, and paths by method');
  return [...problems, ...commands.flatMap(commandProblems)];
}

function commandProblems(command: unknown): readonly string[] {
  if (!isRecord(command) || !isName(command['name'])) return [`each of extension.commands must have a name that matches ${NAME.source}`];
  const { name, help, method, path, argsSchema, responseColumns, policy } = command;
  const problems: string[] = [];
  const require = (holds: boolean, problem: string) => {
    if (!holds) problems.push(`extension command ${String(name)}: ${problem}`);
  };
  require(isFilled(help), 'help must be a sentence');
  require(method === 'GET' || method === 'POST', 'method must be GET or POST');
  // One part of a path: nothing in it can lead out of the extension's own place.
  require(isName(path), `path must match ${NAME.source}`);
  require(isArguments(argsSchema), `argsSchema must be a JSON Schema of an object with additionalProperties false, whose properties are of type ${TYPES.join(', ')}`);
  require(Array.isArray(responseColumns) && responseColumns.every(isFilled), 'responseColumns must be a list of texts');
  require(policy === undefined || policy === 'reader' || policy === 'member' || policy === 'admin', 'policy must be reader, member or admin');
  return problems;
}

function isArguments(schema: unknown): boolean {
  if (!isRecord(schema) || schema['type'] !== 'object' || schema['additionalProperties'] !== false) return false;
  const { properties = {} } = schema;
  return isRecord(properties) && Object.values(properties).every((property) => isRecord(property) && TYPES.includes(property['type']));
}

function isName(value: unknown): boolean {
  return typeof value === 'string' && NAME.test(value);
}

function isFilled(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
