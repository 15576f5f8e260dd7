import { DomainError } from '@jeroboam/domain';
import type { Caller } from '../auth/caller.ts';

/** Whose the thing is that is acted on. */
export interface Target {
  readonly projectId: string | null;
  readonly userId: string;
}

type Rule = (caller: Caller, target: Target) => boolean;

const admin: Rule = ({ isAdmin }) => isAdmin;
const inProject = (role: string): Rule => ({ roles, projectId }, target) => roles.includes(
  role,
) && projectId !== null && projectId === target.projectId;
const sameUser: Rule = ({ userId }, target) => userId === target.userId;
const either = (one: Rule, other: Rule): Rule => (caller, target) => one(caller, target) || other(caller, target);
const both = (one: Rule, other: Rule): Rule => (caller, target) => one(caller, target) && other(caller, target);

const memberOrAdmin = either(admin, inProject('member'));
const readerOrAdmin = either(admin, inProject('reader'));

/** Magnum's strict defaults, under Magnum's names: contract section 6.3. `operation:*` is ours. */
export const POLICY = {
  'cluster:create': memberOrAdmin,
  'cluster:get_all': readerOrAdmin,
  'cluster:detail': readerOrAdmin,
  'cluster:get': readerOrAdmin,
  'cluster:update': memberOrAdmin,
  'cluster:resize': memberOrAdmin,
  'cluster:delete': memberOrAdmin,
  'clustertemplate:create': memberOrAdmin,
  'clustertemplate:get_all': readerOrAdmin,
  'clustertemplate:detail': readerOrAdmin,
  'clustertemplate:get': readerOrAdmin,
  'clustertemplate:update': memberOrAdmin,
  'clustertemplate:delete': memberOrAdmin,
  'clustertemplate:publish': admin,
  // The old names of clusters and cluster templates.
  'bay:create': memberOrAdmin,
  'bay:get_all': readerOrAdmin,
  'bay:detail': readerOrAdmin,
  'bay:get': readerOrAdmin,
  'bay:update': memberOrAdmin,
  'bay:delete': memberOrAdmin,
  'baymodel:create': memberOrAdmin,
  'baymodel:get_all': readerOrAdmin,
  'baymodel:detail': readerOrAdmin,
  'baymodel:get': readerOrAdmin,
  'baymodel:update': memberOrAdmin,
  'baymodel:delete': memberOrAdmin,
  // Per user, not per project: a certificate makes its owner an administrator of the bay.
  'certificate:get': either(admin, both(inProject('reader'), sameUser)),
  'certificate:create': either(admin, both(inProject('member'), sameUser)),
  'operation:get': readerOrAdmin,
  'quota:get': readerOrAdmin,
  'quota:get_all': admin,
  'quota:create': admin,
  'quota:update': admin,
  'quota:delete': admin,
  'stats:get_all': readerOrAdmin,
  'magnum-service:get_all': admin,
  // Without a way past for administrators.
  'federation:create': inProject('member'),
  'federation:get_all': inProject('reader'),
  'federation:detail': inProject('reader'),
} as const satisfies Record<string, Rule>;

export type PolicyRule = keyof typeof POLICY;

export class PolicyNotAuthorized extends DomainError {
  readonly code = 'POLICY_NOT_AUTHORIZED';
  readonly kind = 'forbidden';
  constructor(rule: PolicyRule) {
    super(`Policy doesn't allow ${rule} to be performed.`, { rule });
  }
}

/** @param target absent: what the caller would own. */
export function allows(rule: PolicyRule, caller: Caller, target: Target = caller): boolean {
  return POLICY[rule](caller, target);
}

/** @throws {PolicyNotAuthorized} */
export function enforce(rule: PolicyRule, caller: Caller, target: Target = caller): void {
  if (!allows(rule, caller, target)) throw new PolicyNotAuthorized(rule);
}
