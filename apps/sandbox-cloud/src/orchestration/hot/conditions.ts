import { HotError, invalid } from './hot-error.ts';
import type { Evaluation } from './hot-function.ts';
import { isMap, listed, same, textOf } from './json.ts';
import type { Json, JsonMap } from './json.ts';

type Operator = (args: Json, context: Evaluation) => boolean;

/** What may only be used where a condition is asked for. */
const OPERATORS: Readonly<Record<string, Operator>> = {
  equals(args, { evaluate }) {
    const [one, other] = args as Json[];
    return same(evaluate(one!), evaluate(other!));
  },
  contains(args, { evaluate }) {
    const [one, among] = args as Json[];
    return listed(evaluate(among!)).some((each) => same(evaluate(one!), each));
  },
  not: (args, context) => !isTrue(args, context),
  and: (args, context) => (args as Json[]).every((condition) => isTrue(condition, context)),
  or: (args, context) => (args as Json[]).some((condition) => isTrue(condition, context)),
};

const FORMS: Readonly<Record<string, (args: Json) => string | undefined>> = {
  equals: (args) =>
    (Array.isArray(args) && args.length === 2 ? undefined : 'Arguments to "equals" must be of the form: [value_1, value_2]'),
  contains: (args) => (Array.isArray(args) && args.length === 2 ? undefined : 'Arguments to "contains" must be of the form: [value1, [value1, value2]]'),
  and: (args) => severalOf('and', args),
  or: (args) => severalOf('or', args),
};

/** Whether a condition holds: a boolean, the name of one of the template's conditions, or a function of those. */
export function isTrue(condition: Json, context: Evaluation): boolean {
  if (typeof condition === 'boolean') return condition;
  if (typeof condition === 'string') return context.scope.condition(condition);
  const operator = operatorOf(condition);
  if (operator !== undefined) return OPERATORS[operator]!((condition as JsonMap)[operator]!, context);
  const value = context.evaluate(condition);
  if (typeof value === 'boolean') return value;
  throw new HotError('ValueError', `Invalid condition "${textOf(value)}"`);
}

/** @throws {HotError} for a condition that cannot be one, whatever the parameters are. */
export function checkCondition(condition: Json, path: string, known: (name: string) => boolean): void {
  if (typeof condition === 'string' && !known(condition)) throw invalid(`${path}: : Invalid condition "${condition}"`);
  const operator = operatorOf(condition);
  if (operator === undefined) return;
  const args = (condition as JsonMap)[operator]!;
  const problem = FORMS[operator]?.(args);
  if (problem !== undefined) throw invalid(`${path}.${operator}: : ${problem}`);
  if (operator === 'equals' || operator === 'contains') return;
  for (const inner of listed(args)) checkCondition(inner, `${path}.${operator}`, known);
}

function operatorOf(condition: Json): string | undefined {
  if (!isMap(condition)) return undefined;
  const [name, further] = Object.keys(condition);
  return further === undefined && name !== undefined && Object.hasOwn(OPERATORS, name) ? name : undefined;
}

function severalOf(name: string, args: Json): string | undefined {
  if (Array.isArray(args) && args.length >= 2) return undefined;
  return `The minimum number of condition arguments to "${name}" is 2.`;
}
