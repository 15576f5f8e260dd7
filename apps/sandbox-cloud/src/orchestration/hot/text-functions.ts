import { getHashes, hash } from 'node:crypto';
import { isIPv6 } from 'node:net';
import { HotError } from './hot-error.ts';
import type { HotErrorType } from './hot-error.ts';
import type { HotFunction } from './hot-function.ts';
import { isMap, jsonText, quoted, scalarText, textOf } from './json.ts';
import type { Json, JsonMap } from './json.ts';

function fail(type: HotErrorType, message: string): never {
  throw new HotError(type, message);
}

const listJoin: HotFunction = {
  since: '2013-05-23',
  check(args, name) {
    if (Array.isArray(args) && args.length >= 2) return;
    fail('ValueError', `Incorrect arguments to "${name}" should be: "${name}" : [ " ", [ "str1", "str2"] ...]`);
  },
  resolve(args, { evaluate }, name) {
    const [delimiter, ...lists] = evaluate(args) as Json[];
    const items = lists.flatMap((list) => {
      if (list === null) return [];
      return Array.isArray(list) ? list : fail('TypeError', `"${name}" must operate on a list`);
    });
    return items.map((item) => {
      if (item === null) return '';
      if (typeof item === 'string') return item;
      if (typeof item === 'object') return jsonText(item);
      return fail('TypeError', `Items to join must be string, map or list not ${scalarText(item)}`);
    }).join(textOf(delimiter));
  },
};

interface Strictness {
  /** Every key must occur in the template. */
  readonly allUsed: boolean;
  /** No value may be empty. */
  readonly noneEmpty: boolean;
}

/** Longer keys first; of equal length the smaller first, as Heat promises. */
function inOrder(keys: readonly string[]): string[] {
  return [...keys].sort().sort((one, other) => other.length - one.length);
}

function strReplace(since: string, { allUsed, noneEmpty }: Strictness): HotFunction {
  const replacement = (name: string, key: string, value: Json): string => {
    const empty = value === null || value === '' || (typeof value === 'object' && Object.keys(value).length === 0);
    if (noneEmpty && empty) {
      fail('ValueError', `${name} has an undefined or empty value for param ${key}, must be a defined non-empty value`);
    }
    return value !== null && typeof value === 'object' ? jsonText(value, { sorted: true }) : scalarText(value);
  };
  return {
    since,
    check(args, name) {
      if (!isMap(args)) fail('TypeError', `Arguments to "${name}" must be a map`);
      if (args['template'] === undefined || args['params'] === undefined) fail('KeyError', `"${name}" needs "template" and "params"`);
      if (!isMap(args['params'])) fail('TypeError', `"${name}" parameters must be a mapping`);
    },
    resolve(args, { evaluate }, name) {
      const { template, params } = evaluate(args) as JsonMap;
      if (typeof template !== 'string') fail('TypeError', `"${name}" template must be a string`);
      if (!isMap(params)) fail('TypeError', `"${name}" params must be a map`);
      const unused = new Set(Object.keys(params));
      // What one key was replaced with must not be searched for the next: pieces are split, and joined at the end.
      const replaced = (text: string, keys: readonly string[]): string => {
        const [key, ...others] = keys;
        if (key === undefined) return text;
        const pieces = text.split(key);
        if (pieces.length > 1) unused.delete(key);
        return pieces.map((piece) => replaced(piece, others)).join(replacement(name, key, params[key]!));
      };
      const text = replaced(template, inOrder(Object.keys(params)));
      if (allUsed && unused.size > 0) {
        fail('ValueError', `The following params were not found in the template: ${inOrder([...unused]).join()}`);
      }
      return text;
    },
  };
}

const strSplit: HotFunction = {
  since: '2015-10-15',
  check(args, name) {
    if (!Array.isArray(args)) fail('TypeError', `Incorrect arguments to "${name}" should be: "${name}" : [ ",", "apples,pears", <index>]`);
  },
  resolve(args, { evaluate }, name) {
    const [delimiter, text, index] = evaluate(args) as Json[];
    const form = `"${name}" : [ ",", "apples,pears", <index>]`;
    if (text === undefined) fail('ValueError', `Incorrect arguments to "${name}" should be: ${form}`);
    if (text === null) return null;
    const pieces = textOf(text).split(textOf(delimiter));
    if (index === undefined) return pieces;
    if (!/^-?\d+$/.test(textOf(index))) fail('ValueError', `Incorrect index to "${name}" should be: ${form}`);
    return pieces.at(Number(index)) ?? fail('ValueError', `Incorrect index to "${name}" should be between 0 and ${pieces.length - 1}`);
  },
};

const digest: HotFunction = {
  since: '2015-04-30',
  resolve(args, { evaluate }, name) {
    const values = evaluate(args);
    if (!Array.isArray(values) || !values.every((value) => typeof value === 'string')) {
      fail('TypeError', `Argument to function "${name}" must be a list of strings`);
    }
    const [algorithm, text, further] = values;
    if (algorithm === undefined || text === undefined || further !== undefined) {
      fail('ValueError', `Function "${name}" usage: ["<algorithm>", "<value>"]`);
    }
    const known = getHashes().map((each) => each.toLowerCase());
    if (!known.includes(algorithm.toLowerCase())) fail('ValueError', `Algorithm must be one of ${known.join(', ')}`);
    return hash(algorithm.toLowerCase(), Buffer.from(text, 'latin1'), 'hex');
  },
};

/** A query as Python's `urlencode` writes it: blanks as plus signs, lists as Python shows them. */
function queryText(query: JsonMap): string {
  const text = (value: Json) =>
    encodeURIComponent(typeof value === 'string' ? value : quoted(value)).replaceAll('%20', '+').replaceAll("'", '%27');
  return Object.entries(query).map(([key, value]) => `${text(key)}=${text(value)}`).join('&');
}

const URL_PARTS = ['scheme', 'username', 'password', 'host', 'port', 'path', 'query', 'fragment'];

const makeUrl: HotFunction = {
  since: '2017-09-01',
  check(args, name) {
    if (!isMap(args)) fail('TypeError', `The arguments to "${name}" must be a map`);
    const unknown = Object.keys(args).find((key) => !URL_PARTS.includes(key));
    if (unknown !== undefined) fail('ValueError', `Invalid arguments to "${name}": ${unknown}`);
  },
  resolve(args, { evaluate }) {
    const parts = evaluate(args) as JsonMap;
    const part = (name: string) => (parts[name] === undefined || parts[name] === null ? '' : scalarText(parts[name] as string));
    const path = part('path').split('/').map(encodeURIComponent).join('/');
    const user = part('username') === ''
      ? ''
      : `${encodeURIComponent(part('username'))}${part('password') && `:${encodeURIComponent(part('password'))}`}@`;
    const host = isIPv6(part('host')) ? `[${part('host')}]` : part('host');
    const authority = `${user}${host}${part('port') && `:${part('port')}`}`;
    const query = isMap(parts['query']) && Object.keys(parts['query']).length > 0 ? `?${queryText(parts['query'])}` : '';
    const fragment = part('fragment') && `#${encodeURIComponent(part('fragment'))}`;
    const scheme = part('scheme') && `${part('scheme')}:`;
    return `${scheme}${authority || scheme ? `//${authority}` : ''}${path === '' || path.startsWith('/') ? path : `/${path}`}${query}${fragment}`;
  },
};

export const TEXT_FUNCTIONS: Readonly<Record<string, HotFunction>> = {
  list_join: listJoin,
  str_replace: strReplace('2013-05-23', { allUsed: false, noneEmpty: false }),
  str_replace_strict: strReplace('2017-02-24', { allUsed: true, noneEmpty: false }),
  str_replace_vstrict: strReplace('2017-09-01', { allUsed: true, noneEmpty: true }),
  str_split: strSplit,
  digest,
  make_url: makeUrl,
};
