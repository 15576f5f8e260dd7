import type { ServiceCredentials } from '../token/service-session.ts';

export type Login = ServiceCredentials;

/** A token of this user at any Keystone; unscoped when `projectName` is left out. */
export async function login(authUrl: string, user: Omit<Login, 'projectName'> & { readonly projectName?: string }): Promise<string> {
  const { username, password, userDomainName = 'Default', projectName, projectDomainName = 'Default' } = user;
  const identity = { methods: ['password'], password: { user: { name: username, domain: { name: userDomainName }, password } } };
  const scope = projectName === undefined ? 'unscoped' : { project: { name: projectName, domain: { name: projectDomainName } } };
  const response = await fetch(`${authUrl}/auth/tokens`, {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ auth: { identity, scope } }),
  });
  const token = response.headers.get('x-subject-token');
  if (response.status !== 201 || token === null) throw new Error(`login of ${username} gave ${response.status}: ${await response.text()}`);
  return token;
}

/** Ends a token before its time, on its own behalf. */
export async function revoke(authUrl: string, token: string): Promise<void> {
  const headers = { 'x-auth-token': token, 'x-subject-token': token };
  const response = await fetch(`${authUrl}/auth/tokens`, { method: 'DELETE', headers });
  if (response.status !== 204) throw new Error(`revocation gave ${response.status}: ${await response.text()}`);
}
