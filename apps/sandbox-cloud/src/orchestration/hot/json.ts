/** What templates, parameters and attributes are made of. */
export type Json = null | boolean | number | string | Json[] | JsonMap;
export type JsonMap = { [key: string]: Json };

export function isMap(value: unknown): value is JsonMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether two values are the same; the order of keys does not count, and what is left out equals null. */
export function same(one: Json | undefined, other: Json | undefined): boolean {
  return canonical(one) === canonical(other);
}

function canonical(value: Json | undefined): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (!isMap(value)) return JSON.stringify(value ?? null);
  const keys = Object.keys(value).filter((key) => value[key] !== null && value[key] !== undefined).sort();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join()}}`;
}

/** JSON as Heat writes it into strings: with blanks, as Python does by default. */
export function jsonText(value: Json, { sorted = false } = {}): string {
  if (Array.isArray(value)) return `[${value.map((item) => jsonText(item, { sorted })).join(', ')}]`;
  if (!isMap(value)) return JSON.stringify(value);
  const keys = sorted ? Object.keys(value).sort() : Object.keys(value);
  return `{${keys.map((key) => `${JSON.stringify(key)}: ${jsonText(value[key]!, { sorted })}`).join(', ')}}`;
}

/** A scalar as Heat puts it into a string: booleans have Python's capital, nothing is empty. */
export function scalarText(value: null | boolean | number | string): string {
  if (value === null) return '';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return String(value);
}

/** Any value as text: scalars as they are, everything else as JSON. */
export function textOf(value: Json | undefined): string {
  return typeof value === 'object' && value !== null ? jsonText(value) : String(value ?? null);
}

/** A value as Python shows it inside a message. */
export function quoted(value: Json): string {
  if (value === null) return 'None';
  if (typeof value === 'string') return value.includes("'") && !value.includes('"') ? `"${value}"` : `'${value}'`;
  if (Array.isArray(value)) return `[${value.map(quoted).join(', ')}]`;
  if (isMap(value)) return `{${Object.entries(value).map(([key, item]) => `${quoted(key)}: ${quoted(item)}`).join(', ')}}`;
  return scalarText(value);
}

/** Where one thing may be given as a list of one. */
export function listed(value: Json | undefined): Json[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}
