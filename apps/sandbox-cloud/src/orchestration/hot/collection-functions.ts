import { HotError } from './hot-error.ts';
import type { HotErrorType } from './hot-error.ts';
import type { HotFunction } from './hot-function.ts';
import { isMap, jsonText, same, textOf } from './json.ts';
import type { Json, JsonMap } from './json.ts';

function fail(type: HotErrorType, message: string): never {
  throw new HotError(type, message);
}

const mapMerge: HotFunction = {
  since: '2016-04-08',
  resolve(args, { evaluate }) {
    const maps = evaluate(args);
    if (!Array.isArray(maps)) fail('TypeError', 'Incorrect arguments: Items to merge must be maps.');
    return Object.assign({}, ...maps.map((map) => {
      if (map !== null && !isMap(map)) fail('TypeError', 'Incorrect arguments: Items to merge must be maps.');
      return map ?? {};
    })) as JsonMap;
  },
};

const mapReplace: HotFunction = {
  since: '2016-10-14',
  resolve(args, { evaluate }, name) {
    const form = `"${name}" : [ { "key1": "val1" }, {"keys": {"key1": "key2"}, "values": {"val1": "val2"}}]`;
    const values = evaluate(args);
    if (!Array.isArray(values) || values.length !== 2) fail('TypeError', `Incorrect arguments to "${name}" should be: ${form}`);
    const [input, replacement] = values.map((map) => (isMap(map) || map === null ? map ?? {} : fail('TypeError', `Incorrect arguments: to "${name}", `
      + `arguments must be a list of maps. Example:  ${form}`)));
    const keys = (replacement!['keys'] ?? {}) as JsonMap;
    const replaced = (replacement!['values'] ?? {}) as JsonMap;
    const result: JsonMap = {};
    for (const [key, value] of Object.entries(input!)) {
      const newKey = Object.hasOwn(keys, key) ? textOf(keys[key]) : key;
      if (newKey !== key && Object.hasOwn(input!, newKey)) {
        fail('ValueError', `key replacement ${newKey} collides with a key in the input map`);
      }
      if (Object.hasOwn(result, newKey)) fail('ValueError', `key replacement ${newKey} collides with a key in the output map`);
      const scalar = value === null || typeof value !== 'object';
      result[newKey] = scalar && Object.hasOwn(replaced, textOf(value)) ? replaced[textOf(value)]! : value;
    }
    return result;
  },
};

const filter: HotFunction = {
  since: '2017-02-24',
  check(args, name) {
    if (!Array.isArray(args)) fail('TypeError', `Argument to "${name}" must be a list`);
    if (args.length === 2) return;
    fail('ValueError', `"${name}" expected 2 arguments of the form [values, sequence] but got ${args.length} arguments instead`);
  },
  resolve(args, { evaluate }, name) {
    const [values, list] = evaluate(args) as Json[];
    if (list === null || list === undefined) return list ?? null;
    if (!Array.isArray(values) || !Array.isArray(list)) fail('TypeError', `"${name}" only works with lists`);
    return list.filter((item) => !values.some((value) => same(value, item)));
  },
};

function listConcat(unique: boolean): HotFunction {
  return {
    since: '2017-09-01',
    resolve(args, { evaluate }) {
      const lists = evaluate(args);
      if (!Array.isArray(lists)) fail('TypeError', 'Incorrect arguments: Items to concat must be lists.');
      const items = lists.flatMap((list) => {
        if (list === null || Array.isArray(list)) return list ?? [];
        return fail(
          'TypeError',
          `Incorrect arguments: Items to concat must be lists. ${jsonText(lists)} contains an item that is not a list: ${jsonText(list)}`,
        );
      });
      return unique ? items.filter((item, index) => items.findIndex((other) => same(item, other)) === index) : items;
    },
  };
}

const contains: HotFunction = {
  since: '2017-09-01',
  check(args, name) {
    if (!Array.isArray(args) || args.length !== 2) {
      fail('ValueError', `Arguments to "${name}" must be of the form: [value1, [value1, value2]]`);
    }
  },
  resolve(args, { evaluate }) {
    const [value, collection] = evaluate(args) as Json[];
    if (typeof collection === 'string') return collection.includes(textOf(value));
    if (isMap(collection)) return Object.hasOwn(collection, textOf(value));
    if (!Array.isArray(collection)) fail('TypeError', 'Second argument to "contains" should be a sequence.');
    return collection.some((item) => same(item, value));
  },
};

function replacedIn(template: Json, values: readonly (readonly [string, string])[]): Json {
  if (typeof template === 'string') return values.reduce((text, [key, value]) => text.replaceAll(key, value), template);
  if (Array.isArray(template)) return template.map((item) => replacedIn(item, values));
  if (!isMap(template)) return template;
  return Object.fromEntries(Object.entries(template).map(([key, value]) => [replacedIn(key, values) as string, replacedIn(value, values)]));
}

function combinations(lists: readonly (readonly string[])[]): string[][] {
  return lists.reduce<string[][]>((rows, list) => rows.flatMap((row) => list.map((item) => [...row, item])), [[]]);
}

const repeat: HotFunction = {
  since: '2015-04-30',
  check(args, name) {
    if (!isMap(args)) fail('TypeError', `Arguments to "${name}" must be a map`);
    if (args['for_each'] === undefined || args['template'] === undefined) fail('KeyError', `"${name}" needs "template" and "for_each"`);
    if (!isMap(args['for_each'])) fail('TypeError', `The "for_each" argument to "${name}" must contain a map`);
    if (args['permutations'] === undefined || typeof args['permutations'] === 'boolean') return;
    fail('TypeError', `"permutations" should be boolean type for ${name} function.`);
  },
  resolve(args, { evaluate }, name) {
    const { for_each: forEach, template, permutations } = evaluate(args) as JsonMap;
    const keys = Object.keys(forEach as JsonMap);
    const lists = Object.values(forEach as JsonMap).map((value) => {
      if (value === null) return [];
      if (typeof value !== 'object') fail('TypeError', `The values of the "for_each" argument to "${name}" must be lists or maps`);
      return (Array.isArray(value) ? value : Object.keys(value)).map(textOf);
    });
    if (permutations !== false) return combinations(lists)
      .map((row) => replacedIn(template!, row.map((value, index) => [keys[index]!, value])));
    if (new Set(lists.map((list) => list.length)).size > 1) {
      fail('ValueError', `For ${name}, the length of for_each values should be equal if no nested loop.`);
    }
    return (lists[0] ?? []).map((_, row) => replacedIn(template!, keys.map((key, column) => [key, lists[column]![row]!])));
  },
};

export const COLLECTION_FUNCTIONS: Readonly<Record<string, HotFunction>> = {
  map_merge: mapMerge,
  map_replace: mapReplace,
  filter,
  list_concat: listConcat(false),
  list_concat_unique: listConcat(true),
  contains,
  repeat,
};
