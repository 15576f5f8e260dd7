import { objection } from './constraints.ts';
import type { CustomConstraints } from './constraints.ts';
import { HotError, invalid } from './hot-error.ts';
import { isMap, jsonText, quoted, scalarText, textOf } from './json.ts';
import type { Json, JsonMap } from './json.ts';

const TYPES = ['string', 'number', 'comma_delimited_list', 'json', 'boolean'] as const;
export type ParameterType = typeof TYPES[number];

export interface ParameterSchema {
  readonly name: string;
  readonly type: ParameterType;
  readonly description: string;
  readonly label: string;
  readonly default: Json | undefined;
  /** Shown as asterisks. */
  readonly hidden: boolean;
  readonly immutable: boolean;
  readonly constraints: readonly JsonMap[];
}

const KEYS = ['type', 'description', 'default', 'schema', 'constraints', 'hidden', 'label', 'immutable', 'tags'];

/** @throws {HotError} `InvalidSchemaError` */
export function parameterSchema(name: string, definition: Json): ParameterSchema {
  if (!isMap(definition)) throw schemaError(`Invalid parameter (${name}), expected a mapping`);
  const unknown = Object.keys(definition).find((key) => !KEYS.includes(key));
  if (unknown !== undefined) throw schemaError(`Invalid key '${unknown}' for parameter (${name})`);
  const { type, constraints = [] } = definition;
  if (type === undefined) throw schemaError(`Missing parameter type for parameter: ${name}`);
  if (!TYPES.includes(type as ParameterType)) throw schemaError(`Invalid type (${textOf(type)})`);
  if (!Array.isArray(constraints)) throw schemaError(`Invalid parameter constraints for parameter ${name}, expected a list`);
  return {
    name, type: type as ParameterType, default: definition['default'] ?? undefined, constraints: constraints.filter(isMap),
    description: textOf(definition['description'] ?? ''), label: textOf(definition['label'] ?? name),
    hidden: definition['hidden'] === true, immutable: definition['immutable'] === true,
  };
}

function schemaError(message: string): HotError {
  return new HotError('InvalidSchemaError', message);
}

export interface ParameterInputs {
  readonly schemas: readonly ParameterSchema[];
  readonly given: JsonMap;
  /** Defaults of the environment, which win over the template's. */
  readonly defaults: JsonMap;
  readonly custom: CustomConstraints;
}

/**
 * The values of a stack's parameters, checked.
 *
 * @throws {HotError} for one that is unknown, missing or wrong.
 */
export function parameterValues({ schemas, given, defaults, custom }: ParameterInputs): JsonMap {
  const unknown = Object.keys(given).find((name) => !schemas.some((schema) => schema.name === name));
  if (unknown !== undefined) throw new HotError('UnknownUserParameter', `The Parameter (${unknown}) was not defined in template.`);
  return Object.fromEntries(schemas.map((schema) => {
    const value = given[schema.name] ?? defaults[schema.name] ?? schema.default;
    if (value === undefined) throw new HotError('UserParameterMissing', `The Parameter (${schema.name}) was not provided.`);
    return [schema.name, checkedValue(schema, value, custom)];
  }));
}

/** @throws {HotError} as Heat words it: with the parameter's name in front. */
export function checkedValue(schema: ParameterSchema, raw: Json, custom: CustomConstraints): Json {
  const wrong = (problem: string) => invalid(`Parameter '${schema.name}' is invalid: ${problem}`);
  const value = converted(schema.type, raw, wrong);
  for (const constraint of schema.constraints) {
    const problem = objection(constraint, value, custom);
    if (problem !== undefined) throw wrong(problem);
  }
  return value;
}

const TRUE = ['1', 'on', 't', 'true', 'y', 'yes'];
const FALSE = ['0', 'f', 'false', 'n', 'no', 'off'];

function converted(type: ParameterType, raw: Json, wrong: (problem: string) => HotError): Json {
  switch (type) {
    case 'string': return typeof raw === 'object' ? jsonText(raw) : scalarText(raw);
    case 'comma_delimited_list': return Array.isArray(raw)
      ? raw.map((item) => (typeof item === 'object' ? jsonText(item) : scalarText(item)))
      : listOf(raw);
    case 'number': return numberOf(raw, wrong);
    case 'boolean': return booleanOf(raw)
      ?? fail(wrong(`Unrecognized value ${quoted(raw)}, acceptable values are: ${[...TRUE, ...FALSE].sort().map(quoted).join(', ')}`));
    case 'json': return jsonOf(raw, wrong);
  }
}

export function booleanOf(raw: Json): boolean | undefined {
  const text = textOf(raw).trim().toLowerCase();
  if (TRUE.includes(text)) return true;
  return FALSE.includes(text) ? false : undefined;
}

function listOf(raw: Json): string[] {
  const text = textOf(raw);
  return text === '' ? [] : text.split(',');
}

function numberOf(raw: Json, wrong: (problem: string) => HotError): number {
  if (typeof raw === 'number') return raw;
  const text = textOf(raw);
  if (text.trim() !== '' && Number.isFinite(Number(text))) return Number(text);
  throw wrong(`could not convert string to float: ${quoted(text)}`);
}

function jsonOf(raw: Json, wrong: (problem: string) => HotError): Json {
  if (typeof raw !== 'string') return raw;
  if (raw === '') return raw;
  try {
    return JSON.parse(raw) as Json;
  } catch (error) {
    throw wrong(`Value must be valid JSON: ${error instanceof Error ? error.message : ''}`);
  }
}

function fail(error: HotError): never {
  throw error;
}

/** A value as the API shows it: always text, as Heat does. */
export function shownParameter(schema: ParameterSchema, value: Json): string {
  if (schema.hidden) return '******';
  if (schema.type === 'comma_delimited_list' && Array.isArray(value)) return value.map(textOf).join(',');
  return typeof value === 'object' && value !== null ? jsonText(value) : scalarText(value);
}
