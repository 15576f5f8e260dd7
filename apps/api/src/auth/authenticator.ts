import type { FastifyReply, FastifyRequest } from 'fastify';
import { isDomainError } from '@jeroboam/domain';
import type { KeystoneTokenValidator, TokenInfo } from '@jeroboam/openstack';
import type { Logger } from '@jeroboam/platform';
import type { Policy } from '../policy/policy.ts';
import { callerOf, demoCaller, type Caller } from './caller.ts';
import { nodeTokenIn } from './node-token.ts';

const UNAUTHORIZED = Buffer.from(JSON.stringify({
  error: { code: 401, title: 'Unauthorized', message: 'The request you have made requires authentication.' },
}));
// Keystone's own middleware answers in plain text, and with these spaces.
const KEYSTONE_AWAY = Buffer.from(
  '503 Service Unavailable\n\nThe server is currently unavailable. Please try again at a later time.\n\n'
  + ' The Keystone service is temporarily unavailable.  ',
);

/** `[keystone_authtoken] service_token_roles` in OpenStack. */
const SERVICE_ROLE = 'service';

export interface AuthenticatorOptions {
  /** `none`: everybody is the demo user, but only from this host. */
  readonly keystone: KeystoneTokenValidator | 'none';
  /** Where a client without a token is sent to get one. */
  readonly wwwAuthenticateUri: string;
  readonly logger: Logger;
  /** What callers may do. */
  readonly policy: Policy;
}

/**
 * Tells who sent a request. Where it cannot, it answers itself, in the shapes of Keystone's middleware (contract
 * section 3.1), which are not Magnum's.
 */
export class Authenticator {
  constructor(private readonly options: AuthenticatorOptions) {}

  /** @param proceed called with the caller, and not at all when the request has been answered. */
  authenticate(request: FastifyRequest, reply: FastifyReply, proceed: (caller: Caller) => void): void {
    const { keystone, policy } = this.options;
    // Of no use where it has come to here, and no business of Keystone's.
    if (nodeTokenIn(request) !== undefined) return this.refuse(reply);
    if (keystone === 'none') return isFromThisHost(request) ? proceed(demoCaller(policy)) : this.refuse(reply);
    const token = request.headers['x-auth-token'];
    if (typeof token !== 'string' || token === '') return this.refuse(reply);
    const serviceToken = request.headers['x-service-token'];
    const validated = serviceToken === undefined ? keystone.validate(token) : validatedForService(keystone, token, serviceToken);
    validated.then(
      (info) => (info === 'invalid' ? this.refuse(reply) : proceed(callerOf(token, info, policy))),
      (error: unknown) => this.keystoneAway(reply, error),
    );
  }

  private refuse(reply: FastifyReply): void {
    const headers = { 'www-authenticate': `Keystone uri="${this.options.wwwAuthenticateUri}"`, 'content-type': 'application/json' };
    void reply.code(401).headers(headers).send(UNAUTHORIZED);
  }

  private keystoneAway(reply: FastifyReply, error: unknown): void {
    if (!isDomainError(error) || error.kind !== 'unavailable') return void reply.send(error);
    this.options.logger.warn('token could not be validated', { error });
    void reply.code(503).headers({ 'retry-after': '1', 'content-type': 'text/plain' }).send(KEYSTONE_AWAY);
  }
}

/** A service that speaks for a user says who it is; then the user's token may have expired meanwhile. */
async function validatedForService(keystone: KeystoneTokenValidator, token: string, serviceToken: string | readonly string[]): Promise<TokenInfo | 'invalid'> {
  const service = typeof serviceToken === 'string' ? await keystone.validate(serviceToken) : 'invalid';
  return service === 'invalid' ? 'invalid' : keystone.validate(token, { allowExpired: service.roles.includes(SERVICE_ROLE) });
}

function isFromThisHost(request: FastifyRequest): boolean {
  const address = request.socket.remoteAddress ?? '';
  return address === '::1' || /^(?:::ffff:)?127\./.test(address);
}
