import { createParamDecorator, Injectable } from '@nestjs/common';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { ApiError, UNAUTHORIZED } from '../http/api-error.ts';
import { isAllowed } from './access-rules.ts';
import type { AccessRule } from './delegations.ts';
import { TokenChecker } from './token-checker.ts';

/** Who makes a request, according to its token. */
export interface CallerIdentity {
  /** As it came; only ever compared. */
  readonly token: string;
  readonly userId: string;
  readonly projectId: string | null;
  /** What a Keystone elsewhere calls that project; addresses may have it. */
  readonly foreignProjectId?: string;
  /** Role names, implied ones included. */
  readonly roles: readonly string[];
  /** Got by a delegation, and may delegate nothing itself. */
  readonly restricted?: boolean;
  /** All that it may ask for; null: whatever the roles allow. */
  readonly accessRules?: readonly AccessRule[] | null;
}

interface RequestWithCaller extends FastifyRequest {
  caller?: CallerIdentity;
}

/** Lets only requests with a living token through. */
@Injectable()
export class TokenGuard implements CanActivate {
  constructor(private readonly tokens: TokenChecker) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<RequestWithCaller>();
    const token = request.headers['x-auth-token'];
    const caller = typeof token === 'string' && token !== '' ? await this.tokens.callerOf(token) : undefined;
    // As keystonemiddleware: a request that is in no access rule is one without a token.
    if (!caller || !isAllowed(caller, request)) throw new ApiError(401, UNAUTHORIZED);
    request.caller = caller;
    return true;
  }
}

/** The caller that `TokenGuard` found; only for handlers behind it. */
export const Caller = createParamDecorator((_: unknown, context: ExecutionContext): CallerIdentity => {
  const { caller } = context.switchToHttp().getRequest<RequestWithCaller>();
  if (!caller) throw new Error('this handler is not behind TokenGuard');
  return caller;
});

export function isAdmin(caller: CallerIdentity): boolean {
  return caller.roles.includes('admin');
}

/** @throws {ApiError} 403, worded as Keystone's policy does, naming the rule. */
export function allow(rule: string, allowed: boolean): void {
  if (!allowed) throw new ApiError(403, `You are not authorized to perform the requested action: identity:${rule}.`);
}
