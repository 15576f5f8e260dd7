import type { SandboxLogin } from './openrc.ts';

export const FIRST_TEMPLATE = 'kubernetes';

/** What a newcomer without root can watch from the first minute on: a bay in the sandbox cloud. */
const TEMPLATE = {
  name: FIRST_TEMPLATE, coe: 'kubernetes', image_id: 'fedora-coreos', external_network_id: 'public', server_type: 'vm',
  network_driver: 'flannel', flavor_id: 'm1.small', master_flavor_id: 'm1.small', floating_ip_enabled: true,
};

/** Bound of one request; the services are in the same process. */
const TIMEOUT_MS = 10_000;

/**
 * Has the API make a first cluster template, as its user would. One of that name that is there already is left alone.
 * @throws when the API refuses.
 */
export async function createFirstTemplate(apiUrl: string, login: SandboxLogin): Promise<void> {
  const headers = { 'x-auth-token': await tokenOf(login), 'content-type': 'application/json' };
  const url = `${apiUrl}/v1/clustertemplates`;
  const there = await fetch(`${url}/${FIRST_TEMPLATE}`, { headers, signal: AbortSignal.timeout(TIMEOUT_MS) });
  // 409: several of that name.
  if (there.status === 200 || there.status === 409) return;
  const made = await fetch(url, { method: 'POST', headers, body: JSON.stringify(TEMPLATE), signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (made.status !== 201) throw new Error(`the first cluster template was refused with ${made.status}: ${await made.text()}`);
}

async function tokenOf({ authUrl, username, password, projectName }: SandboxLogin): Promise<string> {
  const domain = { name: 'Default' };
  const identity = { methods: ['password'], password: { user: { name: username, domain, password } } };
  const answer = await fetch(`${authUrl}/auth/tokens`, {
    method: 'POST', headers: { 'content-type': 'application/json' }, signal: AbortSignal.timeout(TIMEOUT_MS),
    body: JSON.stringify({ auth: { identity, scope: { project: { name: projectName, domain } } } }),
  });
  const token = answer.headers.get('x-subject-token');
  if (token === null) throw new Error(`the sandbox answered a log-in of ${username} with ${answer.status}`);
  return token;
}
