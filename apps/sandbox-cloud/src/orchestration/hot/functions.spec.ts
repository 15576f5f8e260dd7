import { scopeOf } from '../testing/template-scope.ts';
import { checkExpressions } from './check-expressions.ts';
import { evaluate } from './evaluate.ts';
import type { Json } from './json.ts';

const parts = {
  parameters: { 'OS::stack_name': 'mine', count: 2, list: ['a', 'b'], map: { deep: [{ er: 'x' }] }, empty: '' },
  files: { 'boot.sh': '#!/bin/sh\n' },
  resources: { server: { first_address: '10.0.0.3', addresses: { private: [{ addr: '10.0.0.3' }] }, nothing: null } },
  template: { conditions: { yes: true, named: { equals: [{ get_param: 'OS::stack_name' }, 'mine'] }, not_named: { not: 'named' }, among: { contains: ['a', { get_param: 'list' }] } } },
};
const { scope, template } = scopeOf(parts);
const value = (expression: Json): Json => evaluate(expression, scope);

describe('a function of HOT', () => {
  // What Heat 19 answers to the same expressions, as an output of a stack.
  it.each<[Json, Json]>([
    [{ get_param: 'count' }, 2],
    [{ get_param: ['map', 'deep', 0, 'er'] }, 'x'],
    [{ get_param: ['map', 'nowhere'] }, ''],
    [{ get_resource: 'server' }, 'ref-server'],
    [{ get_attr: ['server', 'first_address'] }, '10.0.0.3'],
    [{ get_attr: ['server', 'addresses', 'private', 0, 'addr'] }, '10.0.0.3'],
    [{ get_attr: ['server', 'first_address', 'x'] }, null],
    [{ get_attr: ['server'] }, parts.resources.server],
    [{ get_file: 'boot.sh' }, '#!/bin/sh\n'],
    [{ list_join: [',', ['a', { b: 1 }, null]] }, 'a,{"b": 1},'],
    [{ list_join: [',', ['a'], ['b']] }, 'a,b'],
    [{ list_join: ['', { get_param: 'list' }] }, 'ab'],
    [{ str_replace: { template: 'a%b% %c%', params: { '%b%': { x: 1 }, '%c%': true } } }, 'a{"x": 1} True'],
    [{ str_replace: { template: 'AB ABC', params: { AB: 'ABC', ABC: '1' } } }, 'ABC 1'],
    [{ str_replace: { template: 'x', params: { x: null } } }, ''],
    [{ str_replace_strict: { template: 'ab', params: { b: 1 } } }, 'a1'],
    [{ str_replace_vstrict: { template: 'ab', params: { b: 0 } } }, 'a0'],
    [{ str_split: [',', 'a,b'] }, ['a', 'b']],
    [{ str_split: [',', 'a,b', -1] }, 'b'],
    [{ str_split: [',', null] }, null],
    [{ digest: ['md5', 'x'] }, '9dd4e461268c8034f5c8564e155c67a6'],
    [{ map_merge: [{ a: 1 }, null, { b: 2, a: 3 }] }, { a: 3, b: 2 }],
    [{ map_replace: [{ a: 'b' }, { keys: { a: 'z' }, values: { b: 'y' } }] }, { z: 'y' }],
    [{ filter: [['a'], ['a', 'b']] }, ['b']],
    [{ list_concat: [[1], [1, 2]] }, [1, 1, 2]],
    [{ list_concat_unique: [[1], [1, 2]] }, [1, 2]],
    [{ contains: ['a', ['a']] }, true],
    [{ contains: ['z', 'abc'] }, false],
    [
      { make_url: { scheme: 'http', host: '::1', port: '80', path: '/a b', username: 'u', password: 'p@', fragment: 'f' } },
      'http://u:p%40@[::1]:80/a%20b#f',
    ],
    [{ make_url: { scheme: 'http', host: 'h', query: { a: 'b c', l: ['1', '2'] } } }, 'http://h?a=b+c&l=%5B%271%27%2C+%272%27%5D'],
    [{ repeat: { template: '%a%-%b%', for_each: { '%a%': ['1', '2'], '%b%': ['x', 'y'] } } }, ['1-x', '1-y', '2-x', '2-y']],
    [{ repeat: { template: { 'k%a%': '%a%' }, for_each: { '%a%': ['1', '2'] }, permutations: false } }, [{ k1: '1' }, { k2: '2' }]],
    [{ repeat: { template: '%a%', for_each: { '%a%': { get_param: 'list' } } } }, ['a', 'b']],
    [{ if: ['yes', 1, 2] }, 1],
    [{ if: ['not_named', 1, { a: 'b' }] }, { a: 'b' }],
    [{ if: [{ not: 'named' }, 1, 2] }, 2],
    [{ if: [{ or: ['not_named', { and: ['named', 'yes'] }] }, 1, 2] }, 1],
    [{ if: ['among', 1, 2] }, 1],
    [{ if: [{ contains: ['c', { get_param: 'list' }] }, 1, 2] }, 2],
    [{ if: [true, 1, { get_attr: ['nowhere', 'x'] }] }, 1],
    [{ equals: [1, '1'] }, { equals: [1, '1'] }],
    [{ get_param: 'count', and: 'more' }, { get_param: 'count', and: 'more' }],
    [{ foo: { get_param: 'count' } }, { foo: 2 }],
  ])('makes of %j %j', (expression, expected) => {
    expect(value(expression)).toEqual(expected);
  });

  it.each<[Json, string]>([
    [{ get_param: 'nope' }, 'The Parameter (nope) was not provided.'],
    [{ get_file: 'x' }, 'No content found in the "files" section for get_file path: x'],
    [{ list_join: [',', 'abc'] }, '"list_join" must operate on a list'],
    [{ list_join: [',', [2]] }, 'Items to join must be string, map or list not 2'],
    [{ str_replace: { template: 1, params: {} } }, '"str_replace" template must be a string'],
    [{ str_replace_strict: { template: 'a', params: { b: 1 } } }, 'The following params were not found in the template: b'],
    [{ str_replace_vstrict: { template: 'a b', params: { b: '' } } },
      'str_replace_vstrict has an undefined or empty value for param b, must be a defined non-empty value'],
    [{ str_split: [',', 'a,b', 5] }, 'Incorrect index to "str_split" should be between 0 and 1'],
    [{ digest: 'a' }, 'Argument to function "digest" must be a list of strings'],
    [{ digest: ['zz', 'x'] }, 'Algorithm must be one of '],
    [{ map_merge: 'a' }, 'Incorrect arguments: Items to merge must be maps.'],
    [{ map_replace: [{ a: 1, b: 2 }, { keys: { a: 'b' } }] }, 'key replacement b collides with a key in the input map'],
    [{ list_concat: ['a'] }, 'Incorrect arguments: Items to concat must be lists. ["a"] contains an item that is not a list: "a"'],
    [{ repeat: { template: '%a%', for_each: { '%a%': ['1'], '%b%': [] }, permutations: false } },
      'For repeat, the length of for_each values should be equal if no nested loop.'],
  ])('refuses %j', (expression, message) => {
    expect(() => value(expression)).toThrow(message);
  });

  it.each<[Json, string]>([
    [{ list_join: [','] }, 'o.list_join: : Incorrect arguments to "list_join" should be: "list_join" : [ " ", [ "str1", "str2"] ...]'],
    [{ filter: ['a'] }, 'o.filter: : "filter" expected 2 arguments of the form [values, sequence] but got 1 arguments instead'],
    [{ contains: ['a'] }, 'o.contains: : Arguments to "contains" must be of the form: [value1, [value1, value2]]'],
    [{ if: ['yes'] }, 'o.if: : Arguments to "if" must be of the form: [condition_name, value_if_true, value_if_false]'],
    [{ if: ['nope', 1, 2] }, 'o.if: : Invalid condition "nope"'],
    [{ get_attr: ['zz', 'output'] }, 'o.get_attr: : The specified reference "zz" (in unknown) is incorrect.'],
    [{ get_attr: 'zz' }, 'o.get_attr: : Argument to "get_attr" must be a list'],
    [{ x: [{ str_replace: { template: 'a' } }] }, 'o.x[0].str_replace: : "str_replace" needs "template" and "params"'],
    [{ repeat: { template: 'a' } }, 'o.repeat: : "repeat" needs "template" and "for_each"'],
    [{ yaql: { expression: '$' } }, 'o.yaql: : The function yaql is not supported by the sandbox cloud.'],
  ])('is refused before anything is made when the template says %j', (expression, message) => {
    expect(() => checkExpressions(expression, 'o', template, () => true)).toThrow(message);
  });

  it('is a map like any other in a language that is older than the function', () => {
    const expression = { list_concat: [[1], [2]] };
    expect(evaluate(expression, scopeOf({ version: '2016-10-14' }).scope)).toEqual(expression);
    expect(evaluate(expression, scopeOf({ version: 'pike' }).scope)).toEqual([1, 2]);
  });
});
