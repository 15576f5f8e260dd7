import type { SandboxCloud } from '@jeroboam/sandbox-cloud';

export interface Thing {
  readonly kind: string;
  readonly id: string;
  /** Ids of what it cannot do without. */
  readonly uses: readonly string[];
}

/** The sandbox's `/admin`: what goes wrong in it, what there is. */
export class BehindTheSandbox {
  private constructor(private readonly url: string, private readonly token: string, readonly projectId: string) {}

  static async open({ url }: Pick<SandboxCloud, 'url'>): Promise<BehindTheSandbox> {
    const { token } = await logIn(url, 'admin', 'admin');
    return new BehindTheSandbox(url, token, (await logIn(url, 'demo', 'demo')).projectId);
  }

  /** Strikes `times` times, or until `mend`. */
  async breaks(match: Readonly<Record<string, string>>, effect: Readonly<Record<string, unknown>>, times?: number): Promise<void> {
    await this.#call('POST', 'faults', { match, effect, ...(times === undefined ? {} : { times }) });
  }

  async mend(): Promise<void> {
    await this.#call('DELETE', 'faults');
    await this.limit(-1);
  }

  /** @param instances how many servers the project may have in all; -1: as many as it likes. */
  async limit(instances: number): Promise<void> {
    await this.#call('PUT', `quotas/${this.projectId}`, { instances });
  }

  async things(): Promise<readonly Thing[]> {
    return (await this.#call<{ things: readonly Thing[] }>('GET', 'inventory')).things;
  }

  /** Bare-metal machines, who has them, and how many ports that server has. */
  async machines(): Promise<readonly { readonly name: string; readonly server_id: string | null; readonly server_ports: number }[]> {
    const { machines } = await this.#call<{ machines: readonly { name: string; server_id: string | null }[] }>('GET', 'machines');
    const things = await this.things();
    return machines.map(({ name, server_id: server }) => ({ name, server_id: server, server_ports: things.find(({ id }) => id === server)?.uses.length ?? 0 }));
  }

  async #call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(`${this.url}/admin/${path}`, {
      method, headers: { 'x-auth-token': this.token, 'content-type': 'application/json' }, ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }
}

async function logIn(url: string, user: string, project: string): Promise<{ token: string; projectId: string }> {
  const domain = { name: 'Default' };
  const auth = { identity: { methods: ['password'], password: { user: { name: user, domain, password: 'secret' } } }, scope: { project: { name: project, domain } } };
  const response = await fetch(`${url}/v3/auth/tokens`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ auth }) });
  const { token } = (await response.json()) as { token: { project: { id: string } } };
  return { token: response.headers.get('x-subject-token')!, projectId: token.project.id };
}
