import { integer, numberOf, parseDer, time, toDer } from './der.ts';

describe('DER', () => {
  it.each([
    ['00000000000000000000000000000000', '020100'],
    ['0000000000004000800000000000007f', '020a4000800000000000007f'],
    ['3b985edfd3dc471f9b489961f9c05005', '02103b985edfd3dc471f9b489961f9c05005'],
    ['e7dee0e0ba7d4cd9a03edd35ae62af86', '021100e7dee0e0ba7d4cd9a03edd35ae62af86'],
  ])('writes the number %s with as few bytes as keep it positive', (hex, der) => {
    expect(toDer(integer(hex)).toString('hex')).toBe(der);
  });

  it('reads what it wrote', () => {
    expect(numberOf(parseDer(toDer(integer('7fff'))))).toBe(0x7fff);
  });

  it('writes years from 2050 on with four digits', () => {
    expect(
      toDer(time(new Date('2049-12-31T23:59:59Z')))
        .subarray(2)
        .toString(),
    ).toBe('491231235959Z');
    expect(
      toDer(time(new Date('2050-01-01T00:00:00Z')))
        .subarray(2)
        .toString(),
    ).toBe('20500101000000Z');
  });
});
