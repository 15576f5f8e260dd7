import { MalformedLiteral, parsePythonLiteral } from './python-literal.ts';
import { PythonFloat, type Json } from './python-values.ts';

describe('parsePythonLiteral', () => {
  it.each<[string, Json]>([
    ["{'a': 'b'}", { a: 'b' }],
    ['{"a": "b"}', { a: 'b' }],
    ["{u'a': u'b'}", { a: 'b' }],
    ["{'a': {'b': [1, -2.5, True, False, None]},}", { a: { b: [1, -2.5, true, false, null] } }],
    ['()', []],
    ['(1)', 1],
    ['(1,)', [1]],
    ['(1, 2)', [1, 2]],
    [" { } ", {}],
    [`"it's" ' and' " more"`, "it's and more"],
    ["'\\'\\\\\\n\\x41\\u00e9\\U0001f600\\q'", "'\\\nAé😀\\q"],
    ['2.0', new PythonFloat(2)],
    ['123456789012345678901', 123456789012345678901n],
    ["{'__proto__': 'x'}", JSON.parse('{"__proto__": "x"}') as Json],
  ])('reads %s', (source, value) => {
    expect(parsePythonLiteral(source)).toEqual(value);
  });

  it.each(['', 'a=b', '{a: 1}', "{'a': true}", "{'a': null}", "{1: 'a'}", "{'a'}", "['a'", "'a", "'a\nb'", "'\\xZZ'", '1 2', '007', 'open("x")', '['.repeat(100)])(
    'refuses %p', (source) => {
      expect(() => parsePythonLiteral(source)).toThrow(MalformedLiteral);
    },
  );
});
