import { parseJson } from './parse-json.ts';
import { PythonFloat } from './python-values.ts';

const parse = (text: string) => parseJson(Buffer.from(text));

describe('parseJson', () => {
  it('keeps apart what Python keeps apart: 2 and 2.0, and whole numbers of any size', () => {
    expect(parse('{"a": 2, "b": 2.0, "c": 1e2, "d": 2.5, "e": 12345678901234567890, "f": "3.0"}')).toEqual({
      a: 2, b: new PythonFloat(2), c: new PythonFloat(100), d: 2.5, e: 12345678901234567890n, f: '3.0',
    });
  });

  it.each(['{', '{"a":}', "{'a': 1}", 'NaN', '', '1e999', '"\u0001"'])('takes %p for no JSON', (text) => {
    expect(parse(text)).toBeUndefined();
  });

  it('takes no byte order mark', () => {
    expect(parseJson(Buffer.from('\ufeff{}'))).toBeUndefined();
  });

  it('takes bytes that are not UTF-8 for no JSON', () => {
    expect(parseJson(Buffer.from([0x22, 0xff, 0x22]))).toBeUndefined();
  });

  it('refuses what nests deeper than 64, however deep', () => {
    expect(parse('['.repeat(64) + ']'.repeat(64))).toBeDefined();
    expect(parse('['.repeat(65) + ']'.repeat(65))).toBeUndefined();
    expect(parse('['.repeat(500_000))).toBeUndefined();
    expect(parse(`"${'['.repeat(1_000)}"`)).toBe('['.repeat(1_000));
    expect(parse(`{"a\\"[[": ${'{"a":'.repeat(62)}1${'}'.repeat(62)}}`)).toBeDefined();
  });

  it('leaves prototypes alone', () => {
    const parsed = parse('{"__proto__": {"polluted": 1}, "constructor": 2}') as object;
    expect(Object.keys(parsed)).toEqual(['__proto__', 'constructor']);
    expect(Object.getPrototypeOf(parsed)).toBe(Object.prototype);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});
