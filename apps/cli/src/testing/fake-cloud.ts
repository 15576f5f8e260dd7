import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** What the service answers: JSON with a status, or whatever the function does. */
export type Reply = JsonReply | ((response: ServerResponse) => void);

interface JsonReply {
  /** @default 200 */
  readonly status?: number;
  readonly body: unknown;
  readonly headers?: Record<string, string>;
}

/** Keystone and the service on one port. Replies are given in turn; the last one stays. Close it. */
export class FakeCloud {
  readonly asked: Asked[] = [];
  readonly #replies = new Map<string, Reply[]>();
  #tokens = 0;

  private constructor(private readonly server: Server) {}

  static async open(): Promise<FakeCloud> {
    const server = createServer();
    const cloud = new FakeCloud(server);
    server.on('request', (request, response) => void cloud.#handle(request, response));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    cloud.on('POST /identity/v3/auth/tokens', (response) => cloud.#giveToken(response));
    return cloud;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Variables that lead here. */
  get env(): Record<string, string> {
    return {
      OS_AUTH_URL: `${this.url}/identity`, OS_USERNAME: 'ada', OS_PASSWORD: 'secret', OS_PROJECT_NAME: 'engines',
      OS_USER_DOMAIN_NAME: 'Default', OS_PROJECT_DOMAIN_NAME: 'Default',
    };
  }

  /** @param request method and path, without the query unless it matters. */
  on(request: string, ...replies: readonly Reply[]): void {
    this.#replies.set(request, [...replies]);
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { method = '', url: path = '', headers } = request;
    this.asked.push({ method, path, headers, body: Buffer.concat(chunks).toString() });
    const replies = this.#replies.get(`${method} ${path}`) ?? this.#replies.get(`${method} ${path.split('?', 1)[0]!}`);
    const reply = replies && replies.length > 1 ? replies.shift() : replies?.[0];
    if (typeof reply === 'function') return reply(response);
    sendJson(response, reply ?? { status: 404, body: magnumError(404, 'Not Found') });
  }

  #giveToken(response: ServerResponse): void {
    const endpoint = (kind: string, url: string) => ({ interface: kind, region_id: 'RegionOne', url });
    const catalog = [
      { type: 'image', endpoints: [endpoint('public', `${this.url}/image`)] },
      { type: 'container-infra', endpoints: [endpoint('admin', 'http://nowhere.invalid'), endpoint('public', `${this.url}/v1/`)] },
    ];
    this.#tokens += 1;
    sendJson(response, { status: 201, headers: { 'x-subject-token': `token-${this.#tokens}` }, body: { token: { catalog } } });
  }
}

function sendJson(response: ServerResponse, { status = 200, body, headers = {} }: JsonReply): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

export function magnumError(status: number, detail: string): object {
  return { errors: [{ request_id: 'req-1', code: 'client', status, title: detail.split('.', 1)[0], detail, links: [] }] };
}
