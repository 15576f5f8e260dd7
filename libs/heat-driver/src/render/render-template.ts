import { createHash } from 'node:crypto';
import { parse } from 'yaml';
import { evaluate, holds, isRecord } from './hot-scope.ts';
import type { HotScope } from './hot-scope.ts';

interface Definition {
  readonly type: string;
  readonly condition?: unknown;
  readonly properties?: Readonly<Record<string, unknown>>;
}

interface Template {
  readonly parameters?: Readonly<Record<string, { readonly type: string; readonly default?: unknown; readonly hidden?: boolean }>>;
  readonly conditions?: Readonly<Record<string, unknown>>;
  readonly resources?: Readonly<Record<string, Definition>>;
}

export type Rendered = Readonly<Record<string, unknown>>;

/** What stands for a text that nobody is to see, or that is another every time. */
const HIDDEN = '(hidden)';
/** Longer texts are told apart by their digest. */
const MOST_CHARACTERS = 500;

/**
 * The resources that Heat would make of a template, by their place in it: `masters.0.server`. Conditions, groups and nested
 * templates are worked out; what only the cloud knows stays as it is written.
 */
export function renderTemplate(files: Readonly<Record<string, string>>, file: string, given: Rendered, prefix = ''): Record<string, unknown> {
  const { parameters = {}, conditions = {}, resources = {} } = templateIn(files[file] ?? '');
  const values = Object.fromEntries(Object.entries(parameters).map(([name, declared]) => [name, valueOf(declared, given[name])]));
  const scope: HotScope = { parameters: { 'OS::stack_name': 'stack', ...values }, conditions, files };
  const there = Object.entries(resources).filter(([, { condition }]) => condition === undefined || holds(condition, scope));
  return Object.assign({}, ...there.map(([name, definition]) => renderResource(definition, scope, `${prefix}${name}`))) as Record<string, unknown>;
}

/** By text: every node is made of the same one. */
const parsed = new Map<string, Template>();

function templateIn(text: string): Template {
  const known = parsed.get(text);
  if (known) return known;
  const template = parse(text) as Template;
  parsed.set(text, template);
  return template;
}

function renderResource({ type, properties = {} }: Definition, scope: HotScope, path: string): Record<string, unknown> {
  if (Object.hasOwn(scope.files, type)) return renderTemplate(scope.files, type, evaluate(properties, scope) as Rendered, `${path}.`);
  if (type !== 'OS::Heat::ResourceGroup') return { [path]: { type, properties: shown(effective(properties, scope)) } };
  const { resource_def: member, count = 1, ...own } = properties as { readonly resource_def: Definition; readonly count?: unknown };
  const members = Array.from({ length: Number(evaluate(count, scope)) }, (_, index) => renderResource(numbered(member, index), scope, `${path}.${index}`));
  return Object.assign({ [path]: { type, properties: shown(evaluate(own, scope)) } }, ...members) as Record<string, unknown>;
}

/** Heat does not touch a server for another user data where its policy says so: it is what new servers get. */
function effective(properties: Rendered, scope: HotScope): unknown {
  const { user_data: userData, ...others } = properties;
  return evaluate(properties['user_data_update_policy'] === 'IGNORE' ? others : { ...others, ...(userData === undefined ? {} : { user_data: userData }) }, scope);
}

function numbered<T>(value: T, index: number): T {
  return JSON.parse(JSON.stringify(value).replaceAll('%index%', String(index))) as T;
}

/** As Heat reads it: a text that is a number is one where a number is wanted. */
function valueOf({ type, default: otherwise, hidden }: NonNullable<Template['parameters']>[string], given: unknown): unknown {
  const value = given ?? otherwise ?? null;
  if (hidden) return HIDDEN;
  if (typeof value !== 'string') return value;
  switch (type) {
    case 'number': return value === '' ? value : Number(value);
    case 'boolean': return /^(true|1|on|yes|t|y)$/i.test(value);
    case 'json': return JSON.parse(value) as unknown;
    case 'comma_delimited_list': return value === '' ? [] : value.split(',').map((each) => each.trim());
    default: return value;
  }
}

/** What is null is not given. */
function shown(value: unknown): unknown {
  if (typeof value === 'string' && value.length > MOST_CHARACTERS) return `sha256:${createHash('sha256').update(value).digest('hex')}`;
  if (Array.isArray(value)) return value.map(shown);
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== null).map(([key, each]) => [key, shown(each)]));
}
