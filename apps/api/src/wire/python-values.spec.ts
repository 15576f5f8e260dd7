import { PythonFloat, pythonRepr, pythonStr, typeName, type Json } from './python-values.ts';

describe('pythonRepr', () => {
  it.each<[Json, string]>([
    [null, 'None'],
    [true, 'True'],
    [false, 'False'],
    [5, '5'],
    [12345678901234567890n, '12345678901234567890'],
    [1.5, '1.5'],
    [new PythonFloat(2), '2.0'],
    [new PythonFloat(1e16), '1e+16'],
    [new PythonFloat(123456789012345), '123456789012345.0'],
    [1e-7, '1e-07'],
    [0.0001, '0.0001'],
    [1.5e300, '1.5e+300'],
    [-Infinity, '-inf'],
    ['plain', "'plain'"],
    ["it's", `"it's"`],
    [`it's "both"`, `'it\\'s "both"'`],
    ['tab\tline\nback\\', "'tab\\tline\\nback\\\\'"],
    ['\u0001é\u00a0\u2028\u{1f600}\ue000', "'\\x01é\\xa0\\u2028😀\\ue000'"],
    [['a', 1], "['a', 1]"],
    [{ op: 'replace', value: 1, none: null }, "{'op': 'replace', 'value': 1, 'none': None}"],
    [{}, '{}'],
  ])('prints %p as Python does: %s', (value, printed) => {
    expect(pythonRepr(value)).toBe(printed);
  });

  it('prints a text without quotes as str() does', () => {
    expect(pythonStr("it's")).toBe("it's");
    expect(pythonStr(['x'])).toBe("['x']");
  });

  it('never quotes more than 4096 characters of a request', () => {
    expect(pythonStr('x'.repeat(10_000))).toBe(`${'x'.repeat(4_096)}...`);
  });

  it('names types as Python does', () => {
    expect([null, 'a', true, 1, 1.5, new PythonFloat(1), 1n, [], {}].map((value) => typeName(value as Json))).toEqual(
      ['NoneType', 'str', 'bool', 'int', 'float', 'float', 'int', 'list', 'dict'],
    );
  });
});
