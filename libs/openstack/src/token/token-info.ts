import { recordOf, recordsOf, textOf } from '../http/json.ts';
import type { JsonRecord } from '../http/json.ts';
import type { CatalogService, TokenInfo } from './token-validator.port.ts';

/** Reads the body of `GET /v3/auth/tokens`; `undefined` when it is not a token. */
export function tokenInfoOf(body: unknown): TokenInfo | undefined {
  const token = recordOf(recordOf(body)?.['token']);
  const user = recordOf(token?.['user']);
  const expiresAt = textOf(token?.['expires_at']);
  const userId = textOf(user?.['id']);
  if (!token || !user || userId === undefined || expiresAt === undefined || Number.isNaN(Date.parse(expiresAt))) return undefined;
  const project = recordOf(token['project']);
  return {
    userId,
    userName: textOf(user['name']) ?? '',
    userDomainId: domainIdOf(user) ?? '',
    projectId: textOf(project?.['id']) ?? null,
    projectName: textOf(project?.['name']) ?? null,
    projectDomainId: (project && domainIdOf(project)) ?? null,
    roles: recordsOf(token['roles']).map((role) => textOf(role['name']) ?? ''),
    expiresAt,
    catalog: recordsOf(token['catalog']).map(catalogServiceOf),
  };
}

function domainIdOf(owner: JsonRecord): string | undefined {
  return textOf(recordOf(owner['domain'])?.['id']);
}

function catalogServiceOf(service: JsonRecord): CatalogService {
  return {
    type: textOf(service['type']) ?? '',
    name: textOf(service['name']) ?? '',
    endpoints: recordsOf(service['endpoints']).map((endpoint) => ({
      interface: textOf(endpoint['interface']) ?? '',
      // Clouds before Liberty wrote `region` only; later ones write both.
      region: textOf(endpoint['region_id']) ?? textOf(endpoint['region']) ?? '',
      url: textOf(endpoint['url']) ?? '',
    })),
  };
}
