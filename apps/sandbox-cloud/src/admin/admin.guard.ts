import { Injectable } from '@nestjs/common';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { ApiError, UNAUTHORIZED } from '../http/api-error.ts';
import { isAdmin } from '../identity/caller.ts';
import { TokenChecker } from '../identity/token-checker.ts';

/** Lets only administrators through. */
@Injectable()
export class AdminGuard implements CanActivate {
  constructor(private readonly tokens: TokenChecker) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const token = context.switchToHttp().getRequest<FastifyRequest>().headers['x-auth-token'];
    const caller = typeof token === 'string' && token !== '' ? await this.tokens.callerOf(token) : undefined;
    if (!caller) throw new ApiError(401, UNAUTHORIZED);
    if (!isAdmin(caller)) throw new ApiError(403, 'Only administrators may look behind the sandbox.');
    return true;
  }
}
