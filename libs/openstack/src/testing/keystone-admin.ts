import { login } from './login.ts';
import type { Login } from './login.ts';

export interface KeystoneUser {
  readonly name: string;
  readonly password: string;
  /** Role names by project name. */
  readonly roles: Readonly<Record<string, readonly string[]>>;
}

export interface KeystoneService {
  /** `image`, `compute`, … */
  readonly type: string;
  readonly name: string;
  /** The same for all three interfaces. */
  readonly url: string;
}

/** What a Keystone holds besides what `keystone-manage bootstrap` put there. */
export interface KeystoneContents {
  readonly projects: readonly { readonly name: string }[];
  readonly users: readonly KeystoneUser[];
  readonly services: readonly KeystoneService[];
}

const INTERFACES = ['public', 'internal', 'admin'];

type Ids = ReadonlyMap<string, string>;

/** Fills a fresh Keystone through its API, as an administrator would; what is there by name is left as it is. */
export async function fillKeystone(authUrl: string, admin: Login, region: string, contents: KeystoneContents): Promise<void> {
  const keystone = new KeystoneAdmin(authUrl, await login(authUrl, admin));
  const { projects, users, services } = contents;
  const granted = users.flatMap(({ roles }) => Object.values(roles).flat());
  const roleIds = await keystone.ensure('roles', 'role', [...new Set(granted)].map((name) => ({ name })));
  const projectIds = await keystone.ensure('projects', 'project', projects.map(({ name }) => ({ name, domain_id: 'default' })));
  const userIds = await keystone.ensure('users', 'user', users.map(({ name, password }) => ({ name, password, domain_id: 'default' })));
  for (const { name, roles } of users) {
    for (const [project, names] of Object.entries(roles)) {
      for (const role of names) await keystone.grant(idOf(projectIds, project), idOf(userIds, name), idOf(roleIds, role));
    }
  }
  const serviceIds = await keystone.ensure('services', 'service', services.map(({ type, name }) => ({ type, name })));
  for (const { name, url } of services) await keystone.addEndpoints(idOf(serviceIds, name), region, url);
}

class KeystoneAdmin {
  constructor(private readonly authUrl: string, private readonly token: string) {}

  /** @returns ids by name, of what was there and of what was made. */
  async ensure(collection: string, kind: string, wanted: readonly { readonly name: string }[]): Promise<Ids> {
    const there = ((await this.call('GET', `/${collection}`)) as Record<string, { id: string; name: string }[]>)[collection]!;
    const ids = new Map(there.map(({ id, name }) => [name, id]));
    for (const thing of wanted) {
      if (ids.has(thing.name)) continue;
      const made = (await this.call('POST', `/${collection}`, { [kind]: thing })) as Record<string, { id: string }>;
      ids.set(thing.name, made[kind]!.id);
    }
    return ids;
  }

  async grant(projectId: string, userId: string, roleId: string): Promise<void> {
    await this.call('PUT', `/projects/${projectId}/users/${userId}/roles/${roleId}`);
  }

  async addEndpoints(serviceId: string, region: string, url: string): Promise<void> {
    for (const face of INTERFACES) {
      await this.call('POST', '/endpoints', { endpoint: { service_id: serviceId, interface: face, region_id: region, url } });
    }
  }

  private async call(method: string, path: string, body?: unknown): Promise<unknown> {
    const headers = { 'x-auth-token': this.token, 'content-type': 'application/json' };
    const response = await fetch(this.authUrl + path, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} gave ${response.status}: ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  }
}

function idOf(ids: Ids, name: string): string {
  const id = ids.get(name);
  if (id === undefined) throw new Error(`Keystone was not told of ${name}`);
  return id;
}
