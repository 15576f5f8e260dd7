import { Secret } from '@jeroboam/platform';
import type { CloudSession } from '../session/cloud-session.port.ts';
import { probeAccessRules } from './probe-access-rules.ts';
import type { CredentialIntent, PurposeCredentials } from './purpose-credentials.ts';

const PROBE = { service: 'network', allowedPath: '/networks', otherPath: '/ports', roles: ['member'] } as const;

/** A service that gives these statuses to the two paths, and credentials that are counted. */
function aService(statuses: Readonly<Record<string, number>>) {
  const living: string[] = [];
  const credentials: PurposeCredentials = {
    mint: async ({ name, purpose, roles }: CredentialIntent) => {
      living.push(name);
      return { id: name, name, purpose, roles, secret: new Secret('hush'), expiresAt: null, fingerprint: '', accessRulesHash: '' };
    },
    list: async () => [],
    revoke: async (id) => void living.splice(living.indexOf(id), 1),
  };
  let closed = false;
  const session: CloudSession = {
    identity: () => Promise.reject(new Error('not asked for')),
    request: async ({ path }) => {
      const status = statuses[path];
      if (status === undefined) throw new Error('lost');
      return { status, headers: {}, body: '' };
    },
    close: () => void (closed = true),
  };
  return { credentials, open: () => session, living, isClosed: () => closed };
}

describe('probeAccessRules', () => {
  it.each([
    ['enforced', { '/networks': 200, '/ports': 401 }], ['enforced', { '/networks': 200, '/ports': 403 }],
    ['refused', { '/networks': 401, '/ports': 401 }], ['ignored', { '/networks': 200, '/ports': 200 }],
  ])('finds them %s where the service answers %j', async (support, statuses) => {
    const { credentials, open, living, isClosed } = aService(statuses);
    expect(await probeAccessRules(PROBE, credentials, open)).toBe(support);
    expect({ living, closed: isClosed() }).toEqual({ living: [], closed: true });
  });

  it('takes its credential away when the service gives no answer', async () => {
    const { credentials, open, living, isClosed } = aService({});
    await expect(probeAccessRules(PROBE, credentials, open)).rejects.toThrow('lost');
    expect({ living, closed: isClosed() }).toEqual({ living: [], closed: true });
  });
});
