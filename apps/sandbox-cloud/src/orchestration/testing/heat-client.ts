import type { JsonMap } from '../hot/json.ts';

/** A Heat to be held to its contract: the sandbox's, or a real one. */
export interface HeatUnderTest {
  /** Endpoint with the project in it, without a slash at its end. */
  readonly endpoint: string;
  readonly projectId: string;
  /** A token that is good for the project. */
  token(): Promise<string>;
  close(): Promise<void>;
}

export interface HeatAnswer {
  readonly status: number;
  readonly headers: Headers;
  // oxlint-disable-next-line typescript/no-explicit-any -- answers differ by request; each test asserts what it reads.
  readonly json: any;
}

/** How often a stack is looked at, and for how long, in milliseconds. A real Heat can take many seconds. */
const POLL_MS = 50;
const PATIENCE_MS = 60_000;

/** Just enough of a client to say exactly what goes over the wire. */
export class HeatClient {
  constructor(private readonly heat: HeatUnderTest) {}

  async send(method: string, path: string, body?: unknown, token?: string | null): Promise<HeatAnswer> {
    const url = path.startsWith('http') ? path : this.heat.endpoint + path;
    const authorised = token === undefined ? await this.heat.token() : token;
    const response = await fetch(url, {
      method, redirect: 'manual', ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      headers: {
        'content-type': 'application/json', accept: 'application/json', ...(authorised !== null && { 'x-auth-token': authorised }),
      },
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, json: text === '' ? undefined : JSON.parse(text) as unknown };
  }

  get(path: string): Promise<HeatAnswer> {
    return this.send('GET', path);
  }

  /** Makes it, waits for its end, and gives what `show` says then. */
  async create(name: string, template: JsonMap, more: JsonMap = {}, action?: string): Promise<ShownStack> {
    const { status, json } = await this.send('POST', '/stacks', { stack_name: name, template: withVersion(template), ...more });
    if (status !== 201) throw new Error(`creating ${name} gave ${status}: ${JSON.stringify(json)}`);
    return this.finished(`/stacks/${name}/${json.stack.id as string}`, action);
  }

  async update(stack: ShownStack, template: JsonMap, more: JsonMap = {}, action?: string): Promise<ShownStack> {
    const { status, json } = await this.send('PUT', stack.path, { template: withVersion(template), ...more });
    if (status !== 202) throw new Error(`updating gave ${status}: ${JSON.stringify(json)}`);
    return this.finished(stack.path, action);
  }

  /** @param action that is to be over, where others may come before it: a real Heat shows a failure a moment before it rolls back. */
  async finished(path: string, action = ''): Promise<ShownStack> {
    for (const end = Date.now() + PATIENCE_MS; Date.now() < end;) {
      const { status, json } = await this.get(path);
      if (status !== 200) throw new Error(`${path} gave ${status}: ${JSON.stringify(json)}`);
      const { stack } = json as { stack: ShownStack };
      if (stack.stack_status.startsWith(action) && !stack.stack_status.endsWith('_IN_PROGRESS')) return Object.assign(stack, { path });
      await new Promise((resolve) => {
        setTimeout(resolve, POLL_MS);
      });
    }
    throw new Error(`${path} did not end`);
  }

  async delete(stack: ShownStack): Promise<ShownStack> {
    const { status } = await this.send('DELETE', stack.path);
    if (status !== 204) throw new Error(`deleting gave ${status}`);
    return this.finished(stack.path);
  }
}

export interface ShownStack {
  readonly path: string;
  readonly id: string;
  readonly stack_name: string;
  readonly stack_status: string;
  readonly stack_status_reason: string;
  readonly outputs: readonly { readonly output_key: string; readonly output_value: unknown; readonly output_error?: string }[];
  readonly parameters: Readonly<Record<string, string>>;
}

export function withVersion(template: JsonMap): JsonMap {
  return { heat_template_version: '2018-08-31', ...template };
}

/** Outputs by name. */
export function outputsOf({ outputs }: ShownStack): Record<string, unknown> {
  return Object.fromEntries(outputs.map(({ output_key: key, output_value: value }) => [key, value]));
}
