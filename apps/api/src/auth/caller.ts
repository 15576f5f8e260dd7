import type { Actor } from '@jeroboam/domain';
import type { TokenInfo } from '@jeroboam/openstack';
import { STRICT_POLICY, type Policy } from '../policy/policy.ts';

/** Whoever sent a request, as Keystone knows them. */
export interface Caller {
  readonly userId: string;
  /** Null for a token without a project. */
  readonly projectId: string | null;
  /** Lower case: OpenStack's policies do not tell cases apart. */
  readonly roles: readonly string[];
  /** By the rule `context_is_admin`. */
  readonly isAdmin: boolean;
  readonly userDomainId: string | null;
  readonly projectDomainId: string | null;
  /** What the service that let the caller in goes by. */
  readonly policy: Policy;
  /** For look-ups in the cloud on the caller's behalf. Goes into no event, no log and no answer. */
  readonly token: string;
  readonly info: TokenInfo;
}

const known = new WeakMap<TokenInfo, Caller>();

export function callerOf(token: string, info: TokenInfo, policy: Policy = STRICT_POLICY): Caller {
  const seen = known.get(info);
  if (seen?.token === token && seen.policy === policy) return seen;
  const roles = info.roles.map((role) => role.toLowerCase());
  const { userId, projectId, userDomainId, projectDomainId } = info;
  const asking = { userId, projectId, roles, userDomainId, projectDomainId };
  const caller: Caller = { ...asking, isAdmin: policy.allows('context_is_admin', asking, asking), token, info, policy };
  known.set(info, caller);
  return caller;
}

/** As events name the caller. Without a project the user stands in for it, as in Magnum's filters. */
export function actorOf(caller: Caller): Actor {
  return { userId: caller.userId, projectId: projectOf(caller), roles: caller.roles };
}

/** Whose bays a caller without the role `admin` sees. */
export function projectOf(caller: Caller): string {
  return caller.projectId ?? caller.userId;
}

/** The one caller there is when authentication is switched off. */
export function demoCaller(policy: Policy): Caller {
  return callerOf('', DEMO, policy);
}

const DEMO: TokenInfo = {
  userId: 'demo', userName: 'demo', userDomainId: 'default', projectId: 'demo', projectName: 'demo', projectDomainId: 'default',
  roles: ['admin', 'member', 'reader'], expiresAt: '9999-12-31T23:59:59.000000Z', catalog: [],
};
