import type { Actor } from '@jeroboam/domain';
import type { TokenInfo } from '@jeroboam/openstack';

/** Whoever sent a request, as Keystone knows them. */
export interface Caller {
  readonly userId: string;
  /** Null for a token without a project. */
  readonly projectId: string | null;
  /** Lower case: OpenStack's policies do not tell cases apart. */
  readonly roles: readonly string[];
  readonly isAdmin: boolean;
  /** For look-ups in the cloud on the caller's behalf. Goes into no event, no log and no answer. */
  readonly token: string;
  readonly info: TokenInfo;
}

const known = new WeakMap<TokenInfo, Caller>();

export function callerOf(token: string, info: TokenInfo): Caller {
  const seen = known.get(info);
  if (seen?.token === token) return seen;
  const roles = info.roles.map((role) => role.toLowerCase());
  const caller: Caller = { userId: info.userId, projectId: info.projectId, roles, isAdmin: roles.includes('admin'), token, info };
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
export const DEMO_CALLER: Caller = callerOf('', {
  userId: 'demo', userName: 'demo', userDomainId: 'default', projectId: 'demo', projectName: 'demo', projectDomainId: 'default',
  roles: ['admin', 'member', 'reader'], expiresAt: '9999-12-31T23:59:59.000000Z', catalog: [],
});
