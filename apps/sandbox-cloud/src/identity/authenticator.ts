import { hash, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Cloud, DOMAIN } from '../cloud/cloud.ts';
import type { Project, User } from '../cloud/cloud.ts';
import { ApiError, UNAUTHORIZED } from '../http/api-error.ts';
import type { AuthRequest, Reference } from './auth-request.ts';
import { TokenStore } from './token-store.ts';
import type { TokenRecord } from './token-store.ts';

/** Turns a log-in into a token. */
@Injectable()
export class Authenticator {
  constructor(
    private readonly cloud: Cloud,
    private readonly tokens: TokenStore,
  ) {}

  /** @throws {ApiError} 401, which says nothing of what was wrong. */
  logIn(request: AuthRequest): { readonly token: string; readonly record: TokenRecord } {
    if (request.methods.some((method) => method !== 'password' && method !== 'token')) {
      throw new ApiError(401, 'Attempted to authenticate with an unsupported method.');
    }
    const parent = request.methods.includes('token') ? this.parentOf(request) : undefined;
    const user = request.methods.includes('password') ? this.userOf(request) : undefined;
    const userId = user?.id ?? parent?.userId;
    // With both methods both must mean the same user.
    if (userId === undefined || (parent && parent.userId !== userId)) throw refused();
    return this.tokens.issue({ userId, projectId: this.scopeOf(request, userId), methods: request.methods, ...(parent && { parent }) });
  }

  private parentOf(request: AuthRequest): TokenRecord {
    const record = request.token === undefined ? undefined : this.tokens.find(request.token);
    if (!record) throw refused();
    return record;
  }

  private userOf(request: AuthRequest): User {
    const { user, password } = request.password!;
    const found = this.cloud.users.find((candidate) => matches(candidate, user));
    // Also an unknown user's password is compared, so that the time taken does not tell which users there are.
    const right = sameText(password, found?.password ?? '');
    if (!found || !right) throw refused();
    return found;
  }

  private scopeOf({ scope }: AuthRequest, userId: string): string | null {
    if (scope === 'unscoped') return null;
    if (scope === 'unsupported') throw refused();
    const project = this.cloud.projects.find((candidate: Project) => matches(candidate, scope.project));
    if (!project || this.cloud.rolesOf(userId, project.id).length === 0) throw refused();
    return project.id;
  }
}

function matches(thing: { readonly id: string; readonly name: string }, reference: Reference): boolean {
  if (reference.id !== undefined) return reference.id === thing.id;
  return reference.name === thing.name && (reference.domain?.id === DOMAIN.id || reference.domain?.name === DOMAIN.name);
}

function sameText(one: string, other: string): boolean {
  return timingSafeEqual(hash('sha256', one, 'buffer'), hash('sha256', other, 'buffer'));
}

function refused(): ApiError {
  return new ApiError(401, UNAUTHORIZED);
}
