import { PairedIds, differences } from './comparison.ts';

const RECORDED = '696ec412-b7af-45f5-bf8d-d52970566ff3';
const OURS = '11111111-1111-4111-8111-111111111111';
const STRANGER = '22222222-2222-4222-8222-222222222222';
const fields = (recorded: unknown, ours: unknown, ids = new PairedIds()) =>
  differences(recorded, ours, ids, 'body').map(({ field }) => field);

describe('the comparison of answers', () => {
  it.each([
    [{ a: 1 }, { a: '1' }, 'body.a'],
    [{ a: null }, {}, 'body.a'],
    [{}, { a: null }, 'body.a'],
    [{ a: [1, 2] }, { a: [1] }, 'body.a'],
    [{ a: [{ b: 1 }] }, { a: [{ b: 2 }] }, 'body.a[0].b'],
    [{ a: 1, b: 2 }, { b: 2, a: 1 }, 'body (order)'],
    [{ at: '2026-11-22T08:52:18+00:00' }, { at: '2026-11-22T08:52:18Z' }, 'body.at'],
    [{ stack_id: 'x' }, { stack_id: null }, 'body.stack_id'],
    [undefined, {}, 'body'],
  ])('sees that %j is not %j', (recorded, ours, field) => {
    expect(fields(recorded, ours)).toEqual([field]);
  });

  it('takes an id for one of ours that it has not seen, and from then on for that one only', () => {
    const ids = new PairedIds();
    expect(fields([`/v1/clusters/${RECORDED}`, RECORDED], [`/v1/clusters/${OURS}`, OURS], ids)).toEqual([]);
    expect(ids.inOurs(`/v1/clusters/${RECORDED}?limit=1`)).toBe(`/v1/clusters/${OURS}?limit=1`);
    expect(fields(RECORDED, STRANGER, ids)).toEqual(['body']);
    expect(fields(STRANGER, OURS, ids)).toEqual(['body']);
  });

  it('sets aside times, hosts and the order of a set that Magnum prints', () => {
    const recorded = ['2026-11-22T08:52:18.805461+00:00', 'http://127.0.0.1:19511/v1/', 'Value should be one of: remove, add'];
    expect(fields(recorded, ['2026-11-23T00:00:00+00:00', 'http://127.0.0.1:9/v1/', 'Value should be one of: add, remove'])).toEqual([]);
  });
});
