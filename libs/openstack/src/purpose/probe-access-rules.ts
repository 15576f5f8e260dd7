import type { CloudService } from '../errors.ts';
import type { CloudSession } from '../session/cloud-session.port.ts';
import type { CloudCredentials } from '../session/credentials.ts';
import type { AccessRule, PurposeCredentials } from './purpose-credentials.ts';

/**
 * What a service does with a credential that has access rules. `enforced`: it does what they allow and nothing else.
 * `refused`: it lets no such credential in, as keystonemiddleware does until it is told its `service_type`. `ignored`: it
 * does whatever the roles allow.
 */
export type AccessRuleSupport = 'enforced' | 'refused' | 'ignored';

export interface AccessRuleProbe {
  readonly service: CloudService;
  /** Two paths below the service's address that a member may GET: one that the probe allows itself, and one that it does not. */
  readonly allowedPath: string;
  readonly otherPath: string;
  readonly roles: readonly string[];
}

/** Of the same name each time, so that one which was cut off is cleared up by the next. */
const NAME = 'jeroboam-access-rule-probe';
const LIFETIME_MS = 600_000;

/**
 * Finds out by trying, with a credential made for that and taken away again.
 *
 * @param open a session at the same cloud; closed here.
 * @throws what `PurposeCredentials` and `CloudSession` throw.
 */
export async function probeAccessRules(
  probe: AccessRuleProbe, credentials: PurposeCredentials, open: (credentials: CloudCredentials) => CloudSession,
  now: () => number = Date.now,
): Promise<AccessRuleSupport> {
  const accessRules: readonly AccessRule[] = [{ service: probe.service, method: 'GET', path: `/**${probe.allowedPath}` }];
  const minted = await credentials.mint({
    name: `${NAME}-${probe.service}`, purpose: 'control', roles: probe.roles, accessRules, expiresAt: new Date(now() + LIFETIME_MS),
  });
  const session = open({ kind: 'application-credential', id: minted.id, secret: minted.secret });
  const letsIn = async (path: string) => {
    const { status } = await session.request({ service: probe.service, method: 'GET', path });
    return status !== 401 && status !== 403;
  };
  try {
    if (await letsIn(probe.otherPath)) return 'ignored';
    return (await letsIn(probe.allowedPath)) ? 'enforced' : 'refused';
  } finally {
    session.close();
    await credentials.revoke(minted.id, accessRules);
  }
}
