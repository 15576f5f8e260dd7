import { HotError } from './hot-error.ts';
import { isMap, jsonText, scalarText, textOf } from './json.ts';
import type { Json, JsonMap } from './json.ts';

/**
 * Rules that ask the cloud, such as `nova.flavor`.
 *
 * @returns what is wrong with the value, `undefined` for nothing.
 */
export type CustomConstraints = (constraint: string, value: Json) => string | undefined;

/** What one constraint, written as in a template, says against a value; `undefined` for nothing. */
export function objection(constraint: JsonMap, value: Json, custom: CustomConstraints): string | undefined {
  const found = problem(constraint, value, custom);
  if (found === undefined) return undefined;
  return typeof constraint['description'] === 'string' ? constraint['description'] : found;
}

function problem(constraint: JsonMap, value: Json, custom: CustomConstraints): string | undefined {
  const { range, length, allowed_values: allowed, allowed_pattern: pattern, custom_constraint: name, modulo } = constraint;
  if (isMap(range)) return outside(Number(value), range) ? `${scalarText(value as number)} is out of range (${bounds(range)})` : undefined;
  if (isMap(length)) return outside(sizeOf(value), length) ? `length (${sizeOf(value)}) is out of range (${bounds(length)})` : undefined;
  if (Array.isArray(allowed)) return isAllowed(value, allowed)
    ? undefined
    : `${jsonText(value)} is not an allowed value ${jsonText(allowed)}`;
  if (typeof pattern === 'string') return matches(pattern, value) ? undefined : `"${textOf(value)}" does not match pattern "${pattern}"`;
  if (typeof name === 'string') return custom(name, value);
  if (isMap(modulo)) return moduloProblem(modulo, Number(value));
  throw new HotError('InvalidSchemaError', 'No constraint expressed');
}

function outside(value: number, { min, max }: JsonMap): boolean {
  return (min !== undefined && min !== null && value < Number(min)) || (max !== undefined && max !== null && value > Number(max));
}

function bounds({ min, max }: JsonMap): string {
  const text = (bound: Json | undefined) => (bound === undefined || bound === null ? 'None' : textOf(bound));
  return `min: ${text(min)}, max: ${text(max)}`;
}

function sizeOf(value: Json): number {
  if (typeof value === 'string' || Array.isArray(value)) return value.length;
  return isMap(value) ? Object.keys(value).length : textOf(value).length;
}

/** Every member of a list must be allowed; numbers and their texts are the same, as parameters come as both. */
function isAllowed(value: Json, allowed: readonly Json[]): boolean {
  if (Array.isArray(value)) return value.every((item) => isAllowed(item, allowed));
  return allowed.some((each) => each === value || (each !== null && value !== null && textOf(each) === textOf(value)));
}

/** Python's `match`, which must reach to the end. */
function matches(pattern: string, value: Json): boolean {
  try {
    return new RegExp(`^(?:${pattern})$`).test(textOf(value));
  } catch (error) {
    throw new HotError('InvalidSchemaError', `Invalid pattern "${pattern}": ${error instanceof Error ? error.message : ''}`);
  }
}

function moduloProblem({ step, offset }: JsonMap, value: number): string | undefined {
  const [by, from] = [Number(step), Number(offset ?? 0)];
  return ((value % by) + by) % by === from ? undefined : `${value} is not a multiple of ${by} with an offset of ${from}`;
}
