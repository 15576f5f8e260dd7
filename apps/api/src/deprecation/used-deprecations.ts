import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { SYSTEM_ACTOR } from '@jeroboam/domain';
import type { Logger } from '@jeroboam/platform';
import { projectOf } from '../auth/caller.ts';
import { baseUrlOf } from '../wire/links.ts';
import { parseJson } from '../wire/parse-json.ts';
import type { WireContext } from '../wire/wire-route.ts';
import { MalformedLiteral, parsePythonLiteral } from '../wire/python-literal.ts';
import { isObject, type Json } from '../wire/python-values.ts';
import type { DeprecatedUses } from './deprecated-uses.ts';
import type { DeprecationRegistry } from './deprecation-registry.ts';
import { deprecationHeaders, type Deprecation } from './deprecations.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Deprecated things that this request turned out to use; see `deprecationsOf`. */
    deprecations: Deprecation[] | undefined;
  }
}

export interface Announcing {
  readonly registry: DeprecationRegistry;
  readonly uses: DeprecatedUses;
  readonly publicUrl: string | undefined;
}

/** Where handlers put what a request uses. */
export function deprecationsOf(request: FastifyRequest): Deprecation[] {
  return (request.deprecations ??= []);
}

/**
 * Has every answer say which deprecated things its request used, and counts them: a deprecated route whatever the
 * answer, everything else where the request was accepted: also the version it was made in. Fields and labels are found here, in the bodies of whatever
 * takes some; what is made of a request (its COE, its driver) is put on it by who makes it.
 */
export function announceDeprecations(instance: FastifyInstance, announcing: Announcing): void {
  const { registry, uses, publicUrl } = announcing;
  const looksIntoBodies = registry.entries.some(({ kind }) => kind === 'field' || kind === 'label');
  instance.decorateRequest('deprecations', undefined);
  instance.addHook('onSend', (request, reply, payload, done) => {
    const found = looksIntoBodies && changes(request, reply) ? inBody(request, registry) : [];
    const all = [...(request.deprecations ?? []), ...versionOf(request, registry), ...found];
    const used = [...new Set(all)].filter(({ kind }) => kind === 'endpoint' || reply.statusCode < 400);
    if (used.length > 0) {
      reply.headers(deprecationHeaders(used, baseUrlOf(request, publicUrl)));
      const client = clientOf(request.headers['user-agent']);
      for (const { feature } of used) uses.count(feature, projectOf(request.wire.caller), client);
    }
    done(null, payload);
  });
}

/** Who takes no part in the choice of a version uses none, nor who is refused before there is one. */
function versionOf(request: FastifyRequest, registry: DeprecationRegistry): readonly Deprecation[] {
  const agreed = request.wire as WireContext | undefined;
  return agreed === undefined || request.routeOptions.config.wire?.unversioned ? [] : registry.forVersion(agreed.minor);
}

function changes(request: FastifyRequest, reply: FastifyReply): boolean {
  return reply.statusCode < 300 && (request.method === 'POST' || request.method === 'PATCH');
}

/** As which what is set for a process is counted: no client asked for it. */
const SETTINGS_OF = 'jeroboam';

/** Counts the deprecated settings of this process, and tells its operator. */
export function announceSettings(variables: readonly string[], { registry, uses }: Announcing, logger: Logger): void {
  for (const { feature, name, sunset, replacement, doc } of registry.forSettings(variables)) {
    uses.count(feature, SYSTEM_ACTOR.projectId, SETTINGS_OF);
    logger.warn('a deprecated setting is in use', { setting: name, sunset, replacement, doc });
  }
}

/** The name of the first product (RFC 9110), without its version: few enough to count by. */
export function clientOf(userAgent: string | undefined): string {
  return /^[\w!#$%&'*+.^`|~-]{1,64}(?=$|[/\s])/.exec(userAgent ?? '')?.[0] ?? 'unknown';
}

/** An accepted body has been read before, so that it can be read. */
function inBody(request: FastifyRequest, registry: DeprecationRegistry): readonly Deprecation[] {
  const body = request.body instanceof Uint8Array && request.body.length > 0 ? parseJson(request.body) : undefined;
  const { fields, labels } = Array.isArray(body) ? ofPatch(body) : ofObject(body);
  return [...registry.forFields(resourceOf(request.routeOptions.url), fields), ...registry.forLabels(labels)];
}

/** The last part of a route that is no place holder: `nodegroups` of `/v1/clusters/:ident/nodegroups`. */
function resourceOf(route: string | undefined): string {
  return (route ?? '').split('/').findLast((part) => part !== '' && !part.startsWith(':')) ?? '';
}

interface Sent {
  readonly fields: readonly string[];
  readonly labels: readonly string[];
}

function ofObject(body: Json | undefined): Sent {
  if (!isObject(body)) return { fields: [], labels: [] };
  const { labels } = body;
  return { fields: Object.keys(body).filter((name) => body[name] !== null), labels: isObject(labels) ? Object.keys(labels) : [] };
}

/** What a JSON patch sets; taking away is no use. */
function ofPatch(patch: readonly Json[]): Sent {
  const set = patch.filter(isObject).filter(({ op }) => op !== 'remove');
  const paths = set.map(({ path }) => (typeof path === 'string' ? path.split('/').slice(1) : []));
  const whole = set.filter(({ path }) => path === '/labels').map(({ value }) => labelsIn(value));
  return {
    fields: paths.map(([field = '']) => field),
    labels: [...paths.flatMap(([field, label]) => (field === 'labels' && label !== undefined ? [label] : [])), ...whole.flat()],
  };
}

/** In a patch all labels together are a text that holds a Python literal. */
function labelsIn(value: Json | undefined): readonly string[] {
  if (typeof value !== 'string') return [];
  try {
    const labels = parsePythonLiteral(value);
    return isObject(labels) ? Object.keys(labels) : [];
  } catch (error) {
    if (error instanceof MalformedLiteral) return [];
    throw error;
  }
}
