import { z } from 'zod';
import { ApiError, expecting } from '../http/api-error.ts';

const text = z.string().max(1_000);
const domain = z.object({ id: text.optional(), name: text.optional() });

/** One of the things Keystone numbers, by id, or by name within a domain. */
const reference = z.object({ id: text.optional(), name: text.optional(), domain: domain.optional() });

const schema = z.object({
  auth: z.object({
    identity: z.object({
      methods: z.array(text).min(1).max(10),
      password: z.object({ user: reference.extend({ password: text }) }).optional(),
      token: z.object({ id: text }).optional(),
      application_credential: z.object({ id: text, secret: text }).optional(),
    }),
    scope: z.union([
      z.literal('unscoped'),
      z.object({
        unscoped: z.unknown().optional(),
        project: reference.optional(),
        domain: domain.optional(),
        system: z.unknown().optional(),
        'OS-TRUST:trust': z.object({ id: text }).optional(),
      }),
    ]).optional(),
  }),
});

export type Reference = z.infer<typeof reference>;

export type ScopeRequest =
  | 'unscoped' | 'system'
  | { readonly project: Reference } | { readonly domain: z.infer<typeof domain> } | { readonly trust: string };

/** A log-in as `POST /v3/auth/tokens` takes it. */
export interface AuthRequest {
  readonly methods: readonly string[];
  readonly password?: { readonly user: Reference; readonly password: string };
  readonly token?: string;
  readonly applicationCredential?: { readonly id: string; readonly secret: string };
  readonly scope: ScopeRequest;
}

/** @throws {ApiError} 400 naming the first thing that is wrong. */
export function parseAuthRequest(body: unknown): AuthRequest {
  const parsed = schema.safeParse(body);
  if (!parsed.success) throw malformed(parsed.error.issues[0]!.path.join('.'));
  const { identity, scope } = parsed.data.auth;
  for (const method of ['password', 'token', 'application_credential'] as const) {
    if (identity.methods.includes(method) && !identity[method]) throw malformed(`auth.identity.${method}`);
  }
  return {
    methods: identity.methods,
    ...(identity.password && { password: { user: identity.password.user, password: identity.password.user.password } }),
    ...(identity.token && { token: identity.token.id }),
    ...(identity.application_credential && { applicationCredential: identity.application_credential }),
    scope: scopeOf(scope),
  };
}

function scopeOf(scope: z.infer<typeof schema>['auth']['scope']): ScopeRequest {
  if (scope === undefined || scope === 'unscoped') return 'unscoped';
  const { project, domain: inDomain, system, 'OS-TRUST:trust': trust } = scope;
  if (project) return { project };
  if (trust) return { trust: trust.id };
  if (inDomain) return { domain: inDomain };
  return system === undefined ? 'unscoped' : 'system';
}

function malformed(path: string): ApiError {
  return new ApiError(400, expecting(path === '' ? 'an object' : path));
}
