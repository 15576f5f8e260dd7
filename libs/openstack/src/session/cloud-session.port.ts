import type { CloudService } from '../errors.ts';
import type { HttpRequest, HttpResponse } from '../http/http-call.port.ts';
import type { TokenInfo } from '../token/token-validator.port.ts';

export interface CloudRequest {
  /** By its type in the catalog. */
  readonly service: CloudService;
  readonly method: HttpRequest['method'];
  /** Id of another project, in the place of our own in the service's address: for administrators. */
  readonly projectId?: string;
  /** Below the service's address, with its query; already encoded. */
  readonly path: string;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Beyond token and content type; names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  /** @default that of the session */
  readonly timeoutMs?: number;
}

/**
 * Requests to the services of one cloud under one identity. Logs in when first needed, renews the token well before it
 * expires, and logs in again once when a service no longer takes it. Requests made meanwhile share that log-in.
 */
export interface CloudSession {
  /**
   * Who we are, with the catalog.
   * @throws {KeystoneUnavailable} @throws {CloudCredentialsRefused}
   */
  identity(): Promise<TokenInfo>;
  /**
   * One exchange, whatever its status; only a 401 is looked at, and comes back when a fresh token is not taken either.
   * @throws {CloudServiceUnavailable} not in the catalog, or no whole answer in time: whether it was done is unknown.
   * @throws {KeystoneUnavailable} @throws {CloudCredentialsRefused}
   */
  request(request: CloudRequest): Promise<HttpResponse>;
  /** Closes the session's own connections. */
  close(): void;
}
