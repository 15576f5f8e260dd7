import { Problem } from '../problem.ts';
import type { CloudSettings } from './cloud-settings.ts';
import { Unreachable, readJson, send } from './http.ts';
import { logIn, type Session } from './keystone.ts';
import { readServerSentEvents, type ServerSentEvent } from './server-sent-events.ts';

/** Magnum's newest version, and ours beside it. */
const VERSION = 'container-infra latest, bay-ops 1.0';
/** Twice and a half the longest silence of the service: then the connection is dead. */
const SILENCE_MS = 40_000;

/** The service refused. */
export class Refused extends Problem {
  constructor(readonly status: number, message: string, requestId: string | null) {
    super(requestId ? `${message} (request ${requestId})` : message, adviceFor(status));
  }
}

function adviceFor(status: number): { readonly advice?: string } {
  if (status === 401) return { advice: 'The token is not accepted: check the OS_* variables.' };
  if (status === 403) return { advice: 'Ask for the role reader or member in the project.' };
  if (status === 404) return { advice: 'Check the name, and that OS_PROJECT_NAME is the project it belongs to.' };
  return {};
}

/** The service, as one user. Logs in when first asked, and once more when the token is not accepted any longer. */
export class ApiClient {
  #session: Promise<Session> | undefined;

  constructor(private readonly settings: CloudSettings) {}

  /** @param path below the endpoint, from `/v1` on. @throws {Refused} {Problem} */
  async get<T>(path: string): Promise<T> {
    return (await readJson('the service', await this.#request(path, { accept: 'application/json' }))) as T;
  }

  /**
   * @param etag of what is known; the same thing is not sent again.
   * @returns null when nothing has changed.
   */
  async getIfChanged(path: string, etag: string | undefined): Promise<{ readonly body: unknown; readonly etag: string | undefined } | null> {
    const response = await this.#request(path, { accept: 'application/json', ...(etag === undefined ? {} : { 'if-none-match': etag }) });
    if (response.status === 304) return null;
    return { body: await readJson('the service', response), etag: response.headers.get('etag') ?? undefined };
  }

  /** @returns the body, and the operation that was begun. */
  async post(path: string, body: unknown): Promise<{ readonly body: unknown; readonly operationId: string | null }> {
    const headers = { accept: 'application/json', 'content-type': 'application/json' };
    const response = await this.#request(path, headers, undefined, JSON.stringify(body));
    return { body: await readJson('the service', response), operationId: response.headers.get('operation-id') };
  }

  /**
   * A stream of server-sent events; it ends when the service ends it.
   * @throws {Refused} {Problem} also while it is read: the connection was lost.
   */
  async *listen(path: string, lastEventId: string): AsyncGenerator<ServerSentEvent> {
    const dead = new AbortController();
    const silence = setTimeout(() => dead.abort(), SILENCE_MS);
    try {
      const response = await this.#request(path, { accept: 'text/event-stream', 'last-event-id': lastEventId }, dead.signal);
      for await (const event of readServerSentEvents(alive(response.body!, silence))) yield event;
    } catch (error) {
      if (error instanceof Problem) throw error;
      throw new Unreachable('The connection to the service was lost.', { cause: error });
    } finally {
      clearTimeout(silence);
      dead.abort();
    }
  }

  async #request(path: string, headers: Record<string, string>, signal?: AbortSignal, body?: string): Promise<Response> {
    const first = await this.#requestOnce(path, headers, signal, body);
    if (first.status !== 401 || this.settings.login.method === 'token') return accepted(first);
    await first.body?.cancel();
    this.#session = undefined;
    return accepted(await this.#requestOnce(path, headers, signal, body));
  }

  async #requestOnce(path: string, headers: Record<string, string>, signal?: AbortSignal, body?: string): Promise<Response> {
    const { endpoint, token } = await (this.#session ??= logIn(this.settings));
    const init = {
      headers: { ...headers, 'x-auth-token': token, 'openstack-api-version': VERSION }, ...(signal ? { signal } : {}),
      ...(body === undefined ? {} : { method: 'POST', body }),
    };
    return send('the service', `${endpoint}${path}`, init);
  }
}

async function* alive(body: AsyncIterable<Uint8Array>, silence: NodeJS.Timeout): AsyncGenerator<Uint8Array> {
  for await (const chunk of body) {
    silence.refresh();
    yield chunk;
  }
}

interface ErrorBody {
  readonly errors?: readonly { readonly title?: string; readonly detail?: string; readonly request_id?: string }[];
  readonly error?: { readonly message?: string };
}

/** @throws {Refused} in the words of the service: Magnum's shape, or that of Keystone's middleware. */
async function accepted(response: Response): Promise<Response> {
  if (response.ok || response.status === 304) return response;
  const body = (await response.json().catch(() => undefined)) as ErrorBody | undefined;
  const [error] = body?.errors ?? [];
  const requestId = response.headers.get('x-openstack-request-id') ?? error?.request_id ?? null;
  const said = error?.detail || error?.title || body?.error?.message || `The service answered ${response.status} ${response.statusText}.`;
  throw new Refused(response.status, said, requestId);
}
