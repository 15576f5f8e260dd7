import { Agent, request as send, type IncomingMessage } from 'node:http';
import type { Asker, FuzzRequest } from './fuzz-request.ts';

export interface Exchanged {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  /** Undefined where events would have followed for ever. */
  readonly text: string | undefined;
}

/** Sends requests that were made up, as they are: over plain sockets, without a client's good manners. */
export class Exchange {
  readonly #agent = new Agent({ keepAlive: true });

  /** @param ids real ids by their stand-ins. */
  constructor(
    private readonly apiUrl: string,
    private readonly tokens: Readonly<Record<Exclude<Asker, 'nobody'>, string>>,
    private readonly ids: ReadonlyMap<string, string>,
  ) {}

  close(): void {
    this.#agent.destroy();
  }

  /** The target as it is sent. */
  targetOf({ target }: FuzzRequest): string {
    return this.#withRealIds(target);
  }

  async say(request: FuzzRequest): Promise<Exchanged> {
    const { as, method, headers, body } = request;
    const bytes = typeof body === 'string' ? Buffer.from(this.#withRealIds(body)) : body;
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const outgoing = send(this.apiUrl, {
        method, path: this.targetOf(request), agent: this.#agent,
        headers: {
          ...headers,
          ...(as === 'nobody' ? {} : { 'x-auth-token': this.tokens[as] }),
          ...(bytes === undefined ? {} : { 'content-length': String(bytes.length) }),
        },
      }, resolve);
      outgoing.on('error', reject);
      outgoing.end(bytes);
    });
    return { status: response.statusCode!, headers: response.headers, text: await textOf(response) };
  }

  #withRealIds(text: string): string {
    return [...this.ids].reduce((before, [standIn, id]) => before.replaceAll(standIn, id), text);
  }
}

async function textOf(response: IncomingMessage): Promise<string | undefined> {
  if (response.headers['content-type']?.startsWith('text/event-stream')) {
    response.destroy();
    return undefined;
  }
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
