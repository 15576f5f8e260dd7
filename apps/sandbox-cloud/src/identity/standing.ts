import { Injectable } from '@nestjs/common';
import type { Named } from '../cloud/cloud.ts';
import { Delegations } from './delegations.ts';
import type { AccessRule } from './delegations.ts';
import { Principals } from './principals.ts';
import type { Principal } from './principals.ts';
import type { TokenRecord } from './token-store.ts';

/** What a token is worth now. */
export interface Standing {
  /** Who acts: of a trust that impersonates, its trustor. */
  readonly user: Principal;
  readonly roles: readonly Named[];
  /** Null: everything that the roles allow. */
  readonly accessRules: readonly AccessRule[] | null;
  /** By whom nothing more may be delegated. */
  readonly restricted: boolean;
}

/** Tokens are as good as what they were got with: they end with their user, project, credential or trust. */
@Injectable()
export class Standings {
  constructor(
    private readonly principals: Principals,
    private readonly delegations: Delegations,
  ) {}

  /** Undefined for a token that is void by now. */
  of(record: TokenRecord): Standing | undefined {
    const user = this.principals.user(record.userId);
    if (!user || record.issuedAtMs < user.passwordSetAtMs) return undefined;
    if (record.credentialId !== undefined) return this.ofCredential(record.credentialId, user);
    if (record.trustId !== undefined) return this.ofTrust(record.trustId, user);
    const { projectId } = record;
    const plain = { user, accessRules: null, restricted: false };
    if (projectId !== null) return this.principals.project(projectId) && { ...plain, roles: this.principals.rolesOf(user.id, projectId) };
    const isAdministrator = record.system === true || record.domainId !== undefined;
    return { ...plain, roles: isAdministrator ? this.principals.systemRolesOf(user.id) : [] };
  }

  private ofCredential(id: string, user: Principal): Standing | undefined {
    const credential = this.delegations.credential(id);
    if (!credential) return undefined;
    const roles = this.delegations.stillHeld(credential.roles, user.id, credential.projectId);
    return roles.length === 0 ? undefined : { user, roles, accessRules: credential.accessRules, restricted: !credential.unrestricted };
  }

  private ofTrust(id: string, trustee: Principal): Standing | undefined {
    const trust = this.delegations.trust(id);
    const trustor = trust && this.principals.user(trust.trustorId);
    if (!trustor) return undefined;
    const roles = this.delegations.stillHeld(trust.roles, trustor.id, trust.projectId);
    return roles.length === 0 ? undefined : { user: trust.impersonation ? trustor : trustee, roles, accessRules: null, restricted: true };
  }
}
