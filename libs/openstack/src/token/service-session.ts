import { KeystoneUnavailable } from '../errors.ts';
import type { HttpCall, HttpResponse } from '../http/http-call.port.ts';
import { parseJson, recordOf, textOf } from '../http/json.ts';

export interface ServiceCredentials {
  readonly username: string;
  readonly password: string;
  /** @default Default */
  readonly userDomainName?: string;
  readonly projectName: string;
  /** @default Default */
  readonly projectDomainName?: string;
}

/** A wrong password is not tried again for this long: Keystone may lock accounts after a few failures. */
const REFUSED_PAUSE_MS = 5_000;
/** Share of a token's life after which a new one is fetched, long before requests could meet an expired one. */
const RENEW_AFTER = 0.8;

/** Our own way into Keystone: logs in when first needed, renews before expiry, once for all who wait. */
export class ServiceSession {
  #token: { readonly value: string; readonly renewAtMs: number } | undefined;
  #login: Promise<string> | undefined;
  #refusedUntilMs = 0;
  readonly #body: string;

  constructor(
    private readonly tokensUrl: string,
    credentials: ServiceCredentials,
    private readonly http: HttpCall,
    private readonly timeoutMs: number,
    private readonly now: () => number,
  ) {
    this.#body = JSON.stringify(loginBody(credentials));
  }

  /** @throws {KeystoneUnavailable} */
  token(): string | Promise<string> {
    const nowMs = this.now();
    if (this.#token && nowMs < this.#token.renewAtMs) return this.#token.value;
    if (nowMs < this.#refusedUntilMs) throw refused();
    this.#login ??= this.#logIn().finally(() => (this.#login = undefined));
    return this.#login;
  }

  /** Drops a token that Keystone did not take; one fetched since by another request stays. */
  forget(token: string): void {
    if (this.#token?.value === token) this.#token = undefined;
  }

  async #logIn(): Promise<string> {
    const startedMs = this.now();
    const headers = { 'content-type': 'application/json', accept: 'application/json' };
    const response = await reachKeystone(this.http({
      method: 'POST', url: `${this.tokensUrl}?nocatalog`, headers, body: this.#body, timeoutMs: this.timeoutMs,
    }));
    if (response.status === 401 || response.status === 403) {
      this.#refusedUntilMs = startedMs + REFUSED_PAUSE_MS;
      throw refused();
    }
    const value = response.headers['x-subject-token'];
    const expiresMs = Date.parse(textOf(recordOf(recordOf(parseJson(response.body))?.['token'])?.['expires_at']) ?? '');
    if (response.status !== 201 || typeof value !== 'string' || Number.isNaN(expiresMs)) {
      throw new KeystoneUnavailable(`it answered the login of the service user with status ${response.status}`);
    }
    this.#token = { value, renewAtMs: startedMs + (expiresMs - startedMs) * RENEW_AFTER };
    return value;
  }
}

function refused(): KeystoneUnavailable {
  return new KeystoneUnavailable('it refuses the user name, password or project of the service user');
}

/** @throws {KeystoneUnavailable} instead of whatever kept the answer away. */
export async function reachKeystone(answer: Promise<HttpResponse>): Promise<HttpResponse> {
  try {
    return await answer;
  } catch (error) {
    throw new KeystoneUnavailable(error instanceof Error ? error.message : 'the request failed', { cause: error });
  }
}

function loginBody(credentials: ServiceCredentials): unknown {
  const { username, password, userDomainName = 'Default', projectName, projectDomainName = 'Default' } = credentials;
  return {
    auth: {
      identity: { methods: ['password'], password: { user: { name: username, domain: { name: userDomainName }, password } } },
      scope: { project: { name: projectName, domain: { name: projectDomainName } } },
    },
  };
}
