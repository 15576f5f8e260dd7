import { Body, Controller, Delete, Get, Headers, HttpCode, Post, Query as QueryParam, Res, UseGuards } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { ApiError } from '../http/api-error.ts';
import type { Query } from '../http/query.ts';
import { Authenticator } from './authenticator.ts';
import { parseAuthRequest } from './auth-request.ts';
import { allow, Caller, isAdmin, TokenGuard } from './caller.ts';
import type { CallerIdentity } from './caller.ts';
import { Catalog } from './catalog.ts';
import { IdentityDocuments } from './identity-documents.ts';
import { Principals } from './principals.ts';
import { TokenDocument } from './token-document.ts';
import { TokenStore } from './token-store.ts';
import type { TokenRecord } from './token-store.ts';

/** Logging in, and what services ask about the tokens they are shown. */
@Controller('v3/auth')
export class AuthController {
  constructor(
    private readonly authenticator: Authenticator,
    private readonly tokens: TokenStore,
    private readonly document: TokenDocument,
    private readonly catalog: Catalog,
    private readonly documents: IdentityDocuments,
    private readonly principals: Principals,
  ) {}

  @Post('tokens')
  issue(@Body() body: unknown, @QueryParam() query: Query, @Res({ passthrough: true }) reply: FastifyReply): unknown {
    const { token, record } = this.authenticator.logIn(parseAuthRequest(body));
    void reply.header('x-subject-token', token);
    return this.document.of(record, query['nocatalog'] === undefined);
  }

  /** Fastify answers HEAD with the same, less the body. */
  @Get('tokens')
  @UseGuards(TokenGuard)
  validate(
    @Caller() caller: CallerIdentity,
    @Headers('x-subject-token') subject: string | undefined,
    @QueryParam() query: Query,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): unknown {
    const record = this.subject('validate_token', caller, subject);
    void reply.header('x-subject-token', subject!);
    return this.document.of(record, query['nocatalog'] === undefined);
  }

  @Delete('tokens')
  @HttpCode(204)
  @UseGuards(TokenGuard)
  revoke(@Caller() caller: CallerIdentity, @Headers('x-subject-token') subject: string | undefined): void {
    this.subject('revoke_token', caller, subject);
    this.tokens.revoke(subject!);
  }

  @Get('catalog')
  @UseGuards(TokenGuard)
  readCatalog(@Caller() caller: CallerIdentity): unknown {
    if (caller.projectId === null) throw new ApiError(403, 'A project-scoped token is required to produce a service catalog.');
    return { catalog: this.catalog.document(caller.projectId), links: this.documents.links('/auth/catalog') };
  }

  @Get('projects')
  @UseGuards(TokenGuard)
  readProjects(@Caller() caller: CallerIdentity): unknown {
    const projects = this.principals.projectsOf(caller.userId).map((project) => this.documents.project(project));
    return this.documents.list('projects', projects, '/auth/projects');
  }

  @Get('domains')
  @UseGuards(TokenGuard)
  readDomains(): unknown {
    // Domains in which the caller has a role: the sandbox knows roles in projects only.
    return this.documents.list('domains', [], '/auth/domains');
  }

  @Get('system')
  @UseGuards(TokenGuard)
  readSystems(): unknown {
    return this.documents.list('system', [], '/auth/system');
  }

  /** A token may ask about itself; about others only services and administrators may. */
  private subject(rule: string, caller: CallerIdentity, subject: string | undefined): TokenRecord {
    if (subject === undefined || subject === '') throw new ApiError(404, 'No token in the request');
    allow(rule, subject === caller.token || caller.roles.includes('service') || isAdmin(caller));
    const record = this.tokens.find(subject);
    // The token is not repeated in the message, which may be logged.
    if (!record) throw new ApiError(404, 'Failed to validate token');
    return record;
  }
}
