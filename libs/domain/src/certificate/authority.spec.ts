import { authorityOf, validityFrom, validityUntil } from './authority.ts';

describe('authorityOf', () => {
  it('takes Magnum’s two spellings and answers the cluster CA for what Magnum does not know', () => {
    expect(['etcd', 'front-proxy', 'front_proxy', 'kubernetes', 'kubelet', '', null, undefined].map(authorityOf)).toEqual([
      'etcd',
      'front-proxy',
      'front-proxy',
      'kubernetes',
      'kubernetes',
      'kubernetes',
      'kubernetes',
      'kubernetes',
    ]);
  });
});

describe('validityFrom', () => {
  it('begins a day before now and ends 1825 days after, in whole seconds', () => {
    const validity = validityFrom(new Date('2026-11-21T08:52:21.987Z'));
    expect(validity).toEqual({ notBefore: new Date('2026-11-20T08:52:21Z'), notAfter: new Date('2031-11-20T08:52:21Z') });
    expect(validityUntil(validity.notAfter)).toEqual(validity);
  });
});
