import { Agent, request } from 'node:https';

const DEFAULT_TIMEOUT_MS = 10_000;

/** What one engine is reached with. The key never leaves memory and the node's directory. */
export interface EngineAccess {
  readonly address: string;
  readonly caPem: string;
  readonly certificatePem: string;
  readonly keyPem: string;
}

/** The engine answered, and the answer is no. */
export class EngineRefused extends Error {
  override readonly name = 'EngineRefused';
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

export const ENGINE_PORT = 2376;

/** One Docker engine over mutual TLS. Secrets travel in bodies only, never in arguments that other users could read. */
export class EngineApi {
  readonly address: string;
  readonly #agent: Agent;

  constructor({ address, caPem, certificatePem, keyPem }: EngineAccess) {
    this.address = address;
    this.#agent = new Agent({ keepAlive: true, maxSockets: 4, ca: caPem, cert: certificatePem, key: keyPem });
  }

  close(): void {
    this.#agent.destroy();
  }

  get<T>(path: string, signal: AbortSignal, timeoutMs?: number): Promise<T> {
    return this.#send<T>('GET', path, undefined, signal, timeoutMs);
  }

  post<T>(path: string, body: unknown, signal: AbortSignal, timeoutMs?: number): Promise<T> {
    return this.#send<T>('POST', path, body === undefined ? undefined : Buffer.from(JSON.stringify(body)), signal, timeoutMs);
  }

  delete(path: string, signal: AbortSignal): Promise<void> {
    return this.#send('DELETE', path, undefined, signal);
  }

  upload(path: string, content: Buffer, signal: AbortSignal): Promise<void> {
    return this.#send('POST', path, content, signal, 60_000, 'application/x-tar');
  }

  async has(path: string, signal: AbortSignal): Promise<boolean> {
    try {
      await this.get(path, signal);
      return true;
    } catch (error) {
      if (error instanceof EngineRefused && error.status === 404) return false;
      throw error;
    }
  }

  #send<T>(
    method: string,
    path: string,
    body: Buffer | undefined,
    signal: AbortSignal,
    timeoutMs = DEFAULT_TIMEOUT_MS,
    type = 'application/json',
  ): Promise<T> {
    return new Promise((resolve, reject) => {
      const headers = body ? { 'content-type': type, 'content-length': body.length } : {};
      const until = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
      const sent = request(
        { host: this.address, port: ENGINE_PORT, method, path, headers, agent: this.#agent, signal: until },
        (answer) => {
          const chunks: Buffer[] = [];
          answer.on('data', (chunk: Buffer) => chunks.push(chunk));
          answer.on('error', reject);
          answer.on('end', () => {
            const text = Buffer.concat(chunks).toString();
            const status = answer.statusCode ?? 0;
            if (status >= 400) reject(new EngineRefused(status, `${method} ${path.split('?')[0]} at ${this.address}: ${messageOf(text)}`));
            else resolve(parsed(text) as T);
          });
        },
      );
      sent.on('error', reject);
      sent.end(body);
    });
  }
}

function parsed(text: string): unknown {
  // Some answers are a stream of objects, or plain words; nobody here reads those.
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function messageOf(text: string): string {
  const answer = parsed(text) as { message?: unknown } | string;
  return typeof answer === 'object' && typeof answer.message === 'string' ? answer.message : text.slice(0, 300);
}
