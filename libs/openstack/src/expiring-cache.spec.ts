import { ExpiringCache } from './expiring-cache.ts';

describe('ExpiringCache', () => {
  it('gives a value until its moment and not at it', () => {
    const cache = new ExpiringCache<string>(2);
    cache.set('a', 'first', 100);
    expect(cache.get('a', 99)).toBe('first');
    expect(cache.get('a', 100)).toBeUndefined();
    expect(cache.size).toBe(0);
  });

  it('drops what was not used for longest when it is full', () => {
    const cache = new ExpiringCache<string>(2);
    cache.set('a', 'first', 100);
    cache.set('b', 'second', 100);
    cache.get('a', 1);
    cache.set('c', 'third', 100);
    expect([cache.get('a', 1), cache.get('b', 1), cache.get('c', 1)]).toEqual(['first', undefined, 'third']);
  });

  it('replaces a value without dropping another', () => {
    const cache = new ExpiringCache<string>(2);
    cache.set('a', 'first', 100);
    cache.set('b', 'second', 100);
    cache.set('a', 'again', 100);
    expect([cache.get('a', 1), cache.get('b', 1)]).toEqual(['again', 'second']);
  });
});
