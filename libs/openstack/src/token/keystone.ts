import { hash } from 'node:crypto';
import { KeystoneUnavailable } from '../errors.ts';
import { ExpiringCache } from '../expiring-cache.ts';
import type { HttpCall, HttpResponse } from '../http/http-call.port.ts';
import { openHttpPool } from '../http/http-pool.ts';
import { parseJson } from '../http/json.ts';
import { ServiceSession, reachKeystone } from './service-session.ts';
import type { ServiceCredentials } from './service-session.ts';
import { tokenInfoOf } from './token-info.ts';
import type { CatalogService, KeystoneTokenValidator, TokenInfo, ValidationOptions } from './token-validator.port.ts';

/** The service user needs the role `service` or `admin` in its project: Keystone lets only those ask about others' tokens. */
export interface KeystoneOptions extends ServiceCredentials {
  /** As in `OS_AUTH_URL`, with or without `/v3` at its end. */
  readonly authUrl: string;
  /** How long a valid token's answer is used, at most until the token expires. @default 60 */
  readonly cacheTtlSeconds?: number;
  /** How long a token counts as invalid without asking again. @default 5 */
  readonly invalidTtlSeconds?: number;
  /** Valid tokens kept. @default 10000 */
  readonly cacheSize?: number;
  /** For each request to Keystone; a validation makes at most four (its own login, the question, both again). @default 5000 */
  readonly timeoutMs?: number;
  /** @default connections of its own, kept open */
  readonly http?: HttpCall;
  /** Milliseconds since 1970. @default Date.now */
  readonly now?: () => number;
}

/** Invalid tokens have a cache of their own, so that a flood of made-up ones cannot push out the good ones. */
const INVALID_CACHE_SIZE = 1_000;
/** Different catalogs kept for sharing; most clouds have one a project. */
const CATALOG_CACHE_SIZE = 1_000;
/** Longer is no token of any Keystone, and no header that a server of ours lets in. */
const MAX_TOKEN_LENGTH = 16_384;

/** Opens no connection before the first validation: Keystone may come up after us. */
export function openKeystone(options: KeystoneOptions): KeystoneTokenValidator {
  return new Keystone(options);
}

class Keystone implements KeystoneTokenValidator {
  readonly #valid: ExpiringCache<Promise<TokenInfo>>;
  readonly #invalid = new ExpiringCache<'invalid'>(INVALID_CACHE_SIZE);
  readonly #catalogs = new ExpiringCache<readonly CatalogService[]>(CATALOG_CACHE_SIZE);
  readonly #asking = new Map<string, Promise<TokenInfo | 'invalid'>>();
  readonly #session: ServiceSession;
  readonly #tokensUrl: string;
  readonly #ttlMs: number;
  readonly #invalidTtlMs: number;
  readonly #timeoutMs: number;
  readonly #http: HttpCall;
  readonly #now: () => number;
  readonly #close: () => void;

  constructor(options: KeystoneOptions) {
    const pool = options.http ? undefined : openHttpPool();
    this.#http = options.http ?? pool!.call;
    this.#close = () => pool?.close();
    this.#now = options.now ?? Date.now;
    this.#ttlMs = (options.cacheTtlSeconds ?? 60) * 1_000;
    this.#invalidTtlMs = (options.invalidTtlSeconds ?? 5) * 1_000;
    this.#timeoutMs = options.timeoutMs ?? 5_000;
    this.#valid = new ExpiringCache(options.cacheSize ?? 10_000);
    this.#tokensUrl = `${identityV3(options.authUrl)}/auth/tokens`;
    this.#session = new ServiceSession(this.#tokensUrl, options, this.#http, this.#timeoutMs, this.#now);
  }

  validate(token: string, { allowExpired = false }: ValidationOptions = {}): Promise<TokenInfo | 'invalid'> {
    const key = hash('sha256', token, 'base64');
    const known = this.#valid.get(key, this.#now());
    if (known) return known;
    return allowExpired ? this.#validateUnknown(token, `${key} expired`, true) : this.#validateUnknown(token, key, false);
  }

  close(): void {
    this.#close();
  }

  /** An answer about a token that may have expired is remembered by a key of its own: it is good for nobody else. */
  #validateUnknown(token: string, key: string, allowExpired: boolean): Promise<TokenInfo | 'invalid'> {
    if (token.length > MAX_TOKEN_LENGTH || !/^[\x21-\x7e]+$/.test(token)) return Promise.resolve('invalid');
    const known = this.#invalid.get(key, this.#now()) ?? (allowExpired ? this.#valid.get(key, this.#now()) : undefined);
    if (known) return Promise.resolve(known);
    const asked = this.#asking.get(key);
    if (asked) return asked;
    const asking = this.#ask(token, key, allowExpired).finally(() => this.#asking.delete(key));
    this.#asking.set(key, asking);
    return asking;
  }

  async #ask(token: string, key: string, allowExpired: boolean): Promise<TokenInfo | 'invalid'> {
    const response = await this.#askAsService(token, allowExpired ? '?allow_expired=1' : '');
    const nowMs = this.#now();
    if (response.status === 404) return this.#remember(key, nowMs);
    if (response.status !== 200) throw new KeystoneUnavailable(`it answered a token validation with status ${response.status}`);
    const info = tokenInfoOf(parseJson(response.body));
    if (!info) throw new KeystoneUnavailable('it answered a token validation with something that is no token');
    const expiresMs = Date.parse(info.expiresAt);
    if (expiresMs <= nowMs && !allowExpired) return this.#remember(key, nowMs);
    const shared = { ...info, catalog: this.#shared(info.catalog, nowMs) };
    this.#valid.set(key, Promise.resolve(shared), allowExpired ? nowMs + this.#ttlMs : Math.min(nowMs + this.#ttlMs, expiresMs));
    return shared;
  }

  /** Asks with our own token; a fresh one once, as it may have been revoked before its time. */
  async #askAsService(subject: string, query: string): Promise<HttpResponse> {
    for (let attempt = 1; ; attempt += 1) {
      const own = await this.#session.token();
      const headers = { accept: 'application/json', 'x-auth-token': own, 'x-subject-token': subject };
      const response = await reachKeystone(this.#http({ method: 'GET', url: `${this.#tokensUrl}${query}`, headers, timeoutMs: this.#timeoutMs }));
      if (response.status === 403) throw new KeystoneUnavailable('the service user may not validate tokens: it lacks the role service');
      if (response.status !== 401 || attempt === 2) return response;
      this.#session.forget(own);
    }
  }

  #remember(key: string, nowMs: number): 'invalid' {
    this.#invalid.set(key, 'invalid', nowMs + this.#invalidTtlMs);
    return 'invalid';
  }

  /** One object for equal catalogs: ten thousand tokens with a catalog of 20 kB each would otherwise hold 200 MB. */
  #shared(catalog: readonly CatalogService[], nowMs: number): readonly CatalogService[] {
    const key = hash('sha256', JSON.stringify(catalog), 'base64');
    const known = this.#catalogs.get(key, nowMs);
    if (known) return known;
    this.#catalogs.set(key, catalog, Number.POSITIVE_INFINITY);
    return catalog;
  }
}

function identityV3(authUrl: string): string {
  const url = authUrl.replace(/\/+$/, '');
  return url.endsWith('/v3') ? url : `${url}/v3`;
}
