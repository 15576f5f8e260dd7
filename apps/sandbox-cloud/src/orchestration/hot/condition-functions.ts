import { HotError } from './hot-error.ts';
import type { HotFunction } from './hot-function.ts';
import type { Json } from './json.ts';
import { isTrue } from './conditions.ts';

const ifFunction: HotFunction = {
  since: '2016-10-14',
  check(args) {
    // Since Wallaby the value for "not so" may be left out, here in every version of the language.
    if (Array.isArray(args) && (args.length === 3 || args.length === 2)) return;
    throw new HotError('ValueError', 'Arguments to "if" must be of the form: [condition_name, value_if_true, value_if_false]');
  },
  resolve(args, context) {
    return context.evaluate(chosenBranch(args, (condition) => isTrue(condition, context)));
  },
};

/** The branch of an `if` that counts; the other one is neither evaluated nor depended on. */
export function chosenBranch(args: Json, holds: (condition: Json) => boolean): Json {
  const [condition, then, otherwise = null] = args as Json[];
  return holds(condition!) ? then! : otherwise;
}

export const CONDITION_FUNCTIONS: Readonly<Record<string, HotFunction>> = { if: ifFunction };
