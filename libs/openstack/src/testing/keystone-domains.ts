import { login } from './login.ts';

export interface DomainAdmin {
  /** Name of the domain, which is made. */
  readonly domain: string;
  readonly username: string;
  readonly password: string;
}

export interface MadeDomain {
  readonly domainId: string;
  readonly userId: string;
}

/** Whom `RealKeystone` starts with. */
export const KEYSTONE_ADMIN = { username: 'admin', password: 'secret', projectName: 'admin' };

/** A call to Keystone as its administrator. */
export async function asKeystoneAdmin(authUrl: string, method: string, path: string, body?: unknown): Promise<unknown> {
  const headers = { 'x-auth-token': await login(authUrl, KEYSTONE_ADMIN), 'content-type': 'application/json' };
  const response = await fetch(authUrl + path, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path} gave ${response.status}: ${text}`);
  return text === '' ? {} : JSON.parse(text);
}

/** A domain with a user in it who is its administrator, as Heat and trusts want one for the users they make. */
export async function addDomainAdmin(authUrl: string, { domain, username, password }: DomainAdmin): Promise<MadeDomain> {
  const domainId = idIn(await asKeystoneAdmin(authUrl, 'POST', '/domains', { domain: { name: domain } }), 'domain');
  const user = { name: username, password, domain_id: domainId };
  const userId = idIn(await asKeystoneAdmin(authUrl, 'POST', '/users', { user }), 'user');
  const { roles } = (await asKeystoneAdmin(authUrl, 'GET', '/roles?name=admin')) as { roles: { id: string }[] };
  await asKeystoneAdmin(authUrl, 'PUT', `/domains/${domainId}/users/${userId}/roles/${roles[0]!.id}`);
  return { domainId, userId };
}

function idIn(body: unknown, kind: string): string {
  return (body as Record<string, { readonly id: string }>)[kind]!.id;
}
