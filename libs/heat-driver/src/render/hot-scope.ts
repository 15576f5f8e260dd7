import { createHash } from 'node:crypto';

/** What expressions of one template refer to. */
export interface HotScope {
  readonly parameters: Readonly<Record<string, unknown>>;
  /** By name, as the template writes them. */
  readonly conditions: Readonly<Record<string, unknown>>;
  /** Texts by the names that templates use. */
  readonly files: Readonly<Record<string, string>>;
}

type Arguments = readonly unknown[];

/** What can be said without a cloud. What resources tell of themselves stays as it is written. */
const FUNCTIONS: Readonly<Record<string, (given: unknown, scope: HotScope) => unknown>> = {
  get_param: (given, scope) => {
    const [name, ...path] = listOf(evaluate(given, scope));
    return inside(scope.parameters[String(name)], path);
  },
  get_file: (given, { files }) => files[String(given)] ?? null,
  if: (given, scope) => {
    const [condition, then, otherwise] = given as Arguments;
    return evaluate(holds(condition, scope) ? then : otherwise, scope);
  },
  list_join: (given, scope) => {
    const [separator, ...lists] = listOf(evaluate(given, scope));
    const parts = lists.flatMap((list) => listOf(list));
    return parts.every(isPlain) ? parts.join(String(separator)) : { list_join: [separator, ...lists] };
  },
  list_concat: (given, scope) => listOf(evaluate(given, scope)).flatMap((list) => listOf(list)),
  map_merge: (given, scope) => Object.assign({}, ...listOf(evaluate(given, scope)).filter(isRecord)) as unknown,
  digest: (given, scope) => {
    const [algorithm, text] = listOf(evaluate(given, scope));
    return typeof text === 'string' ? createHash(String(algorithm)).update(text).digest('hex') : { digest: [algorithm, text] };
  },
};

const CONDITIONS: Readonly<Record<string, (given: unknown, scope: HotScope) => boolean>> = {
  get_param: (given, scope) => isTrue(FUNCTIONS['get_param']!(given, scope)),
  not: (given, scope) => !holds(given, scope),
  and: (given, scope) => (given as Arguments).every((each) => holds(each, scope)),
  or: (given, scope) => (given as Arguments).some((each) => holds(each, scope)),
  equals: (given, scope) => {
    const [one, other] = (given as Arguments).map((each) => evaluate(each, scope));
    return JSON.stringify(one) === JSON.stringify(other);
  },
  contains: (given, scope) => {
    const [one, list] = (given as Arguments).map((each) => evaluate(each, scope));
    return listOf(list).includes(one);
  },
};

export function evaluate(value: unknown, scope: HotScope): unknown {
  if (Array.isArray(value)) return value.map((each) => evaluate(each, scope));
  if (!isRecord(value)) return value;
  const [[name, given] = ['', undefined], ...more] = Object.entries(value);
  const known = more.length === 0 ? FUNCTIONS[name] : undefined;
  if (known) return known(given, scope);
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, evaluate(each, scope)]));
}

/** @param condition its name, or an expression. */
export function holds(condition: unknown, scope: HotScope): boolean {
  if (typeof condition === 'string') return holds(scope.conditions[condition] ?? false, scope);
  if (!isRecord(condition)) return isTrue(condition);
  const [[name, given] = ['', undefined]] = Object.entries(condition);
  const known = CONDITIONS[name];
  if (!known) throw new Error(`a condition with ${name} cannot be told without a cloud`);
  return known(given, scope);
}

function inside(value: unknown, path: Arguments): unknown {
  return path.reduce((found, key) => {
    if (Array.isArray(found)) return (found as Arguments)[Number(key)] ?? null;
    if (isRecord(found)) return Object.hasOwn(found, String(key)) ? found[String(key)] : { of: found, at: key };
    return null;
  }, value ?? null);
}

function isTrue(value: unknown): boolean {
  return value === true || (typeof value === 'string' && /^(true|1|on|yes|t|y)$/i.test(value)) || value === 1;
}

function isPlain(value: unknown): boolean {
  return value === null || typeof value !== 'object';
}

function listOf(value: unknown): Arguments {
  return Array.isArray(value) ? value : [value];
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
