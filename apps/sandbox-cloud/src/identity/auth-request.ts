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
    }),
    scope: z.union([
      z.literal('unscoped'),
      z.object({
        unscoped: z.unknown().optional(),
        project: reference.optional(),
        domain: z.unknown().optional(),
        system: z.unknown().optional(),
        'OS-TRUST:trust': z.unknown().optional(),
      }),
    ]).optional(),
  }),
});

export type Reference = z.infer<typeof reference>;

/** A log-in as `POST /v3/auth/tokens` takes it. */
export interface AuthRequest {
  readonly methods: readonly string[];
  readonly password?: { readonly user: Reference; readonly password: string };
  readonly token?: string;
  /** `unsupported` for a domain, the system or a trust, in none of which anybody has a role here. */
  readonly scope: 'unscoped' | 'unsupported' | { readonly project: Reference };
}

/** @throws {ApiError} 400 naming the first thing that is wrong. */
export function parseAuthRequest(body: unknown): AuthRequest {
  const parsed = schema.safeParse(body);
  if (!parsed.success) throw malformed(parsed.error.issues[0]!.path.join('.'));
  const { identity, scope } = parsed.data.auth;
  for (const method of ['password', 'token'] as const) {
    if (identity.methods.includes(method) && !identity[method]) throw malformed(`auth.identity.${method}`);
  }
  return {
    methods: identity.methods,
    ...(identity.password && { password: { user: identity.password.user, password: identity.password.user.password } }),
    ...(identity.token && { token: identity.token.id }),
    scope: scopeOf(scope),
  };
}

function scopeOf(scope: z.infer<typeof schema>['auth']['scope']): AuthRequest['scope'] {
  if (scope === undefined || scope === 'unscoped') return 'unscoped';
  if (scope.project) return { project: scope.project };
  return scope.unscoped === undefined ? 'unsupported' : 'unscoped';
}

function malformed(path: string): ApiError {
  return new ApiError(400, expecting(path === '' ? 'an object' : path));
}
