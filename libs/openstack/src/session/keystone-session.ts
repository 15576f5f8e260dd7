import { delay, systemTimers } from '@jeroboam/platform';
import type { Timers } from '@jeroboam/platform';
import { CloudCredentialsRefused, CloudServiceUnavailable, KeystoneUnavailable } from '../errors.ts';
import type { HttpCall, HttpResponse } from '../http/http-call.port.ts';
import { openHttpPool } from '../http/http-pool.ts';
import { parseJson } from '../http/json.ts';
import { serviceAddress } from '../lookup/service-address.ts';
import type { AddressChoice } from '../lookup/service-address.ts';
import { reachKeystone } from '../token/service-session.ts';
import { tokenInfoOf } from '../token/token-info.ts';
import type { TokenInfo } from '../token/token-validator.port.ts';
import type { CloudRequest, CloudSession } from './cloud-session.port.ts';
import { describeCredentials, loginBody } from './credentials.ts';
import type { CloudCredentials } from './credentials.ts';

export interface KeystoneSessionOptions {
  /** As in `OS_AUTH_URL`, with or without `/v3` at its end. */
  readonly authUrl: string;
  readonly credentials: CloudCredentials;
  /** Which of a service's addresses to use: `public`, `internal` or `admin`. @default public */
  readonly interface?: string;
  /** @default whatever region comes first in the catalog */
  readonly region?: string;
  /** For each request, a log-in included. @default 10000 */
  readonly timeoutMs?: number;
  /** @default connections of its own, kept open */
  readonly http?: HttpCall;
  /** Milliseconds since 1970. @default Date.now */
  readonly now?: () => number;
  /** @default those of this process */
  readonly timers?: Timers;
}

interface Ticket {
  readonly token: string;
  readonly info: TokenInfo;
  readonly renewAtMs: number;
}

/** Share of a token's life after which a new one is fetched, long before a request could meet an expired one. */
const RENEW_AFTER = 0.8;
/** Refused credentials are not tried again for this long: Keystone may lock accounts after a few failures. */
const REFUSED_PAUSE_MS = 5_000;
/**
 * Keystone writes into a token the whole second in which it was made. One made in the second in which the same user's
 * tokens were revoked, as by another password, therefore looks older than the revocation, and nobody takes it.
 */
const TOKEN_RESOLUTION_MS = 1_000;

/** Opens no connection before the first request: the cloud may come up after us. */
export function openKeystoneSession(options: KeystoneSessionOptions): CloudSession {
  return new KeystoneSession(options);
}

class KeystoneSession implements CloudSession {
  readonly #options: KeystoneSessionOptions;
  readonly #tokensUrl: string;
  readonly #choice: AddressChoice;
  readonly #timeoutMs: number;
  readonly #http: HttpCall;
  readonly #now: () => number;
  readonly #close: () => void;
  #ticket: Ticket | undefined;
  #login: Promise<Ticket> | undefined;
  #refused: { readonly untilMs: number; readonly error: CloudCredentialsRefused } | undefined;

  constructor(options: KeystoneSessionOptions) {
    const pool = options.http ? undefined : openHttpPool();
    this.#options = options;
    this.#http = options.http ?? pool!.call;
    this.#close = () => pool?.close();
    this.#now = options.now ?? Date.now;
    this.#timeoutMs = options.timeoutMs ?? 10_000;
    this.#tokensUrl = `${options.authUrl.replace(/\/+$/, '').replace(/\/v3$/, '')}/v3/auth/tokens`;
    this.#choice = { interface: options.interface ?? 'public', ...(options.region !== undefined && { region: options.region }) };
  }

  async identity(): Promise<TokenInfo> {
    return (await this.#valid()).info;
  }

  async request(request: CloudRequest): Promise<HttpResponse> {
    const first = await this.#valid();
    const response = await this.#exchange(request, first);
    if (response.status !== 401 || this.#options.credentials.kind === 'token') return response;
    const second = await this.#another(first);
    const again = await this.#exchange(request, second);
    if (again.status !== 401) return again;
    await delay(this.#options.timers ?? systemTimers, TOKEN_RESOLUTION_MS);
    return this.#exchange(request, await this.#another(second));
  }

  close(): void {
    this.#close();
  }

  async #exchange({ service, method, projectId, path, body, headers, timeoutMs }: CloudRequest, { token, info }: Ticket): Promise<HttpResponse> {
    const own = serviceAddress(info.catalog, service, this.#choice);
    const address = projectId === undefined || info.projectId === null ? own : own?.replace(info.projectId, encodeURIComponent(projectId));
    if (address === undefined) throw new CloudServiceUnavailable(service, `the catalog has no ${this.#place()} for it`);
    try {
      return await this.#http({
        method, url: address + path, timeoutMs: timeoutMs ?? this.#timeoutMs,
        headers: {
          accept: 'application/json', ...(body !== undefined && { 'content-type': 'application/json' }), ...headers, 'x-auth-token': token,
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
    } catch (error) {
      throw new CloudServiceUnavailable(service, error instanceof Error ? error.message : 'the request failed', { cause: error });
    }
  }

  /** Instead of one revoked before its time. What another request has fetched since is as good as one of our own. */
  #another(revoked: Ticket): Promise<Ticket> {
    if (this.#ticket === revoked) this.#ticket = undefined;
    return this.#valid();
  }

  #valid(): Promise<Ticket> {
    const nowMs = this.#now();
    if (this.#ticket && nowMs < this.#ticket.renewAtMs) return Promise.resolve(this.#ticket);
    if (this.#refused && nowMs < this.#refused.untilMs) return Promise.reject(this.#refused.error);
    this.#login ??= this.#logIn().finally(() => (this.#login = undefined));
    return this.#login;
  }

  async #logIn(): Promise<Ticket> {
    const startedMs = this.#now();
    const response = await this.#ask();
    if (REFUSALS.has(response.status)) throw this.#refuse(startedMs, response.status);
    const given = response.headers['x-subject-token'];
    const { credentials } = this.#options;
    const token = credentials.kind === 'token' ? credentials.token.reveal() : given;
    const info = tokenInfoOf(parseJson(response.body));
    if (typeof token !== 'string' || !info) throw new KeystoneUnavailable(`it answered a log-in with status ${response.status}`);
    this.#refused = undefined;
    this.#ticket = { token, info, renewAtMs: startedMs + (Date.parse(info.expiresAt) - startedMs) * RENEW_AFTER };
    return this.#ticket;
  }

  #ask(): Promise<HttpResponse> {
    const { credentials } = this.#options;
    const url = this.#tokensUrl;
    const headers = { accept: 'application/json', 'content-type': 'application/json' };
    const timeoutMs = this.#timeoutMs;
    if (credentials.kind === 'token') {
      const token = credentials.token.reveal();
      const own = { 'x-auth-token': token, 'x-subject-token': token };
      return reachKeystone(this.#http({ method: 'GET', url, headers: { ...headers, ...own }, timeoutMs }));
    }
    return reachKeystone(this.#http({ method: 'POST', url, headers, body: JSON.stringify(loginBody(credentials)), timeoutMs }));
  }

  #refuse(startedMs: number, status: number): CloudCredentialsRefused {
    const error = new CloudCredentialsRefused(describeCredentials(this.#options.credentials), status);
    this.#refused = { untilMs: startedMs + REFUSED_PAUSE_MS, error };
    return error;
  }

  #place(): string {
    const { interface: face, region } = this.#choice;
    return region === undefined ? `${face} endpoint` : `${face} endpoint in region ${region}`;
  }
}

/** 400 and 404 too: Keystone answers them to ids of trusts and application credentials that are gone. */
const REFUSALS: ReadonlySet<number> = new Set([400, 401, 403, 404]);
