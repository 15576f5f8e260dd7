import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { RoutingError } from '@jeroboam/platform';
import type { Authenticator } from '../auth/authenticator.ts';
import { nodeTokenIn } from '../auth/node-token.ts';
import { demoCaller, type Caller } from '../auth/caller.ts';
import { STRICT_POLICY } from '../policy/policy.ts';
import { JSON_ONLY, accepts } from './accept.ts';
import { negotiate } from './microversion.ts';
import type { WireRoute } from './wire-route.ts';

const PLAIN: WireRoute = {};

/** None of the types that the client takes can be answered with: contract section 2. */
export class ContentNotAcceptable extends Error {
  readonly status = 406;
  constructor(readonly requestId: string) {
    super('the client takes nothing that could be answered with');
  }
}

/**
 * Puts Magnum's order of checks before every handler of `instance`: who asks, in which version, is there such an
 * operation in it, and does the client take the answer. Bodies stay bytes; a handler reads its own when its turn comes.
 *
 * @param lowestMinor the lowest minor version that is served now.
 */
export function installWire(instance: FastifyInstance, authenticator: Authenticator, lowestMinor: () => number): void {
  instance.removeAllContentTypeParsers();
  instance.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  instance.decorateRequest('wire');
  instance.addHook('onRequest', (request, reply, done) => {
    forgetTypeOfNothing(request);
    const route = request.is404 ? PLAIN : (request.routeOptions.config.wire ?? PLAIN);
    const proceed = (caller: Caller) => {
      try {
        admit(request, reply, { route, caller, lowest: lowestMinor() });
      } catch (refusal) {
        return done(refusal as Error);
      }
      done();
    };
    // A public route has no caller, and a node is none; both get one without rights, should a handler ask after all.
    if (route.public || (route.nodes && nodeTokenIn(request) !== undefined)) proceed(NOBODY);
    else authenticator.authenticate(request, reply, proceed);
  });
}

/** Where no body comes, its type counts for nothing, be it no type at all: Fastify would refuse that first. */
function forgetTypeOfNothing({ raw: { headers } }: FastifyRequest): void {
  const length = headers['content-length'];
  if (headers['transfer-encoding'] === undefined && (length === undefined || length === '0')) delete headers['content-type'];
}

const NOBODY: Caller = { ...demoCaller(STRICT_POLICY), userId: '', projectId: null, roles: [], isAdmin: false };

interface Admission {
  readonly route: WireRoute;
  readonly caller: Caller;
  readonly lowest: number;
}

function admit(request: FastifyRequest, reply: FastifyReply, { route, caller, lowest }: Admission): void {
  if (route.unversioned) {
    request.wire = { minor: 1, caller };
    return;
  }
  const { minor, headers } = negotiate(request.headers['openstack-api-version'] as string | undefined, lowest);
  // Unknown path or wrong verb: answered next, and after an unreadable version.
  if (request.is404) return;
  if (route.since !== undefined && minor < route.since) {
    throw new RoutingError(
      406, `Version 1.${minor} was requested but the requested API ${route.handler ?? ''} is not supported for this version.`,
    );
  }
  if (!accepts(request.headers.accept, route.produces ?? JSON_ONLY)) throw new ContentNotAcceptable(request.id);
  request.wire = { minor, caller };
  // Only now: Magnum's refusals of what came before carry no version.
  reply.headers(headers);
}
