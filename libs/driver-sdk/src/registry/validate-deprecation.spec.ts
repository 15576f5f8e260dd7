import { deprecationProblems } from './validate-deprecation.ts';

const deprecation = { since: '2026-11-23', sunset: '2027-02-23', replacement: 'dcos_centos', doc: 'https://example.org/move' };

describe('how a driver goes', () => {
  it.each(['deprecated', 'retired'])('may be said of one that is %s', (state) => {
    expect(deprecationProblems({ state, deprecation })).toEqual([]);
    expect(deprecationProblems({ state })).toEqual([]);
  });

  it.each([
    ['active', deprecation, 'deprecation is for a driver that is deprecated or retired, not active'],
    ['deprecated', 'soon', 'deprecation must be an object'],
    ['deprecated', { ...deprecation, since: '23 November' }, 'deprecation.since and .sunset must be days like 2026-11-23'],
    ['deprecated', { ...deprecation, sunset: '2027-02-30' }, 'deprecation.since and .sunset must be days like 2026-11-23'],
    ['deprecated', { ...deprecation, sunset: '2027-02-22' }, 'deprecation.sunset must be 3 months after .since at the least'],
    ['deprecated', { ...deprecation, replacement: '' }, 'deprecation.replacement must be a text'],
    ['deprecated', { ...deprecation, doc: 'javascript:alert(1)' }, 'deprecation.doc must be a URL'],
    ['deprecated', { ...deprecation, doc: 'https://example.org/>; rel="x"' }, 'deprecation.doc must be a URL'],
  ])('is refused of one that is %s as %p', (state, given, problem) => {
    expect(deprecationProblems({ state, deprecation: given })).toEqual([problem]);
  });
});
