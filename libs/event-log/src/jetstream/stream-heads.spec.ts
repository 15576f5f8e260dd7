import { HeadCache, StreamHead } from './stream-heads.ts';

describe('HeadCache', () => {
  it('forgets the heads not used for longest when it holds too many ids', () => {
    const cache = new HeadCache(3);
    const heads = ['a', 'b', 'c'].map((stream) => ({ stream, head: new StreamHead() }));
    for (const { stream, head } of heads) cache.set(stream, head);
    cache.set('a', heads[0]!.head);
    cache.set('d', new StreamHead());
    expect(['a', 'b', 'c', 'd'].map((stream) => cache.get(stream) !== undefined)).toEqual([true, false, true, true]);
  });

  it('keeps the head set last, however many ids it has', () => {
    const cache = new HeadCache(2);
    const long = new StreamHead();
    cache.set('short', new StreamHead());
    for (let index = 0; index < 5; index += 1) long.places.set(String(index), { revision: index, position: String(index) });
    cache.set('long', long);
    expect([cache.get('short'), cache.get('long')]).toEqual([undefined, long]);
    cache.set('next', new StreamHead());
    expect(cache.get('long')).toBeUndefined();
  });
});
