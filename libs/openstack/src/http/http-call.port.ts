export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Milliseconds until the whole answer must be there, waiting for a free connection included. */
  readonly timeoutMs: number;
}

export interface HttpResponse {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: string;
}

/**
 * One exchange with a service of the cloud, whatever the status. Redirects are answers like others and never followed:
 * a token must not travel to a host that nobody configured.
 *
 * @throws {HttpFailure} no whole answer: refused, cut off, too slow, too large. The message says which, without headers.
 */
export type HttpCall = (request: HttpRequest) => Promise<HttpResponse>;

/** Why there is no answer. Stays inside this lib: adapters translate it into the refusal that names the service. */
export class HttpFailure extends Error {
  override readonly name = 'HttpFailure';
}
