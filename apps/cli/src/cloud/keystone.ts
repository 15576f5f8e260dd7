import { readFileSync } from 'node:fs';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { EXIT_USAGE, Problem } from '../problem.ts';
import type { CloudSettings, Login } from './cloud-settings.ts';
import { readJson, send } from './http.ts';

/** What a request to the service needs. */
export interface Session {
  readonly token: string;
  /** Address of the service, without `/v1` and without a slash at the end. */
  readonly endpoint: string;
}

/** Names of the service in catalogs: the classic one and its successors. */
const SERVICE_TYPES = ['container-infra', 'container-infrastructure-management', 'container-infrastructure'];

interface Endpoint {
  readonly interface?: string;
  readonly region_id?: string;
  readonly region?: string;
  readonly url?: string;
}

interface Catalog {
  readonly token?: { readonly catalog?: readonly { readonly type?: string; readonly endpoints?: readonly Endpoint[] }[] };
}

/**
 * Gets a token and finds the service (Keystone v3, `POST /auth/tokens`).
 * @throws {Problem}
 */
export async function logIn(settings: CloudSettings): Promise<Session> {
  const { authUrl, login, endpoint, caFile } = settings;
  if (caFile !== undefined) trust(caFile);
  if (authUrl === null) return ready(login, endpoint);
  const response = await send('Keystone', `${authUrl}/auth/tokens`, {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ auth: credentials(settings) }),
  });
  if (response.status !== 201) throw await refused(settings, response);
  const token = response.headers.get('x-subject-token');
  const catalog = (await readJson('Keystone', response)) as Catalog;
  if (!token) throw new Problem(`What answers at ${authUrl} gave no token.`, { advice: 'Is OS_AUTH_URL the address of Keystone?' });
  return { token, endpoint: withoutVersion(endpoint ?? endpointIn(catalog, settings)) };
}

function ready(login: Login, endpoint: string | undefined): Session {
  if (login.method !== 'token' || endpoint === undefined) throw new Error('settings without Keystone need a token and an endpoint');
  return { token: login.token, endpoint: withoutVersion(endpoint) };
}

function trust(caFile: string): void {
  try {
    setDefaultCACertificates([...getCACertificates('default'), readFileSync(caFile, 'utf8')]);
  } catch (cause) {
    const advice = 'It must be a readable file in PEM format.';
    throw new Problem(`The certificate authority in OS_CACERT (${caFile}) cannot be used.`, { cause, advice, exitCode: EXIT_USAGE });
  }
}

function credentials({ login, project }: CloudSettings): object {
  const identity = login.method === 'token'
    ? { methods: ['token'], token: { id: login.token } }
    : { methods: ['password'], password: { user: { ...login.user, password: login.password } } };
  return { identity, ...(project ? { scope: { project } } : {}) };
}

async function refused({ login, authUrl }: CloudSettings, response: Response): Promise<Problem> {
  const body = (await response.json().catch(() => undefined)) as { readonly error?: { readonly message?: string } } | undefined;
  const said = body?.error?.message ?? response.statusText;
  if (response.status !== 401) return new Problem(`Keystone at ${authUrl} refused the login with ${response.status}: ${said}`);
  if (login.method === 'token') {
    return new Problem(`Keystone at ${authUrl} does not accept OS_TOKEN: ${said}`, { advice: 'It may have expired: get a new one.' });
  }
  const who = 'name' in login.user ? login.user.name : login.user.id;
  const advice = 'Check OS_USERNAME, OS_PASSWORD, OS_PROJECT_NAME and their domains.';
  return new Problem(`Keystone at ${authUrl} does not accept ${who}: ${said}`, { advice });
}

function endpointIn({ token }: Catalog, { interface: wanted, region }: CloudSettings): string {
  for (const type of SERVICE_TYPES) {
    const endpoints = token?.catalog?.filter((service) => service.type === type).flatMap((service) => service.endpoints ?? []) ?? [];
    const inRegion = endpoints.filter((endpoint) => region === undefined || (endpoint.region_id ?? endpoint.region) === region);
    const url = inRegion.find((endpoint) => endpoint.interface === wanted)?.url;
    if (url) return url;
  }
  const where = region === undefined ? '' : ` in region ${region}`;
  const advice = 'Name the address of the service with JEROBOAM_ENDPOINT.';
  throw new Problem(`Keystone's catalog has no ${wanted} endpoint of type ${SERVICE_TYPES[0]}${where}.`, { advice });
}

function withoutVersion(endpoint: string): string {
  return endpoint.replace(/\/+$/, '').replace(/\/v1$/, '');
}
