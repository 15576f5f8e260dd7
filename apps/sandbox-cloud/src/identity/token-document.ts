import { Injectable } from '@nestjs/common';
import { Cloud, DOMAIN } from '../cloud/cloud.ts';
import { Catalog } from './catalog.ts';
import type { TokenRecord } from './token-store.ts';

/** Writes tokens as Keystone does. */
@Injectable()
export class TokenDocument {
  constructor(
    private readonly cloud: Cloud,
    private readonly catalog: Catalog,
  ) {}

  of(record: TokenRecord, withCatalog: boolean): unknown {
    const user = this.cloud.user(record.userId)!;
    const project = record.projectId === null ? undefined : this.cloud.project(record.projectId)!;
    return {
      token: {
        methods: record.methods,
        user: { domain: DOMAIN, id: user.id, name: user.name, password_expires_at: null },
        audit_ids: record.auditIds,
        expires_at: keystoneTime(record.expiresAtMs),
        issued_at: keystoneTime(record.issuedAtMs),
        ...(project && {
          project: { domain: DOMAIN, id: project.id, name: project.name },
          is_domain: false,
          roles: this.cloud.rolesOf(user.id, project.id),
          ...(withCatalog && { catalog: this.catalog.document(project.id) }),
        }),
      },
    };
  }
}

/** Keystone writes microseconds; some clients' parsers insist on them. */
function keystoneTime(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '000Z');
}
