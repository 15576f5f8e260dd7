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
    ['0x1F', 31],
    ['-0o17', -15],
    ['0b1_01', 5],
    ['1_000', 1000],
    ['00', 0],
    ['1_0.5_0e1_0', new PythonFloat(105_000_000_000)],
    ['.5', 0.5],
    ['+ 1', 1],
    ["'\\101\\7'", 'A\u0007'],
    ["r'\\n'", '\\n'],
    ["'''it's\nall''' \"\"\"one\"\"\"", "it's\nallone"],
    ["{'a': 1 # why\n}", { a: 1 }],
    ["{'__proto__': 'x'}", JSON.parse('{"__proto__": "x"}') as Json],
  ])('reads %s', (source, value) => {
    expect(parsePythonLiteral(source)).toEqual(value);
  });

  it.each(['', 'a=b', '{a: 1}', "{'a': true}", "{'a': null}", "{1: 'a'}", "{'a'}", "['a'", "'a", "'a\nb'", "'\\xZZ'", '1 2', '007', '0x', '0b2', '1__0', '1_', '1j', '--1', '-', "b'x'", "f'x'", "'\\N{BULLET}'", '{1, 2}', '...', 'open("x")', '['.repeat(100)])(
    'refuses %p', (source) => {
      expect(() => parsePythonLiteral(source)).toThrow(MalformedLiteral);
    },
  );
});
