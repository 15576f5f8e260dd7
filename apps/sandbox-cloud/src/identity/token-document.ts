import { Injectable } from '@nestjs/common';
import { DOMAIN } from '../cloud/cloud.ts';
import { ApiError } from '../http/api-error.ts';
import { Catalog } from './catalog.ts';
import { Delegations } from './delegations.ts';
import { DOMAINS, Principals } from './principals.ts';
import { Standings } from './standing.ts';
import type { TokenRecord } from './token-store.ts';

/** Writes tokens as Keystone does. */
@Injectable()
export class TokenDocument {
  constructor(
    private readonly principals: Principals,
    private readonly delegations: Delegations,
    private readonly standings: Standings,
    private readonly catalog: Catalog,
  ) {}

  /** @throws {ApiError} 404 for a token that is void by now */
  of(record: TokenRecord, withCatalog: boolean): unknown {
    const standing = this.standings.of(record);
    if (!standing) throw new ApiError(404, 'Failed to validate token');
    const { user, roles } = standing;
    return {
      token: {
        methods: record.methods,
        user: { domain: user.domain, id: user.id, name: user.name, password_expires_at: null },
        audit_ids: record.auditIds,
        expires_at: keystoneTime(record.expiresAtMs),
        issued_at: keystoneTime(record.issuedAtMs),
        ...this.scope(record),
        ...(roles.length > 0 && { roles, ...(withCatalog && { catalog: this.catalog.document(record.projectId) }) }),
        ...this.delegation(record),
      },
    };
  }

  private scope({ projectId, system, domainId }: TokenRecord): object {
    if (system === true) return { system: { all: true } };
    if (domainId !== undefined) return { domain: DOMAINS.find(({ id }) => id === domainId), is_domain: false };
    const project = projectId === null ? undefined : this.principals.project(projectId);
    return project ? { project: { domain: DOMAIN, id: project.id, name: project.name }, is_domain: false } : {};
  }

  private delegation({ credentialId, trustId }: TokenRecord): object {
    const credential = credentialId === undefined ? undefined : this.delegations.credential(credentialId);
    const trust = trustId === undefined ? undefined : this.delegations.trust(trustId);
    return {
      ...(credential && {
        application_credential: {
          id: credential.id, name: credential.name, restricted: !credential.unrestricted, ...(credential.accessRules && { access_rules: credential.accessRules }),
        },
      }),
      ...(trust && {
        'OS-TRUST:trust': {
          id: trust.id, impersonation: trust.impersonation, trustor_user: { id: trust.trustorId }, trustee_user: { id: trust.trusteeId },
        },
      }),
    };
  }
}

/** Keystone writes microseconds; some clients' parsers insist on them. */
function keystoneTime(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '000Z');
}
