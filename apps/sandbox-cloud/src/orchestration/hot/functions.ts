import { COLLECTION_FUNCTIONS } from './collection-functions.ts';
import { CONDITION_FUNCTIONS } from './condition-functions.ts';
import { HotError } from './hot-error.ts';
import type { HotFunction } from './hot-function.ts';
import { isMap } from './json.ts';
import type { Json } from './json.ts';
import { REFERENCE_FUNCTIONS } from './reference-functions.ts';
import { TEXT_FUNCTIONS } from './text-functions.ts';

/** The function of HOT that Heat has and this engine has not: refused at once rather than answered wrongly. */
const YAQL: HotFunction = {
  since: '2016-10-14',
  check: () => {
    throw new HotError('ValueError', 'The function yaql is not supported by the sandbox cloud.');
  },
  resolve: () => null,
};

const FUNCTIONS: Readonly<Record<string, HotFunction>> = {
  ...REFERENCE_FUNCTIONS, ...TEXT_FUNCTIONS, ...COLLECTION_FUNCTIONS, ...CONDITION_FUNCTIONS, yaql: YAQL,
};

export interface Call {
  readonly name: string;
  readonly fn: HotFunction;
  readonly args: Json;
}

/** The function call that a value is, in the language of that date; a map with another or a further key is just a map. */
export function callOf(value: Json, version: string): Call | undefined {
  if (!isMap(value)) return undefined;
  const [name, further] = Object.keys(value);
  if (name === undefined || further !== undefined || !Object.hasOwn(FUNCTIONS, name)) return undefined;
  const fn = FUNCTIONS[name]!;
  return fn.since <= version ? { name, fn, args: value[name]! } : undefined;
}
