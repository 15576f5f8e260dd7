import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createSandboxApp } from '../sandbox-cloud.ts';
import type { SandboxCloudOptions } from '../sandbox-cloud.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
  /** The body as JSON, for a test to dig in. */
  // oxlint-disable-next-line typescript/no-explicit-any -- answers differ by request; each test asserts what it reads.
  readonly json: any;
}

export interface SendOptions {
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** A sandbox without a port: requests are handed to it. */
export interface InjectedSandbox {
  get(path: string, token?: string, headers?: Record<string, string>): Promise<Answer>;
  send(method: 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'HEAD', path: string, options?: SendOptions): Promise<Answer>;
  /** A token of this user, scoped to the project unless that is left out. */
  logIn(user: string, project?: string): Promise<string>;
  close(): Promise<void>;
}

export async function openInjectedSandbox(options: Partial<SandboxCloudOptions> = {}): Promise<InjectedSandbox> {
  const { app, address } = await createSandboxApp({ port: 0, containerInfraUrl: 'http://magnum.test/v1', latency: {}, ...options });
  address.url = 'http://sandbox.test';
  await app.init();
  const as = (token: string | undefined) => (token === undefined ? {} : { 'x-auth-token': token });
  const send: InjectedSandbox['send'] = (method, path, { token, headers, body } = {}) => exchange(app, {
    method, url: path, headers: { ...as(token), ...headers }, ...(body !== undefined && { payload: body as object }),
  });
  return {
    get: (path, token, headers) => exchange(app, { method: 'GET', url: path, headers: { ...as(token), ...headers } }),
    send,
    async logIn(user, project) {
      const answer = await send('POST', '/v3/auth/tokens', { body: passwordLogIn(user, project) });
      if (answer.status !== 201) throw new Error(`login gave ${answer.status}: ${answer.text}`);
      return answer.headers['x-subject-token'] as string;
    },
    close: () => app.close(),
  };
}

/** Body of a log-in as clients write it. */
export function passwordLogIn(name: string, project?: string, password = 'secret'): unknown {
  const identity = { methods: ['password'], password: { user: { name, domain: { name: 'Default' }, password } } };
  return { auth: { identity, ...(project !== undefined && { scope: { project: { name: project, domain: { id: 'default' } } } }) } };
}

async function exchange(app: NestFastifyApplication, request: Parameters<NestFastifyApplication['inject']>[0]): Promise<Answer> {
  const response = await app.inject(request);
  const isJson = String(response.headers['content-type']).startsWith('application/json') && response.body !== '';
  return { status: response.statusCode, headers: response.headers, text: response.body, json: isJson ? response.json() : undefined };
}
