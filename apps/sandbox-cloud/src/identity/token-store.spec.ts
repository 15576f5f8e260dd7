import { inspect } from 'node:util';
import { TokenStore } from './token-store.ts';

describe('TokenStore', () => {
  const clock = { ms: 0 };
  const aStore = () => new TokenStore(1_000, () => clock.ms);
  const request = { userId: 'u1', projectId: 'p1', methods: ['password'] };

  beforeEach(() => {
    clock.ms = 0;
  });

  it('never gives the same token twice', () => {
    const store = aStore();
    expect(store.issue(request).token).not.toBe(store.issue(request).token);
  });

  it('knows a token until it expires', () => {
    const store = aStore();
    const { token, record } = store.issue(request);
    clock.ms = 999;
    expect(store.find(token)).toBe(record);
    clock.ms = 1_000;
    expect(store.find(token)).toBeUndefined();
  });

  it('forgets a revoked token, and no other', () => {
    const store = aStore();
    const [one, another] = [store.issue(request), store.issue(request)];
    store.revoke(one.token);
    expect([store.find(one.token), store.find(another.token)]).toEqual([undefined, another.record]);
  });

  it('does not keep the token itself', () => {
    const store = aStore();
    const { token } = store.issue(request);
    expect(inspect(store, { depth: 10, showHidden: true })).not.toContain(token);
  });

  it('makes room by forgetting the expired, then the oldest', () => {
    const store = aStore();
    const oldest = store.issue(request);
    for (let i = 1; i < 100_000; i += 1) store.issue(request);
    const first = store.issue(request);
    expect(store.find(oldest.token)).toBeUndefined();
    clock.ms = 999;
    expect(store.find(first.token)).toBe(first.record);
  });
});
