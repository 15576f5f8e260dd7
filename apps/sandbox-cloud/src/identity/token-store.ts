import { hash, randomBytes } from 'node:crypto';

/** Where a token counts, and by which delegation it was got. */
export interface TokenScope {
  /** Null for a token without a project. */
  readonly projectId: string | null;
  /** The whole cloud. */
  readonly system?: true;
  readonly domainId?: string;
  readonly credentialId?: string;
  readonly trustId?: string;
}

/** What a token stands for. The token itself is only known to whoever was given it. */
export interface TokenRecord extends TokenScope {
  readonly userId: string;
  /** How it was asked for: `password`, `token`. */
  readonly methods: readonly string[];
  readonly issuedAtMs: number;
  readonly expiresAtMs: number;
  /** Its own id for audits, then that of the first token it was made from. */
  readonly auditIds: readonly string[];
}

export interface TokenRequest extends TokenScope {
  readonly userId: string;
  readonly methods: readonly string[];
  /** The token this one is made from: it does not live longer than that. */
  readonly parent?: TokenRecord;
}

/** When this many are alive, the oldest goes: a sandbox is not a place to keep more. */
const MAX_TOKENS = 100_000;

/** Tokens in memory, as hashes: a restart ends them all, a dump shows none. */
export class TokenStore {
  private readonly records = new Map<string, TokenRecord>();

  constructor(
    private readonly ttlMs: number,
    private readonly now: () => number,
  ) {}

  get nowMs(): number {
    return this.now();
  }

  issue(request: TokenRequest): { readonly token: string; readonly record: TokenRecord } {
    const { methods, parent, ...whose } = request;
    const issuedAtMs = this.now();
    const auditId = randomBytes(16).toString('base64url');
    const record: TokenRecord = {
      ...whose, methods: [...new Set([...(parent?.methods ?? []), ...methods])], issuedAtMs,
      expiresAtMs: parent?.expiresAtMs ?? issuedAtMs + this.ttlMs,
      auditIds: parent ? [auditId, parent.auditIds.at(-1)!] : [auditId],
    };
    const token = randomBytes(48).toString('base64url');
    this.makeRoom(issuedAtMs);
    this.records.set(keyOf(token), record);
    return { token, record };
  }

  /** `undefined` for a token that was never issued, has expired or was revoked. */
  find(token: string): TokenRecord | undefined {
    const key = keyOf(token);
    const record = this.records.get(key);
    if (record && record.expiresAtMs > this.now()) return record;
    this.records.delete(key);
    return undefined;
  }

  revoke(token: string): void {
    this.records.delete(keyOf(token));
  }

  private makeRoom(nowMs: number): void {
    if (this.records.size < MAX_TOKENS) return;
    for (const [key, record] of this.records) if (record.expiresAtMs <= nowMs) this.records.delete(key);
    const oldest = this.records.keys().next();
    if (this.records.size >= MAX_TOKENS && !oldest.done) this.records.delete(oldest.value);
  }
}

function keyOf(token: string): string {
  return hash('sha256', token, 'base64');
}
