import { sortedPage } from './sorted-page.ts';

const rows = [['a', 2], ['b', null], ['c', 1], ['d', 2]].map(([id, of]) => ({ id: String(id), of }));
const page = (options: object = {}) => sortedPage(rows, { by: ({ of }) => of, descending: false, limit: 9, ...options }).map(({ id }) => id).join('');

describe('a page sorted in memory', () => {
  it('has null first, and what is equal as it came', () => {
    expect(page()).toBe('bcad');
  });
  it('is turned round as a whole', () => {
    expect(page({ descending: true })).toBe('dacb');
  });
  it('goes on after the last one of the page before', () => {
    expect(page({ limit: 2 })).toBe('bc');
    expect(page({ limit: 2, afterId: 'c' })).toBe('ad');
  });
  it('takes maps as the JSON that a column would hold', () => {
    expect(page({ by: ({ id }: { id: string }) => ({ x: id === 'a' ? 'z' : id }) })).toBe('bcda');
  });
});
