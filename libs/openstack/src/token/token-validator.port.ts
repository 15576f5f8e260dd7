/** One address of a service, as Keystone's catalog lists it. */
export interface CatalogEndpoint {
  /** `public`, `internal` or `admin`. */
  readonly interface: string;
  readonly region: string;
  readonly url: string;
}

export interface CatalogService {
  /** `image`, `compute`, `network`, `orchestration`, … */
  readonly type: string;
  readonly name: string;
  readonly endpoints: readonly CatalogEndpoint[];
}

/** What Keystone says about a token. Shared between requests: never changed, never holds the token itself. */
export interface TokenInfo {
  readonly userId: string;
  readonly userName: string;
  readonly userDomainId: string;
  /** Null for a token that is not scoped to a project; name and domain are null with it. */
  readonly projectId: string | null;
  readonly projectName: string | null;
  readonly projectDomainId: string | null;
  /** Role names in the project, implied roles included (Keystone expands them). */
  readonly roles: readonly string[];
  /** RFC 3339 UTC, as Keystone wrote it. */
  readonly expiresAt: string;
  /** Empty for a token without a project. */
  readonly catalog: readonly CatalogService[];
}

export interface ValidationOptions {
  /**
   * Also takes a token that expired not long ago (Keystone's `allow_expired_window`, two days unless configured): for a
   * service that goes on with what its user asked for.
   */
  readonly allowExpired?: boolean;
}

/**
 * Tells whose token this is, by asking Keystone (`GET /v3/auth/tokens`) and remembering the answer for a while.
 *
 * An answer may be as old as the configured time to live: a token revoked in between is still taken. Tokens are kept
 * as hashes only. Requests with the same token at the same time ask once.
 */
export interface KeystoneTokenValidator {
  /**
   * @returns `'invalid'` for a token that Keystone does not know, has revoked or has expired, and for text that cannot
   * be a token at all.
   * @throws {KeystoneUnavailable} Keystone gave no usable answer in time; nothing is known about the token.
   */
  validate(token: string, options?: ValidationOptions): Promise<TokenInfo | 'invalid'>;
  /** Closes the connections. */
  close(): void;
}
