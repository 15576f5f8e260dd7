import { X509Certificate, hash, verify } from 'node:crypto';
import { NodeKeyRefused, nodeWith, readNodeKey, signedText } from '@jeroboam/domain';
import type { BootstrapUse, NodeRequest } from '@jeroboam/domain';
import type { Clock } from '@jeroboam/platform';
import type { Certificates } from './certificates.ts';

/** A node that is known by the certificate it was issued, and when it came. */
export interface KeyUse {
  readonly bootstrap: BootstrapUse;
  /** Hex SHA-256 of the certificate's DER. */
  readonly certificate: string;
}

/** How far the clock of a node may be from ours, and so how long what it shows is good. */
const TOLERANCE_MS = 5 * 60_000;

/** Knows nodes that are there already by the keys of the certificates which they were issued on their shares. */
export class NodeKeys {
  constructor(
    private readonly certificates: Certificates,
    private readonly clock: Clock,
  ) {}

  /**
   * Whoever shows this with this request, and when.
   * @throws {NodeKeyRefused} what it says of the bay it says only to who has the key of one of its certificates.
   */
  async admit(request: NodeRequest, text: string): Promise<KeyUse> {
    const shown = readNodeKey(text);
    if (!shown) throw new NodeKeyRefused('unknown');
    const der = Buffer.from(shown.certificate, 'base64');
    const fingerprint = hash('sha256', der);
    const { state } = await this.certificates.load(request.bayId);
    // The ledger has it as issued by the bay's authority, so nobody else made it.
    const found = state.status === 'active' ? nodeWith(state.nodes, fingerprint) : undefined;
    if (state.status !== 'active' || !found) throw new NodeKeyRefused('unknown');
    const { node: { tokenId, role, node }, certificate: { issuer, notAfter } } = found;
    const who = { role, node };
    if (!isSignedBy(der, signedText(request, shown.atSeconds), shown.signature)) throw new NodeKeyRefused('signature', who);
    const now = this.clock.now();
    if (Math.abs(now.getTime() - shown.atSeconds * 1_000) > TOLERANCE_MS) throw new NodeKeyRefused('untimely', who);
    if (now.toISOString() >= notAfter) throw new NodeKeyRefused('expired', who);
    const { authorities, candidates } = state;
    if (issuer === undefined || ![authorities.kubernetes?.fingerprint, candidates.kubernetes?.fingerprint].includes(issuer)) throw new NodeKeyRefused('replaced', who);
    return { bootstrap: { tokenId, ...who, at: now.toISOString() }, certificate: fingerprint };
  }
}

function isSignedBy(der: Buffer, text: string, signature: string): boolean {
  const { publicKey } = new X509Certificate(der);
  // Of other kinds none signs with SHA-256 as the text says.
  if (publicKey.asymmetricKeyType !== 'rsa' && publicKey.asymmetricKeyType !== 'ec') return false;
  return verify('sha256', Buffer.from(text), publicKey, Buffer.from(signature, 'base64'));
}
