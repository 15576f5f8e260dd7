import { parseRule, type Asking } from './rule-text.ts';

const WHO: Asking = { userId: 'u1', projectId: 'p1', roles: ['member', 'reader'], userDomainId: 'default', projectDomainId: null };
const THING = { projectId: 'p1', userId: 'u2' };

const holds = (text: string, asking: Asking = WHO, named: Readonly<Record<string, boolean>> = {}) =>
  parseRule(text).compile((name) => () => named[name]!)(asking, THING);

describe('the text of a rule', () => {
  it.each([
    ['', true], ['@', true], ['!', false], ['not !', true], ['not not @', true],
    ['role:member', true], ['role:Member', true], ['role:admin', false],
    ['project_id:%(project_id)s', true], ['user_id:%(user_id)s', false], ['user_id:u1', true], ['project_id:p2', false],
    ['user_domain_id:default', true], ['project_domain_id:default', false],
    ['role:member and role:reader', true], ['role:member and role:admin', false], ['role:admin or role:reader', true],
    ['@ or ! and !', true], ['(@ or !) and !', false], ['not ! and !', false], ['not (! and !)', true],
    ['NOT role:admin AND (role:x OR role:reader)', true], ['((role:member))', true], ['  role:member  ', true],
  ])('%p is %p for a member', (text, expected) => {
    expect(holds(text)).toBe(expected);
  });

  it('asks the rules it names', () => {
    expect(parseRule('rule:a or (not rule:b and is_admin:True) or is_admin:False').references)
      .toEqual(['a', 'b', 'context_is_admin', 'context_is_admin']);
    expect(holds('rule:a and not rule:b', WHO, { a: true, b: false })).toBe(true);
    expect(holds('is_admin:True', WHO, { context_is_admin: true })).toBe(true);
    expect(holds('is_admin:False', WHO, { context_is_admin: true })).toBe(false);
  });

  it('takes a token without a project for no project at all, not for that of a thing without one', () => {
    const nowhere = { projectId: null, userId: 'u2' };
    const check = parseRule('project_id:%(project_id)s').compile(() => () => false);
    expect(check({ ...WHO, projectId: null }, nowhere)).toBe(false);
  });

  it.each([
    ['role:a role:b', '"role:b" stands where "and" or "or" should'],
    ['role:a and', 'it ends where a check should stand'],
    ['(role:a', 'there is a "(" without a ")"'],
    ['role:a)', 'there is a ")" without a "("'],
    ['member', '"member" is no check: there are role:, rule:'],
    ['http://example.org/x', 'is no check'],
    ['system_scope:all', 'is no check'],
    ['project_id:%(tenant)s', 'nothing has a %(tenant)s'],
    ['project_id:x%(project_id)s', 'must be a value or %(…)s as a whole'],
    ['role:%(role)s', 'must name a role'],
    [`${'('.repeat(60)}@${')'.repeat(60)}`, 'it nests more than 50 deep'],
    [`${'not '.repeat(60)}@`, 'it nests more than 50 deep'],
  ])('%p cannot be read, and says why', (text, reason) => {
    expect(() => parseRule(text)).toThrow(reason);
  });
});
