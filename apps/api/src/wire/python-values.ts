/**
 * A number with a point or an exponent whose value is whole (`2.0`): Python keeps it a float and prints it as one,
 * JavaScript cannot tell it from 2.
 */
export class PythonFloat {
  constructor(readonly value: number) {}
}

/** What a request's JSON becomes. Whole numbers too large for a double are `bigint`. */
export type Json = string | number | bigint | boolean | null | PythonFloat | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [name: string]: Json;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof PythonFloat);
}

/** Longer texts end in `...`: an error message that quotes a request must not grow to the size of it. */
const MAX_QUOTED_CHARS = 4_096;

/** As Python's `str()` prints it: Magnum's messages quote values in this form. Bounded in length. */
export function pythonStr(value: Json | undefined): string {
  const text = typeof value === 'string' ? value : pythonRepr(value);
  return text.length > MAX_QUOTED_CHARS ? `${text.slice(0, MAX_QUOTED_CHARS)}...` : text;
}

/** As Python's `repr()` prints it. `undefined` counts as `None`. */
export function pythonRepr(value: Json | undefined): string {
  if (value === null || value === undefined) return 'None';
  if (typeof value === 'string') return stringRepr(value);
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'number') return Number.isInteger(value) ? String(value) : floatRepr(value);
  if (value instanceof PythonFloat) return floatRepr(value.value);
  if (Array.isArray(value)) return `[${value.map(pythonRepr).join(', ')}]`;
  return `{${Object.entries(value).map(([name, member]) => `${stringRepr(name)}: ${pythonRepr(member)}`).join(', ')}}`;
}

/** The name Python's `type()` prints, e.g. `<class 'str'>`. */
export function pythonType(value: Json | undefined): string {
  return `<class '${typeName(value)}'>`;
}

export function typeName(value: Json | undefined): string {
  if (value === null || value === undefined) return 'NoneType';
  if (typeof value === 'string') return 'str';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'bigint' || Number.isInteger(value)) return 'int';
  if (typeof value === 'number' || value instanceof PythonFloat) return 'float';
  return Array.isArray(value) ? 'list' : 'dict';
}

/** Python writes exponents from 16 digits on and with two digits; JavaScript from 21 on and as short as it can. */
function floatRepr(value: number): string {
  if (!Number.isFinite(value)) return value < 0 ? '-inf' : 'inf';
  const exponent = Math.floor(Math.log10(Math.abs(value)));
  if (value !== 0 && (exponent < -4 || exponent >= 16)) {
    return value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2');
  }
  const text = Object.is(value, -0) ? '-0' : String(value);
  return text.includes('.') ? text : `${text}.0`;
}

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function stringRepr(text: string): string {
  // Python changes to double quotes only when that saves escapes.
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const body = text.replace(/[\\'"]|[\p{C}\p{Z}]/gu, (character) => {
    if (character === ' ') return character;
    if (character === "'" || character === '"') return character === quote ? `\\${character}` : character;
    return ESCAPES[character] ?? codeEscape(character.codePointAt(0)!);
  });
  return `${quote}${body}${quote}`;
}

function codeEscape(code: number): string {
  if (code <= 0xff) return `\\x${code.toString(16).padStart(2, '0')}`;
  return code <= 0xffff ? `\\u${code.toString(16).padStart(4, '0')}` : `\\U${code.toString(16).padStart(8, '0')}`;
}
