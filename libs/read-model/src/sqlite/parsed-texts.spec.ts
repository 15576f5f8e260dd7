import { ParsedTexts } from './parsed-texts.ts';

describe('texts that are read once', () => {
  it('give the same document for the same text, and another for another', () => {
    const texts = new ParsedTexts();
    const first = texts.get('{"id":"a"}');
    expect(first).toEqual({ id: 'a' });
    expect(texts.get(['{"id":', '"a"}'].join(''))).toBe(first);
    expect(texts.get('{"id":"b"}')).toEqual({ id: 'b' });
  });

  it('are forgotten when there are too many, those that were not asked for longest first', () => {
    const texts = new ParsedTexts(20);
    const [a, b] = [texts.get('{"id":"a"}'), texts.get('{"id":"b"}')];
    expect(texts.get('{"id":"a"}')).toBe(a);
    texts.get('{"id":"c"}');
    expect(texts.get('{"id":"a"}')).toBe(a);
    expect(texts.get('{"id":"b"}')).not.toBe(b);
  });
});
