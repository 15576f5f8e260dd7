import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query as QueryParam, UseGuards } from '@nestjs/common';
import { z } from 'zod';
import { ApiError, expecting, notFound } from '../http/api-error.ts';
import { passes } from '../http/query.ts';
import type { Query } from '../http/query.ts';
import { allow, Caller, isAdmin, TokenGuard } from './caller.ts';
import type { CallerIdentity } from './caller.ts';
import { Delegations } from './delegations.ts';
import type { Trust } from './delegations.ts';
import { IdentityDocuments } from './identity-documents.ts';
import { Principals } from './principals.ts';

const text = z.string().min(1).max(1_000);
const created = z.object({
  trust: z.object({
    trustor_user_id: text, trustee_user_id: text, project_id: text, impersonation: z.boolean(),
    roles: z.array(z.object({ id: text.optional(), name: text.optional() })).min(1),
  }),
});

/** Trusts: by which one user acts for another in a project. */
@Controller('v3/OS-TRUST/trusts')
@UseGuards(TokenGuard)
export class TrustsController {
  constructor(
    private readonly delegations: Delegations,
    private readonly principals: Principals,
    private readonly documents: IdentityDocuments,
  ) {}

  @Get()
  list(@Caller() caller: CallerIdentity, @QueryParam() query: Query): unknown {
    const found = this.delegations.allTrusts().filter((trust) => (isAdmin(caller) || isParty(trust, caller))
      && passes(query, { trustor_user_id: trust.trustorId, trustee_user_id: trust.trusteeId }));
    return this.documents.list('trusts', found.map(documentOf), '/OS-TRUST/trusts');
  }

  @Get(':id')
  show(@Caller() caller: CallerIdentity, @Param('id') id: string): unknown {
    const trust = this.found(id);
    allow('get_trust', isAdmin(caller) || isParty(trust, caller));
    return { trust: documentOf(trust) };
  }

  @Post()
  create(@Caller() caller: CallerIdentity, @Body() body: unknown): unknown {
    const parsed = created.safeParse(body);
    if (!parsed.success) throw new ApiError(400, expecting(parsed.error.issues[0]!.path.join('.')));
    const { trustor_user_id: trustorId, trustee_user_id: trusteeId, project_id: projectId, impersonation, roles: wanted } = parsed.data.trust;
    allow('create_trust', caller.userId === trustorId && caller.restricted !== true && caller.projectId === projectId);
    if (!this.principals.user(trusteeId)) throw notFound('user', trusteeId);
    const held = this.principals.rolesOf(trustorId, projectId);
    const roles = wanted.map((role) => {
      const match = held.find((each) => each.id === role.id || each.name === role.name);
      if (!match) throw new ApiError(403, 'You are not authorized to perform the requested action: identity:create_trust.');
      return match;
    });
    return { trust: documentOf(this.delegations.addTrust({ trustorId, trusteeId, projectId, impersonation, roles })) };
  }

  @Delete(':id')
  @HttpCode(204)
  remove(@Caller() caller: CallerIdentity, @Param('id') id: string): void {
    const { trustorId } = this.found(id);
    allow('delete_trust', isAdmin(caller) || (caller.userId === trustorId && caller.restricted !== true));
    this.delegations.removeTrust(id);
  }

  private found(id: string): Trust {
    const trust = this.delegations.trust(id);
    if (!trust) throw notFound('trust', id);
    return trust;
  }
}

function isParty({ trustorId, trusteeId }: Trust, { userId }: CallerIdentity): boolean {
  return userId === trustorId || userId === trusteeId;
}

function documentOf({ id, trustorId, trusteeId, projectId, roles, impersonation }: Trust): unknown {
  return {
    id, trustor_user_id: trustorId, trustee_user_id: trusteeId, project_id: projectId, impersonation, roles, roles_links: {},
    expires_at: null, deleted_at: null, remaining_uses: null, redelegation_count: 0,
  };
}
