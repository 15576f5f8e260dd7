import { timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DOMAIN } from '../cloud/cloud.ts';
import type { Named } from '../cloud/cloud.ts';
import { ApiError, UNAUTHORIZED } from '../http/api-error.ts';
import type { AuthRequest, Reference } from './auth-request.ts';
import { Delegations } from './delegations.ts';
import { DOMAINS, Principals, hashOf } from './principals.ts';
import type { Principal } from './principals.ts';
import { TokenStore } from './token-store.ts';
import type { TokenRecord, TokenScope } from './token-store.ts';

const METHODS = new Set(['password', 'token', 'application_credential']);

/** Turns a log-in into a token. */
@Injectable()
export class Authenticator {
  constructor(
    private readonly principals: Principals,
    private readonly delegations: Delegations,
    private readonly tokens: TokenStore,
  ) {}

  /** @throws {ApiError} 401, which says nothing of what was wrong. */
  logIn(request: AuthRequest): { readonly token: string; readonly record: TokenRecord } {
    if (request.methods.some((method) => !METHODS.has(method))) throw new ApiError(401, 'Attempted to authenticate with an unsupported method.');
    if (request.methods.includes('application_credential')) return this.logInWithCredential(request);
    const parent = request.methods.includes('token') ? this.parentOf(request) : undefined;
    const user = request.methods.includes('password') ? this.userOf(request) : undefined;
    const userId = user?.id ?? parent?.userId;
    // With both methods both must mean the same user.
    if (userId === undefined || (parent && parent.userId !== userId)) throw refused();
    return this.tokens.issue({ userId, methods: request.methods, ...this.scopeOf(request, userId), ...(parent && { parent }) });
  }

  private logInWithCredential({ applicationCredential, methods }: AuthRequest) {
    const { id, secret } = applicationCredential!;
    const credential = this.delegations.credential(id);
    const isRight = timingSafeEqual(Buffer.from(hashOf(secret)), Buffer.from(credential?.secretHash ?? hashOf('')));
    if (!credential || !isRight) throw refused();
    const { userId, projectId, expiresAt } = credential;
    const expiresAtMs = expiresAt === null ? Number.POSITIVE_INFINITY : Date.parse(`${expiresAt.replace(/Z$/, '')}Z`);
    if (expiresAtMs <= this.tokens.nowMs) throw refused();
    if (this.delegations.stillHeld(credential.roles, userId, projectId).length === 0) throw refused();
    return this.tokens.issue({ userId, projectId, methods, credentialId: id });
  }

  private parentOf(request: AuthRequest): TokenRecord {
    const record = request.token === undefined ? undefined : this.tokens.find(request.token);
    // Keystone makes no token from one of a delegation.
    if (!record || record.credentialId !== undefined || record.trustId !== undefined) throw refused();
    return record;
  }

  private userOf(request: AuthRequest): Principal {
    const { user, password } = request.password!;
    const found = this.principals.users().find((candidate) => matches(candidate, user, candidate.domain));
    if (!this.principals.hasPassword(found, password)) throw refused();
    return found!;
  }

  private scopeOf({ scope }: AuthRequest, userId: string): TokenScope {
    if (scope === 'unscoped') return { projectId: null };
    if (scope === 'system') return this.asAdministrator(userId, { projectId: null, system: true });
    if ('trust' in scope) return this.inTrust(scope.trust, userId);
    if ('domain' in scope) {
      const domain = DOMAINS.find(({ id, name }) => id === scope.domain.id || name === scope.domain.name);
      if (!domain) throw refused();
      return this.asAdministrator(userId, { projectId: null, domainId: domain.id });
    }
    const project = this.principals.projects().find((candidate) => matches(candidate, scope.project, DOMAIN));
    if (!project || this.principals.rolesOf(userId, project.id).length === 0) throw refused();
    return { projectId: project.id };
  }

  private asAdministrator(userId: string, scope: TokenScope): TokenScope {
    if (this.principals.systemRolesOf(userId).length === 0) throw refused();
    return scope;
  }

  private inTrust(id: string, userId: string): TokenScope {
    const trust = this.delegations.trust(id);
    if (trust?.trusteeId !== userId) throw refused();
    if (this.delegations.stillHeld(trust.roles, trust.trustorId, trust.projectId).length === 0) throw new ApiError(403, 'You are not authorized to perform the requested action.');
    return { projectId: trust.projectId, trustId: id };
  }
}

function matches(thing: Named, reference: Reference, domain: Named): boolean {
  if (reference.id !== undefined) return reference.id === thing.id;
  return reference.name === thing.name && (reference.domain?.id === domain.id || reference.domain?.name === domain.name);
}

function refused(): ApiError {
  return new ApiError(401, UNAUTHORIZED);
}
