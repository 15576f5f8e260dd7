import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApiClient, login } from '../e2e/harness/client.ts';
import { fetchDescribed } from '../e2e/harness/contract.ts';
import { EmbeddedProcess, root } from '../e2e/harness/process.ts';
import { PairedIds, differences } from './comparison.ts';
import type { Difference } from './comparison.ts';
import { GATES, openGate } from './gated-driver.ts';
import type { Recording } from './recording.ts';

/** Headers of answers that the contract speaks of; the others belong to the connection. */
const COMPARED_HEADERS = [
  'openstack-api-minimum-version', 'openstack-api-maximum-version', 'openstack-api-version', 'vary', 'content-type',
  'x-openstack-request-id', 'location', 'www-authenticate', 'allow', 'retry-after',
];
const USERS = { demo: 'demo', demo2: 'demo2', reader: 'demo', admin: 'admin' } as const;
const HERE = join(root, 'test', 'golden');

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** A Jeroboam to which is said what was said to the recorded Magnum. */
export class Replay {
  readonly ids = new PairedIds();

  private constructor(
    private readonly jeroboam: EmbeddedProcess,
    private readonly gates: string,
    private readonly tokens: ReadonlyMap<string, string>,
    /** As the user demo, for what happened between recordings. */
    readonly demo: ApiClient,
  ) {}

  static async open(): Promise<Replay> {
    const gates = mkdtempSync(join(tmpdir(), 'jeroboam-golden-'));
    const jeroboam = await EmbeddedProcess.start({ env: {
      JEROBOAM_DRIVERS: join(HERE, 'gated-driver.ts'), JEROBOAM_SANDBOX_CLOUD_FILE: join(HERE, 'cloud.json'), [GATES]: gates,
      // Bays that wait must not keep others waiting.
      JEROBOAM_CONCURRENCY: '8',
      // The recorded Magnum could not reach its bays.
      JEROBOAM_TELEMETRY: 'false',
      // As the recorded Magnum was configured.
      JEROBOAM_DEFAULT_QUOTA: '5000',
    } });
    const tokens = await Promise.all(Object.entries(USERS).map(
      async ([username, projectName]) => [username, await login({ authUrl: jeroboam.authUrl, username, projectName })] as const,
    ));
    const byUser = new Map<string, string>(tokens);
    return new Replay(jeroboam, gates, byUser, new ApiClient(jeroboam.apiUrl, byUser.get('demo')!, 'container-infra 1.10'));
  }

  async close(): Promise<void> {
    await this.jeroboam.stop();
    rmSync(this.gates, { recursive: true, force: true });
  }

  /** What Jeroboam has printed, for when a replay fails. */
  get output(): string {
    return this.jeroboam.output;
  }

  open(gate: string): void {
    openGate(this.gates, gate);
  }

  /** Says the recorded request, with our ids; the answer must be as the OpenAPI document says, too. */
  async say({ user, request }: Recording): Promise<Answer> {
    const headers = new Headers([...request.headers].filter(([name]) => name !== 'x-auth-token'));
    if (user !== 'nobody') headers.set('x-auth-token', this.tokens.get(user)!);
    const hasBody = request.headers.has('content-type');
    const response = await fetchDescribed(this.jeroboam.apiUrl, this.ids.inOurs(request.target), {
      method: request.method, headers, ...(hasBody ? { body: this.ids.inOurs(request.body) } : {}),
    });
    return { status: response.status, headers: response.headers, text: await response.text() };
  }

  compare({ response }: Recording, answer: Answer): readonly Difference[] {
    const status = response.status === answer.status ? [] : [{ field: 'status', recorded: response.status, ours: answer.status }];
    const headers = COMPARED_HEADERS.flatMap((name) => {
      const recorded = response.headers.get(name);
      return differences(recorded, answer.headers.get(name) ?? undefined, this.ids, `header ${name}`);
    });
    return [...status, ...headers, ...differences(jsonOf(response.body), jsonOf(answer.text), this.ids, 'body')];
  }
}

/** Undefined where there is no body. */
function jsonOf(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
