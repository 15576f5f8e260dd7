import { callOf } from './functions.ts';
import type { Evaluation, Scope } from './hot-function.ts';
import { isMap } from './json.ts';
import type { Json } from './json.ts';

/**
 * The value of an expression: functions are called, innermost first, everything else stays as it is.
 *
 * @throws {HotError} from the function that could not be called.
 */
export function evaluate(value: Json, scope: Scope): Json {
  const call = callOf(value, scope.version);
  if (call) return call.fn.resolve(call.args, evaluation(scope), call.name);
  if (Array.isArray(value)) return value.map((item) => evaluate(item, scope));
  if (isMap(value)) return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, evaluate(item, scope)]));
  return value;
}

export function evaluation(scope: Scope): Evaluation {
  return { scope, evaluate: (value) => evaluate(value, scope) };
}
