import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query as QueryParam, UseGuards } from '@nestjs/common';
import { z } from 'zod';
import { ApiError, expecting, notFound } from '../http/api-error.ts';
import { passes } from '../http/query.ts';
import type { Query } from '../http/query.ts';
import { allow, Caller, isAdmin, TokenGuard } from './caller.ts';
import type { CallerIdentity } from './caller.ts';
import { Delegations } from './delegations.ts';
import type { ApplicationCredential } from './delegations.ts';
import { IdentityDocuments } from './identity-documents.ts';
import { Principals } from './principals.ts';

const text = z.string().min(1).max(1_000);
const created = z.object({
  application_credential: z.object({
    name: text, secret: text, unrestricted: z.boolean().default(false), expires_at: text.nullish(),
    roles: z.array(z.object({ id: text.optional(), name: text.optional() })).optional(),
    access_rules: z.array(z.object({ service: text, method: text, path: text })).nullish(),
  }),
});

/** Application credentials: made by their user alone, looked at and taken away by administrators as well. */
@Controller('v3/users/:user')
@UseGuards(TokenGuard)
export class CredentialsController {
  constructor(
    private readonly delegations: Delegations,
    private readonly principals: Principals,
    private readonly documents: IdentityDocuments,
  ) {}

  @Get('application_credentials')
  list(@Caller() caller: CallerIdentity, @Param('user') userId: string, @QueryParam() query: Query): unknown {
    this.look('list_application_credentials', caller, userId);
    const found = this.delegations.credentialsOf(userId).filter(({ name }) => passes(query, { name }));
    return this.documents.list('application_credentials', found.map(documentOf), `/users/${userId}/application_credentials`);
  }

  @Get('application_credentials/:id')
  show(@Caller() caller: CallerIdentity, @Param('user') userId: string, @Param('id') id: string): unknown {
    this.look('get_application_credential', caller, userId);
    return { application_credential: documentOf(this.found(userId, id)) };
  }

  @Post('application_credentials')
  create(@Caller() caller: CallerIdentity, @Param('user') userId: string, @Body() body: unknown): unknown {
    const { projectId } = caller;
    allow('create_application_credential', caller.userId === userId && caller.restricted !== true && projectId !== null);
    const parsed = created.safeParse(body);
    if (!parsed.success) throw new ApiError(400, expecting(parsed.error.issues[0]!.path.join('.')));
    const { name, secret, unrestricted, expires_at: expiresAt = null, roles: wanted, access_rules: rules = null } = parsed.data.application_credential;
    const held = this.principals.rolesOf(userId, projectId!);
    const roles = wanted?.map((role) => {
      const match = held.find((each) => each.id === role.id || each.name === role.name);
      if (!match) throw new ApiError(400, 'Invalid application credential: Could not find role assignment.');
      return match;
    }) ?? held;
    const made = this.delegations.addCredential({ name, secret, unrestricted, expiresAt, roles, userId, projectId: projectId!, accessRules: rules && [...rules] });
    const document = documentOf(made);
    return { application_credential: { ...document, secret } };
  }

  @Delete('application_credentials/:id')
  @HttpCode(204)
  remove(@Caller() caller: CallerIdentity, @Param('user') userId: string, @Param('id') id: string): void {
    allow('delete_application_credential', isAdmin(caller) || (caller.userId === userId && caller.restricted !== true));
    this.delegations.removeCredential(this.found(userId, id).id);
  }

  @Get('access_rules')
  rules(@Caller() caller: CallerIdentity, @Param('user') userId: string): unknown {
    this.look('list_access_rules', caller, userId);
    return this.documents.list('access_rules', this.delegations.rulesOf(userId), `/users/${userId}/access_rules`);
  }

  @Delete('access_rules/:id')
  @HttpCode(204)
  removeRule(@Caller() caller: CallerIdentity, @Param('user') userId: string, @Param('id') id: string): void {
    this.look('delete_access_rule', caller, userId);
    this.delegations.removeRule(userId, id);
  }

  private look(rule: string, caller: CallerIdentity, userId: string): void {
    allow(rule, isAdmin(caller) || caller.userId === userId);
    if (!this.principals.user(userId)) throw notFound('user', userId);
  }

  private found(userId: string, id: string): ApplicationCredential {
    const credential = this.delegations.credential(id);
    if (credential?.userId !== userId) throw notFound('Application Credential', id);
    return credential;
  }
}

function documentOf({ id, name, projectId, userId, roles, unrestricted, expiresAt, accessRules }: ApplicationCredential): Record<string, unknown> {
  return {
    id, name, description: null, project_id: projectId, user_id: userId, unrestricted, expires_at: writtenTime(expiresAt), system: null,
    roles: roles.map((role) => ({ ...role, domain_id: null })), ...(accessRules && { access_rules: accessRules }),
  };
}

/** Keystone writes microseconds and no zone. */
function writtenTime(given: string | null): string | null {
  return given === null ? null : new Date(`${given.replace(/Z$/, '')}Z`).toISOString().replace('Z', '000');
}
