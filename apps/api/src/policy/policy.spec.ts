import { callerOf } from '../auth/caller.ts';
import { DEFAULT_RULES } from './policy-defaults.ts';
import { allows, enforce, type PolicyRule } from './policy.ts';

const caller = (userId: string, projectId: string | null, roles: readonly string[]) => callerOf('token', {
  userId, projectId, roles, userName: userId, userDomainId: 'default', projectName: projectId, projectDomainId: 'default',
  expiresAt: '2099-01-01T00:00:00Z', catalog: [],
});

const WHO = {
  owner: caller('u1', 'p1', ['member', 'reader']),
  colleague: caller('u5', 'p1', ['member', 'reader']),
  reader: caller('u1', 'p1', ['reader']),
  memberOnly: caller('u1', 'p1', ['member']),
  noRole: caller('u1', 'p1', []),
  stranger: caller('u6', 'p2', ['member', 'reader']),
  admin: caller('u7', 'p9', ['Admin']),
  unscoped: caller('u1', null, ['member', 'reader']),
};
type Who = keyof typeof WHO;

const WRITES: readonly Who[] = ['owner', 'colleague', 'memberOnly', 'admin'];
const READS: readonly Who[] = ['owner', 'colleague', 'reader', 'admin'];
/** These rules look at roles alone. */
const ANYBODY: readonly Who[] = [...READS, 'memberOnly', 'stranger', 'unscoped'];

/** Who may do it to a thing of user u1 in project p1: contract section 6.3, the matrix of strict defaults. */
const MATRIX: Readonly<Record<PolicyRule, readonly Who[]>> = {
  'cluster:create': WRITES,
  'cluster:get_all': READS,
  'cluster:detail': READS,
  'cluster:get': READS,
  'cluster:update': WRITES,
  'cluster:update_health_status': ['owner', 'memberOnly', 'admin'],
  'cluster:resize': WRITES,
  'cluster:upgrade': WRITES,
  'cluster:delete': WRITES,
  'nodegroup:get_all': READS,
  'nodegroup:get': READS,
  'nodegroup:create': WRITES,
  'nodegroup:update': WRITES,
  'nodegroup:delete': WRITES,
  'clustertemplate:create': WRITES,
  'clustertemplate:get_all': READS,
  'clustertemplate:detail': READS,
  'clustertemplate:get': READS,
  'clustertemplate:update': WRITES,
  'clustertemplate:delete': WRITES,
  'clustertemplate:publish': ['admin'],
  'bay:create': WRITES,
  'bay:get_all': READS,
  'bay:detail': READS,
  'bay:get': READS,
  'bay:update': WRITES,
  'bay:delete': WRITES,
  'baymodel:create': WRITES,
  'baymodel:get_all': READS,
  'baymodel:detail': READS,
  'baymodel:get': READS,
  'baymodel:update': WRITES,
  'baymodel:delete': WRITES,
  'certificate:get': ['owner', 'reader', 'admin'],
  'certificate:create': ['owner', 'memberOnly', 'admin'],
  'certificate:rotate_ca': WRITES,
  'credential:rotate': ['owner', 'colleague', 'memberOnly'],
  'operation:get': READS,
  'quota:get': READS,
  'quota:get_all': ['admin'],
  'quota:create': ['admin'],
  'quota:update': ['admin'],
  'quota:delete': ['admin'],
  'stats:get_all': READS,
  'usage:get': READS,
  'magnum-service:get_all': ['admin'],
  'event:get': ANYBODY,
  'driver:get': ANYBODY,
  'driver:update': ['admin'],
  'extension:get': ANYBODY,
  'extension:read': READS,
  'extension:run': WRITES,
  'deprecation:get': READS,
  'deprecation:get_all': ['admin'],
  'federation:create': ['owner', 'colleague', 'memberOnly'],
  'federation:get_all': ['owner', 'colleague', 'reader'],
  'federation:detail': ['owner', 'colleague', 'reader'],
};

const TARGET = { projectId: 'p1', userId: 'u1' };
const cases = Object.keys(DEFAULT_RULES).flatMap((rule) => (Object.keys(WHO) as Who[]).map((who) => [
  rule as PolicyRule, who, MATRIX[rule as PolicyRule].includes(who),
] as const));

describe('the policy', () => {
  it.each(cases)('on %s for %s in project p1 says %p', (rule, who, allowed) => {
    expect(allows(rule, WHO[who], TARGET)).toBe(allowed);
  });

  it('says which rule stands in the way', () => {
    expect(() => enforce('cluster:create', WHO.reader)).toThrow("Policy doesn't allow cluster:create to be performed.");
  });

  it('takes what the caller would own where nothing is there yet', () => {
    expect(allows('cluster:create', WHO.stranger)).toBe(true);
    expect(allows('cluster:create', WHO.unscoped)).toBe(false);
  });
});
