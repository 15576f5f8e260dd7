import { setTimeout as sleep } from 'node:timers/promises';
import { fetchDescribed } from './contract.ts';

export interface Answer<B = Record<string, unknown>> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: B;
}

export interface Login {
  readonly authUrl: string;
  readonly username?: string;
  readonly projectName?: string;
}

/** A token of the sandbox cloud. */
export async function login({ authUrl, username = 'demo', projectName = 'demo' }: Login): Promise<string> {
  const domain = { name: 'Default' };
  const response = await fetch(`${authUrl}/auth/tokens`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ auth: { identity: { methods: ['password'], password: { user: { name: username, password: 'secret', domain } } }, scope: { project: { name: projectName, domain } } } }),
  });
  const token = response.headers.get('x-subject-token');
  if (!token) throw new Error(`login failed: ${response.status} ${await response.text()}`);
  return token;
}

/** Plain HTTP against the API, as `curl` would; each answer is held against the API's OpenAPI document. */
export class ApiClient {
  constructor(
    readonly apiUrl: string,
    readonly token: string,
    private readonly version = 'container-infra latest',
  ) {}

  async call<B = Record<string, unknown>>(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer<B>> {
    const response = await fetchDescribed(this.apiUrl, path, {
      method,
      headers: { 'x-auth-token': this.token, 'openstack-api-version': this.version, accept: 'application/json', ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: (text === '' ? {} : JSON.parse(text)) as B };
  }

  /** A template for bays of the fake driver. */
  async fakeTemplate(labels: Record<string, string> = {}): Promise<string> {
    const { status, body } = await this.call<{ uuid: string }>('POST', '/v1/clustertemplates', { name: 'fake', coe: 'swarm-mode', image_id: 'cirros', external_network_id: 'public', labels });
    if (status !== 201) throw new Error(`no template: ${JSON.stringify(body)}`);
    return body.uuid;
  }

  async createBay(template: string, more: Record<string, unknown> = {}): Promise<string> {
    const { status, body } = await this.call<{ uuid: string }>('POST', '/v1/clusters', { name: 'b1', cluster_template_id: template, master_count: 1, node_count: 2, ...more });
    if (status !== 202) throw new Error(`no bay: ${status} ${JSON.stringify(body)}`);
    return body.uuid;
  }

  /** Asks until the bay's status is one of `wanted` (`GONE`: 404), or throws after `timeoutMs`. */
  async until(bayId: string, wanted: readonly string[], timeoutMs = 60_000): Promise<Record<string, unknown>> {
    const end = Date.now() + timeoutMs;
    for (;;) {
      const { status, body } = await this.call('GET', `/v1/clusters/${bayId}`);
      const now = status === 404 ? 'GONE' : String(body['status']);
      if (wanted.includes(now)) return body;
      if (Date.now() > end) throw new Error(`bay ${bayId} is ${now} (${String(body['status_reason'])}), not ${wanted.join(' or ')}, after ${timeoutMs} ms`);
      // A person's client asks again after a moment; there is no event to wait for over plain HTTP.
      await sleep(25);
    }
  }
  /** Asks until the bay's `health_status` is `wanted`, or throws after a minute. */
  async untilHealth(bayId: string, wanted: string): Promise<Record<string, unknown>> {
    const end = Date.now() + 60_000;
    for (;;) {
      const { body } = await this.call('GET', `/v1/clusters/${bayId}`);
      if (body['health_status'] === wanted) return body;
      if (Date.now() > end) throw new Error(`bay ${bayId} is not ${wanted} but ${JSON.stringify([body['health_status'], body['health_status_reason']])}`);
      await sleep(25);
    }
  }
}
