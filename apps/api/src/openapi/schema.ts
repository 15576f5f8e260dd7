/** A schema of JSON Schema 2020-12, which is that of OpenAPI 3.1. */
export type Schema = Readonly<Record<string, unknown>>;

/** Marks a schema that the document lists by this name and refers to. */
export const NAME = Symbol('name of a schema');

export function named(name: string, schema: Schema): Schema {
  return { ...schema, [NAME]: name };
}

export const TEXT: Schema = { type: 'string' };
export const INTEGER: Schema = { type: 'integer' };
export const BOOLEAN: Schema = { type: 'boolean' };
/** Whatever JSON there is. */
export const ANYTHING: Schema = {};
/** Seconds and an offset: Go clients refuse a time without one. */
export const TIME: Schema = { type: 'string', format: 'date-time', pattern: String.raw`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00$` };
export const UUID: Schema = { type: 'string', format: 'uuid', pattern: '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' };

/** The same, or null. */
export function nullable(schema: Schema): Schema {
  const { type, enum: values } = schema;
  if (NAME in schema || typeof type !== 'string') return { anyOf: [schema, { type: 'null' }] };
  return { ...schema, type: [type, 'null'], ...(Array.isArray(values) ? { enum: [...values as unknown[], null] } : {}) };
}

export function words(...values: readonly string[]): Schema {
  return { type: 'string', enum: values };
}

export function listOf(items: Schema): Schema {
  return { type: 'array', items };
}

/** An object used as a map. */
export function mapOf(values: Schema): Schema {
  return { type: 'object', additionalProperties: values };
}

type Properties = Readonly<Record<string, Schema>>;

/** An object that has all of `required`, maybe some of `optional`, and nothing else. */
export function object(required: Properties, optional: Properties = {}): Schema {
  return { type: 'object', properties: { ...required, ...optional }, required: Object.keys(required), additionalProperties: false };
}
