import { createHash, hkdfSync, timingSafeEqual } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { BootstrapTokenRefused, derivedId, establishedAuthority, readNodeToken, requireOpen } from '@jeroboam/domain';
import type { BootstrapToken, BootstrapUse, EventContext, NodeToken } from '@jeroboam/domain';
import type { Clock } from '@jeroboam/platform';
import type { BayAuthorities, NamedBay } from './bay-authorities.ts';
import { partOf } from './certificates.ts';
import type { Certificates } from './certificates.ts';

export interface BootstrapLimits {
  /** From the minting of a token to its end; stacks take long, and bare-metal machines longest. */
  readonly tokenMinutes: number;
  /** From a node's first certificate to its last. */
  readonly nodeMinutes: number;
}

export const DEFAULT_BOOTSTRAP_LIMITS: BootstrapLimits = { tokenMinutes: 120, nodeMinutes: 10 };

/** For whom a token is. */
export interface NodesOfStack {
  readonly stack: string;
  readonly masters: number;
  readonly workers: number;
}

/**
 * Lets nodes ask for their certificates. A token follows from its id and the private key of the bay's authority, so it is
 * kept nowhere, outlives every process, and is worth nothing once that key is destroyed.
 */
export class BootstrapTokens {
  constructor(
    private readonly certificates: Certificates,
    private readonly authorities: BayAuthorities,
    private readonly clock: Clock,
    private readonly limits: BootstrapLimits,
  ) {}

  async mint(bay: NamedBay, nodes: NodesOfStack, context: EventContext): Promise<string> {
    const { bayId } = bay;
    const key = await this.authorities.keyOf(await this.authorities.of(bay, 'kubernetes', context));
    const tokenId = derivedId(context.commandId, 'bootstrap token');
    const token = tokenText(key, bayId, tokenId);
    const { tokenMinutes, nodeMinutes } = this.limits;
    const expiresAt = new Date(this.clock.now().getTime() + tokenMinutes * 60_000).toISOString();
    const data = { bayId, tokenId, fingerprint: sha256(token), ...nodes, expiresAt, nodeMinutes };
    await this.certificates.execute(bayId, { type: 'MintBootstrapToken', data }, partOf(context, 'mint'));
    return token;
  }

  async close(bayId: string, stack: string, context: EventContext): Promise<void> {
    await this.certificates.execute(bayId, { type: 'CloseBootstrapTokens', data: { bayId, stack } }, partOf(context, 'close'));
  }

  /**
   * Whoever shows this, and when.
   * @throws {BootstrapTokenRefused}
   */
  async admit(bayId: string, text: string): Promise<BootstrapUse> {
    const shown = readNodeToken(text);
    if (!shown) throw new BootstrapTokenRefused('unknown');
    const { state } = await this.certificates.load(bayId);
    // Whoever has no token for it learns nothing of a bay, not even that it was there.
    if (state.status === 'withdrawn') throw new BootstrapTokenRefused('unknown', shown);
    const { bootstrapTokens: tokens } = state;
    const authority = establishedAuthority(bayId, 'kubernetes', state);
    if (!authority || tokens.length === 0) throw new BootstrapTokenRefused('unknown', shown);
    const key = await this.authorities.keyOf(authority);
    const token = tokens.findLast((each) => isShareOf(shown, each, key));
    if (!token) throw new BootstrapTokenRefused('unknown', shown);
    const { role, node } = shown;
    const use = { tokenId: token.tokenId, role, node, at: this.clock.now().toISOString() };
    requireOpen(tokens, use, use.at);
    return use;
  }
}

function isShareOf({ role, node, share }: NodeToken, { bayId, tokenId }: BootstrapToken, key: KeyObject): boolean {
  const expected = sha256(`${role}:${node}:${tokenText(key, bayId, tokenId)}`);
  return timingSafeEqual(Buffer.from(expected, 'hex'), Buffer.from(share, 'hex'));
}

/** RFC 5869 over the key, so that neither the token tells of the key nor one token of another. */
function tokenText(key: KeyObject, bayId: string, tokenId: string): string {
  const pkcs8 = key.export({ format: 'der', type: 'pkcs8' });
  try {
    const bytes = Buffer.from(hkdfSync('sha256', pkcs8, '', `jeroboam bootstrap token ${bayId} ${tokenId}`, 32));
    return `jeroboam-stack:${bytes.toString('base64url')}`;
  } finally {
    pkcs8.fill(0);
  }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
