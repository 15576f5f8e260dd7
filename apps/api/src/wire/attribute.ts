import { isIPv4 } from 'node:net';
import { ANYTHING, BOOLEAN, TEXT, UUID, listOf, mapOf, words, type Schema } from '../openapi/schema.ts';
import { BadRequest } from './errors.ts';
import { PythonFloat, isObject, pythonRepr, pythonStr, pythonType, typeName, type Json } from './python-values.ts';

/** What is wrong with one value, without saying where it stood. */
export class Unfit extends Error {}

/**
 * The type of one field of a request body, in the two steps in which Magnum's toolkit takes a value in. Both throw
 * `Unfit`; what the first one refuses is reported with the whole body, what the second one refuses with the field.
 */
export interface Attribute<T> {
  /** From JSON, for a value that is not null. */
  convert(value: Json): Json;
  /** Also asked of a value that a JSON patch put in, which was not converted. */
  validate(value: Json): T;
  readonly mandatory: boolean;
  readonly readOnly: boolean;
  /** What a client is told to send: less than is taken in, as Magnum's toolkit also reads `"5"` and `"yes"`. */
  readonly schema: Schema;
}

function attribute<T>(schema: Schema, validate: (value: Json) => T, convert: (value: Json) => Json = (value) => value): Attribute<T> {
  return { convert, validate, mandatory: false, readOnly: false, schema };
}

/** Without what is undefined. */
function defined(members: Readonly<Record<string, unknown>>): Schema {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}

/** The field must be there; null passes, as it does in Magnum, and is for the handler to judge. */
export function mandatory<T>(of: Attribute<T>): Attribute<T> {
  return { ...of, mandatory: true };
}

export function readOnly<T>(of: Attribute<T>): Attribute<T> {
  return { ...of, readOnly: true };
}

/** Any text. */
export function text(): Attribute<string> {
  return attribute(TEXT, (value) => {
    if (!isText(value)) throw new Unfit(`Wrong type. Expected '<class 'str'>', got '${pythonType(value)}'`);
    return value;
  });
}

export interface StringLimits {
  readonly min?: number;
  readonly max?: number;
  /** Shown in the refusal as it is written here. */
  readonly pattern?: string;
}

/** Text within limits; lengths count code points, as Python does. */
export function string({ min, max, pattern }: StringLimits): Attribute<string> {
  const expression = pattern === undefined ? undefined : new RegExp(pattern, 'u');
  const schema = { ...TEXT, ...defined({ minLength: min, maxLength: max, pattern }) };
  return attribute(schema, (value) => {
    if (!isText(value)) throw new Unfit('Value should be string');
    const length = Array.from(value).length;
    if (min !== undefined && length < min) throw new Unfit(`Value should have a minimum character requirement of ${min}`);
    if (max !== undefined && length > max) throw new Unfit(`Value should have a maximum character requirement of ${max}`);
    if (expression && !expression.test(value)) throw new Unfit(`Value should match the pattern ${pattern}`);
    return value;
  });
}

/** Half a surrogate pair cannot be written in UTF-8: it would be another text when read again. */
function isText(value: Json): value is string {
  return typeof value === 'string' && value.isWellFormed();
}

/** What the columns of Magnum's database hold. */
const MAX_INTEGER = 2_147_483_647;

/** A whole number; `"5"`, 5.5 and true are taken in as 5, 5 and 1. */
export function integer(min?: number, max = MAX_INTEGER): Attribute<number> {
  return attribute({ type: 'integer', ...defined({ minimum: min, maximum: max }) }, (value) => {
    const number = typeof value === 'boolean' ? Number(value) : value;
    if (typeof number !== 'number' && typeof number !== 'bigint') {
      throw new Unfit(`'<' not supported between instances of '${typeName(value)}' and 'int'`);
    }
    if (min !== undefined && number < min) throw new Unfit(`Value should be greater or equal to ${min}`);
    if (number > max) throw new Unfit(`Value should be lower or equal to ${max}`);
    return Number(number);
  }, toInteger);
}

/** Python quotes no more of what it cannot read as a number. */
const MAX_LITERAL_CHARS = 200;

/** Python's `int()`. */
export function toInteger(value: Json): Json {
  if (typeof value === 'boolean') return Number(value);
  if (typeof value === 'number') return Math.trunc(value);
  if (typeof value === 'bigint') return value;
  if (value instanceof PythonFloat) return Number.isSafeInteger(value.value) ? value.value : BigInt(value.value);
  if (typeof value !== 'string') {
    throw new Unfit(`int() argument must be a string, a bytes-like object or a real number, not '${typeName(value)}'`);
  }
  const digits = value.trim().replaceAll(/(?<=\d)_(?=\d)/g, '');
  // Python refuses to read longer ones too (4300 digits); here the bound keeps a hostile number cheap.
  if (!/^[+-]?\d{1,400}$/.test(digits)) throw new Unfit(`invalid literal for int() with base 10: ${pythonRepr(value).slice(0, MAX_LITERAL_CHARS)}`);
  const number = BigInt(digits.replace('+', ''));
  return number <= Number.MAX_SAFE_INTEGER && number >= Number.MIN_SAFE_INTEGER ? Number(number) : number;
}

const TRUE = new Set(['1', 't', 'true', 'on', 'y', 'yes']);
const FALSE = new Set(['0', 'f', 'false', 'off', 'n', 'no']);

export function boolean(): Attribute<boolean> {
  return attribute(BOOLEAN, (value) => {
    const word = pythonStr(value).trim().toLowerCase();
    if (TRUE.has(word)) return true;
    if (FALSE.has(word)) return false;
    const known = [...TRUE, ...FALSE].sort().map((each) => `'${each}'`).join(', ');
    throw new Unfit(`Unrecognized value '${pythonStr(value)}', acceptable values are: ${known}`);
  });
}

export function oneOf<const T extends string>(...values: readonly T[]): Attribute<T> {
  return attribute(words(...values), (value) => {
    if (!values.includes(value as T)) throw new Unfit(`Value should be one of: ${values.join(', ')}`);
    return value as T;
  });
}

/** Labels: what comes in as a number or a boolean is kept as Python prints it, `True` for one. */
export function labels(): Attribute<Readonly<Record<string, string>>> {
  const read = (value: Json) => {
    if (!isObject(value)) throw new Unfit(`Value not a valid dict: ${pythonStr(value)}`);
    return value;
  };
  return attribute(
    mapOf({ type: ['string', 'integer', 'number', 'boolean'] }),
    (value) => Object.fromEntries(Object.entries(read(value)).map(([name, label]) => [nameOf(name), labelText(label)])), read,
  );
}

/** A name that JavaScript treats as its own would change the object it is set on. */
function nameOf(name: string): string {
  if (name === '__proto__') throw new Unfit("A label cannot have the name '__proto__'");
  return name;
}

function labelText(value: Json): string {
  if (value === null || typeof value === 'object' && !(value instanceof PythonFloat)) {
    const expected = ['str', 'int', 'bool', 'float'].map((type) => `<class '${type}'>`).join(', ');
    throw new Unfit(`Wrong type. Expected '(${expected})', got '${pythonType(value)}'`);
  }
  return typeof value === 'string' ? value : pythonRepr(value);
}

/** An object whatever is in it. */
export function dictionary(): Attribute<Json> {
  const read = (value: Json) => {
    if (!isObject(value)) throw new Unfit(`Value not a valid dict: ${pythonStr(value)}`);
    return value;
  };
  return attribute({ type: 'object' }, read, read);
}

/** A list whatever is in it. */
export function list(): Attribute<readonly Json[]> {
  const read = (value: Json) => {
    if (!Array.isArray(value)) throw new Unfit(`Value not a valid list: ${pythonStr(value)}`);
    return value as readonly Json[];
  };
  return attribute(listOf(ANYTHING), read, read);
}

/** A list of texts. */
export function texts(): Attribute<readonly string[]> {
  const read = (value: Json) => {
    if (!Array.isArray(value)) throw new Unfit(`Value not a valid list: ${pythonStr(value)}`);
    return value;
  };
  return attribute(listOf(TEXT), (value) => read(value).map((item) => text().validate(item)), read);
}

/** A list of some of the words, at least one, and none twice. */
export function eachOnce<const T extends string>(...values: readonly T[]): Attribute<readonly T[]> {
  const word = oneOf(...values);
  const read = (value: Json) => {
    const words = list().validate(value).map((item) => word.validate(item));
    if (words.length === 0) throw new Unfit('Value should name at least one');
    if (new Set(words).size < words.length) throw new Unfit('Value should name each once');
    return words;
  };
  return attribute({ ...listOf(word.schema), minItems: 1, uniqueItems: true }, read);
}

/** A UUID in any of the spellings OpenStack takes for one, brought into the usual one. */
export function uuid(): Attribute<string> {
  return attribute(UUID, (value) => {
    const normal = normalUuid(value);
    // Magnum's own sentence, without the words around other refusals.
    if (normal === undefined) throw new BadRequest(`Expected a uuid but received ${pythonStr(value)}.`);
    return normal;
  });
}

const USUAL_UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** @returns undefined for what is not like a UUID: 32 hex digits, with or without dashes, braces, `urn:uuid:`. */
export function normalUuid(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.length > 45) return undefined;
  if (USUAL_UUID.test(value)) return value;
  const digits = value.replace('urn:', '').replace('uuid:', '').replace(/^[{}]+|[{}]+$/g, '').replaceAll('-', '').toLowerCase();
  if (!/^[0-9a-f]{32}$/.test(digits)) return undefined;
  return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-${digits.slice(12, 16)}-${digits.slice(16, 20)}-${digits.slice(20)}`;
}

/** IPv4 addresses, separated by commas; kept as written. */
export function dnsServers(): Attribute<string> {
  return attribute({ ...TEXT, description: 'IPv4 addresses, separated by commas.' }, (value) => {
    const plain = text().validate(value);
    if (!plain.split(',').every((address) => isIPv4(address.trim()))) {
      throw new BadRequest(`Expected a single dns address or comma separated dns list, but received ${pythonStr(plain)}.`);
    }
    return plain;
  });
}

/** A field that may be sent and counts for nothing. */
export function ignored(): Attribute<Json> {
  return attribute(ANYTHING, (value) => value);
}
