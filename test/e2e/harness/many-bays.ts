import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import type { Position, RecordedEvent } from '@jeroboam/domain';
import { openSqliteEventLog } from '@jeroboam/event-log';
import type { EventLog } from '@jeroboam/event-log';
import { freePort } from '@jeroboam/platform/testing';
import { ApiClient, login } from './client.ts';
import { EmbeddedProcess, nodeBinary, root } from './process.ts';

type Env = Readonly<Record<string, string>>;

const READY_MS = 60_000;

/** The sandbox cloud as a process of its own, as a cloud is: what it does costs Jeroboam nothing. */
export class SandboxProcess {
  private constructor(private readonly child: ChildProcess, readonly url: string) {}

  static async start(env: Env = {}): Promise<SandboxProcess> {
    const port = await freePort();
    const child = spawn(nodeBinary, [join(root, 'apps', 'sandbox-cloud', 'dist', 'main.js')], {
      env: { PATH: process.env['PATH'], JEROBOAM_SANDBOX_PORT: String(port), ...env }, stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ready = once(child.stdout, 'data', { signal: AbortSignal.timeout(READY_MS) });
    const ended = once(child, 'exit').then(([code]) => { throw new Error(`the sandbox ended with ${String(code)} before it was ready`); });
    await Promise.race([ready, ended]);
    ended.catch(() => undefined);
    return new SandboxProcess(child, `http://127.0.0.1:${port}`);
  }

  get pid(): number {
    return this.child.pid!;
  }

  /** A request to the side of the sandbox that no cloud has. */
  async behind<T>(method: string, path: string, body?: unknown): Promise<T> {
    const token = await login({ authUrl: `${this.url}/v3`, username: 'admin', projectName: 'admin' });
    const response = await fetch(`${this.url}/admin/${path}`, {
      method, headers: { 'x-auth-token': token, 'content-type': 'application/json' }, ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null) return;
    this.child.kill('SIGTERM');
    await once(this.child, 'exit');
  }
}

/** Jeroboam and its cloud, each a process, and users who ask for many bays at once. */
export class CrowdedJeroboam {
  readonly #agent = new Agent({ keepAlive: true });
  readonly #apis = new Map<string, ApiClient>();

  private constructor(
    readonly sandbox: SandboxProcess,
    readonly jeroboam: EmbeddedProcess,
    readonly history: GrowingHistory,
  ) {}

  static async start(env: Env = {}): Promise<CrowdedJeroboam> {
    const sandbox = await SandboxProcess.start();
    const jeroboam = await EmbeddedProcess.start({
      env: {
        JEROBOAM_DRIVERS: '@jeroboam/driver-k8s-fedora-coreos', JEROBOAM_AUTH: 'keystone', JEROBOAM_KEYSTONE_URL: `${sandbox.url}/v3`, JEROBOAM_KEYSTONE_PASSWORD: 'secret',
        JEROBOAM_CLOUD_SIMULATED: 'true', JEROBOAM_DEFAULT_QUOTA: '100000', JEROBOAM_LOG_LEVEL: 'error', ...env,
      },
    });
    return new CrowdedJeroboam(sandbox, jeroboam, await GrowingHistory.open(jeroboam.dataDir));
  }

  async api(username = 'demo', projectName = 'demo'): Promise<ApiClient> {
    const known = this.#apis.get(projectName);
    if (known) return known;
    const api = new ApiClient(this.jeroboam.apiUrl, await login({ authUrl: `${this.sandbox.url}/v3`, username, projectName }));
    this.#apis.set(projectName, api);
    return api;
  }

  /** A template for Kubernetes bays of the sandbox. @returns its id. */
  async template(api: ApiClient): Promise<string> {
    const { status, body } = await api.call<{ uuid: string }>('POST', '/v1/clustertemplates', {
      name: 'kubernetes', coe: 'kubernetes', image_id: 'fedora-coreos', external_network_id: 'public', server_type: 'vm', network_driver: 'flannel',
      flavor_id: 'm1.small', master_flavor_id: 'm1.small',
    });
    if (status !== 201) throw new Error(`no template: ${JSON.stringify(body)}`);
    return body.uuid;
  }

  /** Asks for bays, so many at a time. @returns milliseconds that each request took. */
  async createAll(api: ApiClient, template: string, names: readonly string[], users: number): Promise<number[]> {
    const times: number[] = [];
    let next = 0;
    await Promise.all(Array.from({ length: users }, async () => {
      while (next < names.length) times.push(await this.#post(api, { name: names[next++], cluster_template_id: template, master_count: 1, node_count: 1 }));
    }));
    return times;
  }

  async stop(): Promise<void> {
    this.#agent.destroy();
    await this.history.close();
    await this.jeroboam.stop();
    await this.sandbox.stop();
  }

  /** Over kept connections with Node's own client: `fetch` would add a third of a millisecond that is not ours. */
  #post({ apiUrl, token }: ApiClient, body: object): Promise<number> {
    const text = JSON.stringify(body);
    const headers = { 'x-auth-token': token, 'content-type': 'application/json', 'content-length': Buffer.byteLength(text), 'openstack-api-version': 'container-infra latest' };
    return new Promise((resolve, reject) => {
      const start = performance.now();
      const sent = request(`${apiUrl}/v1/clusters`, { method: 'POST', agent: this.#agent, headers }, (response) => {
        response.resume().once('end', () => (response.statusCode === 202 ? resolve(performance.now() - start) : reject(new Error(`POST /v1/clusters: ${response.statusCode}`))));
      });
      sent.on('error', reject);
      sent.end(text);
    });
  }
}

/** What became of one bay; times in milliseconds since the epoch. */
export interface BayStory {
  readonly name: string;
  readonly askedAt: number;
  endedAt?: number;
  /** Null: it was made. */
  reason?: string | null;
}

/** The log of a running process, read a bit at a time. */
export class GrowingHistory {
  readonly bays = new Map<string, BayStory>();
  events = 0;
  #after: Position | undefined;

  private constructor(private readonly log: EventLog) {}

  static async open(dataDir: string): Promise<GrowingHistory> {
    return new GrowingHistory(await openSqliteEventLog({ path: join(dataDir, 'event-log.sqlite') }));
  }

  get open(): number {
    return [...this.bays.values()].filter(({ endedAt }) => endedAt === undefined).length;
  }

  byName(name: string): BayStory | undefined {
    return [...this.bays.values()].find((bay) => bay.name === name);
  }

  /** Reads on until `isThere`. @throws after `timeoutMs`. */
  async until(isThere: () => boolean, timeoutMs: number): Promise<void> {
    const end = performance.now() + timeoutMs;
    for (;;) {
      await this.readOn();
      if (isThere()) return;
      if (performance.now() > end) throw new Error(`${this.open} of ${this.bays.size} bays are still being made after ${timeoutMs} ms`);
      await new Promise((resolve) => { setTimeout(resolve, 250); });
    }
  }

  async readOn(): Promise<void> {
    for await (const event of this.log.readAll(this.#after === undefined ? {} : { after: this.#after })) {
      this.#after = event.position;
      this.events += 1;
      this.#take(event as RecordedEvent & { readonly data: { readonly bayId: string; readonly spec: { readonly name: string }; readonly reason: string } });
    }
  }

  async close(): Promise<void> {
    await this.log.close();
  }

  #take({ type, occurredAt, data }: RecordedEvent & { readonly data: { readonly bayId: string; readonly spec: { readonly name: string }; readonly reason: string } }): void {
    const at = Date.parse(occurredAt);
    if (type === 'BayCreationRequested') this.bays.set(data.bayId, { name: data.spec.name, askedAt: at });
    else if (type === 'BayProvisioned') Object.assign(this.bays.get(data.bayId)!, { endedAt: at, reason: null });
    else if (type === 'BayCreationFailed') Object.assign(this.bays.get(data.bayId)!, { endedAt: at, reason: data.reason });
  }
}

/** Processor time that a process has used so far, in milliseconds. */
export function cpuMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  // Ticks of a hundredth of a second, in user and in kernel mode (proc(5)).
  return (Number(fields[11]) + Number(fields[12])) * 10;
}
