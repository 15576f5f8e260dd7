import { objection } from './constraints.ts';
import type { CustomConstraints } from './constraints.ts';
import { HotError, invalid } from './hot-error.ts';
import { isMap, quoted, same, scalarText, textOf } from './json.ts';
import type { Json, JsonMap } from './json.ts';
import { booleanOf } from './parameters.ts';

/** One property of a resource type, as `GET /resource_types/{type}` of Heat tells them, in short. */
export interface PropertySchema {
  readonly type: 'String' | 'Integer' | 'Number' | 'Boolean' | 'List' | 'Map' | 'Any';
  readonly required?: boolean;
  /** A change is made in place; without this it needs a new resource. */
  readonly update?: boolean;
  readonly immutable?: boolean;
  readonly default?: Json;
  readonly constraints?: readonly JsonMap[];
  /** Of each member: of a list below `*`. */
  readonly schema?: PropertySchemas;
}

export type PropertySchemas = Readonly<Record<string, PropertySchema>>;

/** Stands for a value that is known only once another resource exists. */
export const UNKNOWN = Symbol('unknown');

export interface PropertyInputs {
  readonly schemas: PropertySchemas;
  /** As the template has them. */
  readonly given: JsonMap;
  /** Where the properties are, for messages: `resources.a.properties`. */
  readonly path: string;
  /** The value of one, or `UNKNOWN`. */
  readonly evaluate: (value: Json) => Json | typeof UNKNOWN;
  readonly custom: CustomConstraints;
}

/**
 * The properties of a resource, evaluated, of the right type and with defaults; those not known yet are left out.
 *
 * @throws {HotError} for one that is unknown, missing or wrong.
 */
export function resolvedProperties({ schemas, given, path, evaluate, custom }: PropertyInputs): JsonMap {
  const at = (place: string, problem: string) => invalid(`Property error: : ${place}: : ${problem}`);
  const unknown = Object.keys(given).find((name) => !Object.hasOwn(schemas, name));
  if (unknown !== undefined) throw at(path, `Unknown Property ${unknown}`);
  const resolved: JsonMap = {};
  for (const [name, schema] of Object.entries(schemas)) {
    const value = given[name] === undefined ? null : valueAt(() => evaluate(given[name]!), `${path}.${name}`, at);
    if (value === UNKNOWN) continue;
    if (value === null && schema.required === true && given[name] === undefined) throw at(path, `Property ${name} not assigned`);
    const typed = typedValue(schema, value, `${path}.${name}`, { custom, at });
    if (typed !== undefined) resolved[name] = typed;
  }
  return resolved;
}

interface Checks {
  readonly custom: CustomConstraints;
  readonly at: (place: string, problem: string) => HotError;
}

function valueAt<T>(compute: () => T, place: string, at: Checks['at']): T {
  try {
    return compute();
  } catch (error) {
    throw error instanceof HotError ? at(place, error.message) : error;
  }
}

function typedValue(schema: PropertySchema, raw: Json, place: string, checks: Checks): Json | undefined {
  if (raw === null) return schema.default;
  const value = convertedTo(schema, raw, place, checks);
  for (const constraint of schema.constraints ?? []) {
    const problem = objection(constraint, value, checks.custom);
    if (problem !== undefined) throw checks.at(place, problem);
  }
  return value;
}

function convertedTo(schema: PropertySchema, raw: Json, place: string, checks: Checks): Json {
  const wrong = (problem: string) => checks.at(place, problem);
  switch (schema.type) {
    case 'String':
      if (typeof raw === 'object') throw wrong(`Value must be a string; got ${quoted(raw)}`);
      return scalarText(raw);
    case 'Integer':
      if (!/^-?\d+$/.test(textOf(raw))) throw wrong(`Value ${quoted(raw)} is not an integer`);
      return Number(raw);
    case 'Number':
      if (typeof raw === 'object' || textOf(raw).trim() === '' || !Number.isFinite(Number(raw))) {
        throw wrong(`could not convert string to float: ${quoted(raw)}`);
      }
      return Number(raw);
    case 'Boolean':
      return booleanOf(raw) ?? refuse(wrong(`"${textOf(raw)}" is not a valid boolean`));
    case 'List': return listOf(schema, raw, place, checks);
    case 'Map': return mapOf(schema, raw, place, checks);
    case 'Any': return raw;
  }
}

function refuse(error: HotError): never {
  throw error;
}

function listOf({ schema }: PropertySchema, raw: Json, place: string, checks: Checks): Json {
  const items = typeof raw === 'string' ? raw.split(',').filter((item) => item !== '') : raw;
  if (!Array.isArray(items)) throw checks.at(place, `${quoted(raw)} is not a list`);
  const member = schema?.['*'];
  if (!member) return items;
  return items.map((item, index) => typedValue(member, item, `${place}[${index}]`, checks) ?? null);
}

function mapOf({ schema }: PropertySchema, raw: Json, place: string, checks: Checks): Json {
  const map = typeof raw === 'string' ? fromJson(raw) : raw;
  if (!isMap(map)) throw checks.at(place, `"${textOf(raw)}" is not a map`);
  if (!schema) return map;
  const unknown = Object.keys(map).find((key) => !Object.hasOwn(schema, key));
  if (unknown !== undefined) throw checks.at(place, `Unknown Property ${unknown}`);
  const resolved: JsonMap = {};
  for (const [key, member] of Object.entries(schema)) {
    const value = map[key] ?? null;
    if (value === null && member.required === true) throw checks.at(place, `Property ${key} not assigned`);
    const typed = typedValue(member, value, `${place}.${key}`, checks);
    if (typed !== undefined) resolved[key] = typed;
  }
  return resolved;
}

function fromJson(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text; // Not a map then; the caller says so.
  }
}

/** The names of the properties that are no longer what they were. */
export function changedProperties(before: JsonMap, after: JsonMap): string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((name) => !same(before[name], after[name]));
}

/** Whether a change needs a new resource. */
export function needsReplacement(schemas: PropertySchemas, changed: readonly string[]): boolean {
  return changed.some((name) => schemas[name]?.update !== true);
}
