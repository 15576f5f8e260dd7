import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigInvalid } from '@jeroboam/platform';
import { callerOf } from '../auth/caller.ts';
import { ApiHarness } from '../testing/api-harness.ts';
import { policyOf } from './policy-file.ts';
import { STRICT_POLICY, allows } from './policy.ts';

describe('a policy file', () => {
  let directory: string;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'jeroboam-policy-'));
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  const fileWith = (text: string) => {
    const path = join(directory, 'policy.yaml');
    writeFileSync(path, text);
    return path;
  };
  const may = (text: string, rule: Parameters<typeof allows>[0], roles: readonly string[]) => allows(rule, callerOf('token', {
    userId: 'u1', projectId: 'p1', roles, userName: 'u1', userDomainId: 'default', projectName: 'p1', projectDomainId: 'default',
    expiresAt: '2099-01-01T00:00:00Z', catalog: [],
  }, policyOf(fileWith(text))));
  const problemsOf = (text: string): readonly string[] => {
    try {
      policyOf(fileWith(text));
    } catch (error) {
      if (!(error instanceof ConfigInvalid)) throw error;
      return error.problems.map(({ variable, problem }) => `${variable} ${problem}`.replace(directory, ''));
    }
    return [];
  };

  it('replaces the rules it names and no other', () => {
    const file = '"cluster:create": "role:operator"\n';
    expect(may(file, 'cluster:create', ['operator'])).toBe(true);
    expect(may(file, 'cluster:create', ['member'])).toBe(false);
    expect(may(file, 'cluster:delete', ['member'])).toBe(true);
  });

  it('moves every rule that leans on one it replaces', () => {
    expect(may('project_reader: "@"', 'cluster:get', [])).toBe(true);
    expect(may('project_reader: "@"', 'cluster:update', [])).toBe(false);
  });

  it('says who is an administrator', () => {
    const policy = policyOf(fileWith('context_is_admin: role:boss'));
    const boss = callerOf('token', {
      userId: 'u1', projectId: 'p1', roles: ['Boss'], userName: 'u1', userDomainId: 'default', projectName: 'p1',
      projectDomainId: 'default', expiresAt: '2099-01-01T00:00:00Z', catalog: [],
    }, policy);
    expect(boss.isAdmin).toBe(true);
    expect(allows('quota:get_all', boss)).toBe(true);
  });

  it('may bring rules of its own', () => {
    const file = 'operators: role:operator or rule:context_is_admin\n"quota:get_all": rule:operators\n';
    expect(may(file, 'quota:get_all', ['operator'])).toBe(true);
  });

  it('may be JSON, or empty', () => {
    expect(may('{"quota:get_all": "@"}', 'quota:get_all', [])).toBe(true);
    expect(may('# nothing to change\n', 'quota:get_all', ['member'])).toBe(false);
  });

  it('is refused with everything wrong in it', () => {
    const file = `
      "cluster:create": "role:a role:b"
      "cluster:get": "rule:nobody_home"
      "cluster:craete": "@"
      "quota:get": "rule:stats_too"
      stats_too: "rule:quota:get"
    `;
    expect(problemsOf(file)).toEqual([
      'JEROBOAM_POLICY_FILE /policy.yaml: cluster:create: "role:b" stands where "and" or "or" should',
      'JEROBOAM_POLICY_FILE /policy.yaml: cluster:craete: there is no such rule, and none that leans on it',
      'JEROBOAM_POLICY_FILE /policy.yaml: cluster:get: there is no rule nobody_home',
      'JEROBOAM_POLICY_FILE /policy.yaml: quota:get: it leans on itself',
      'JEROBOAM_POLICY_FILE /policy.yaml: stats_too: it leans on itself',
    ]);
  });

  it.each([
    ['"cluster:get": [role:a, role:b]\n"cluster:create": 1', ['cluster:get: a rule is a text', 'cluster:create: a rule is a text']],
    ['- role:a', ['it must be rule names with their texts']],
    ['"cluster:get": "@"\n"cluster:get": "!"', ['Map keys must be unique at line 2, column 1']],
    ['"cluster:get: "@"', [expect.stringContaining('at line 1')]],
  ])('is refused when it is no map of texts: %p', (text, reasons) => {
    const problems = problemsOf(text).map((problem) => problem.replace('JEROBOAM_POLICY_FILE /policy.yaml: ', ''));
    expect(problems.slice(0, reasons.length)).toEqual(reasons);
  });

  it('is refused when it is not there', () => {
    expect(() => policyOf(join(directory, 'none.yaml'))).toThrow(/JEROBOAM_POLICY_FILE .*none\.yaml: it cannot be read: ENOENT/);
  });

  it('stops the start of the API when it is wrong, and is what the API goes by when it is right', async () => {
    await expect(ApiHarness.open({ policyFile: fileWith('"cluster:craete": "@"') })).rejects.toThrow(ConfigInvalid);
    const api = await ApiHarness.open({ policyFile: fileWith('"quota:get_all": "@"') });
    expect((await api.call('GET /v1/quotas', { as: 'member' })).status).toBe(200);
    await api.close();
  });

  it('leaves the strict defaults alone where there is none', () => {
    expect(policyOf(undefined)).toBe(STRICT_POLICY);
  });
});
