import type { CredentialPurpose } from '../bay/bay.credentials.ts';
import { bootstrapUseOf, isNodeToken, readNodeToken } from './bootstrap-token.ts';
import type { BootstrapRole } from './bootstrap-token.ts';
import { BootstrapTokenRefused, NodeKeyRefused } from './certificate.errors.ts';
import type { CertificateEvent, HandedOutCredential } from './certificate.events.ts';

/** What a node shows that has a certificate of the bay's: that it has the key as well, now, and for this one request. */
export interface NodeKeyProof {
  /** Seconds since the epoch, as the node's clock has them. */
  readonly atSeconds: number;
  /** DER in base64. */
  readonly certificate: string;
  /** In base64, of `signedText`: RSA (PKCS #1 v1.5) or ECDSA with SHA-256, as `openssl dgst -sha256 -sign` makes it. */
  readonly signature: string;
}

/** What a node asks for, and what it has. */
export interface NodeRequest {
  readonly bayId: string;
  readonly purpose: string;
  /** Tag of the credential that it has and can use; null: none. */
  readonly holds: string | null;
}

/** Begins what nodes show that have a certificate. */
const NODE_KEY = 'jeroboam-node-key:';

export function isNodeKey(text: string): boolean {
  return text.startsWith(NODE_KEY);
}

/** Whether this is anything that a node of a bay could show in the place of a user's token. */
export function isShownByNode(text: string): boolean {
  return isNodeToken(text) || isNodeKey(text);
}

/** @returns undefined for what no script of ours could have made. */
export function readNodeKey(text: string): NodeKeyProof | undefined {
  const [, at, certificate, signature] = /^jeroboam-node-key:([1-9]\d{0,11}):([A-Za-z0-9+/]{1,6000}={0,2}):([A-Za-z0-9+/]{1,1500}={0,2})$/.exec(text) ?? [];
  return at && certificate && signature ? { atSeconds: Number(at), certificate, signature } : undefined;
}

/** What the key signs: all that the request says, so that it is good for no other. */
export function signedText({ bayId, purpose, holds }: NodeRequest, atSeconds: number): string {
  return `GET /clusters/${bayId}/credentials/${purpose}\n${atSeconds}\n${holds ?? ''}\n`;
}

/** What is told whoever shows this and is nobody: the same for a bay that is not there as for one that it is not of. */
export function stranger(shown: string): BootstrapTokenRefused | NodeKeyRefused {
  return isNodeKey(shown) ? new NodeKeyRefused('unknown') : new BootstrapTokenRefused('unknown', readNodeToken(shown));
}

/** A certificate of the cluster authority that a node asked for itself. */
interface NodeCertificate {
  /** Hex SHA-256 of its DER. */
  readonly fingerprint: string;
  /** Fingerprint of the authority that signed it. */
  readonly issuer: string | undefined;
  /** RFC 3339 UTC. */
  readonly notAfter: string;
}

/** A credential that a node may be using. */
interface Holding extends Pick<HandedOutCredential, 'credential' | 'fingerprint'> {
  readonly purpose: CredentialPurpose;
  /** The node said that it uses this one, and so none from before. */
  readonly inUse: boolean;
}

/** A node that came with a bootstrap token, and what it has since. */
export interface KnownNode {
  /** The last one it came with. What it got on others is of a machine that is no more. */
  readonly tokenId: string;
  readonly role: BootstrapRole;
  readonly node: string;
  readonly certificates: readonly NodeCertificate[];
  readonly holdings: readonly Holding[];
}

/** By role and name. */
export type KnownNodes = Readonly<Record<string, KnownNode>>;

type NodeEvent = Extract<CertificateEvent, { type: 'CertificateIssued' | 'NodeCredentialHandedOut' | 'NodeCredentialInUse' }>;

export function evolveNodes(nodes: KnownNodes, event: NodeEvent): KnownNodes {
  switch (event.type) {
    case 'CertificateIssued': {
      const { authority, fingerprint, issuer, notAfter } = event.data;
      const use = bootstrapUseOf(event.data);
      if (!use || authority !== 'kubernetes') return nodes;
      return changed(nodes, use, (node) => ({ ...node, certificates: [...node.certificates, { fingerprint, issuer, notAfter }] }));
    }
    case 'NodeCredentialHandedOut': {
      const { bootstrap, purpose, credential, fingerprint } = event.data;
      return changed(nodes, bootstrap, (node) => (
        holdingOf(node, event.data) ? node : { ...node, holdings: [...node.holdings, { purpose, credential, fingerprint, inUse: false }] }));
    }
    case 'NodeCredentialInUse': {
      const { bootstrap, purpose, credential, fingerprint } = event.data;
      return changed(nodes, bootstrap, (node) => (
        { ...node, holdings: [...node.holdings.filter((held) => held.purpose !== purpose), { purpose, credential, fingerprint, inUse: true }] }));
    }
  }
}

/**
 * The node that has this certificate.
 * @param fingerprint hex SHA-256 of its DER.
 */
export function nodeWith(nodes: KnownNodes, fingerprint: string): { readonly node: KnownNode; readonly certificate: NodeCertificate } | undefined {
  for (const node of Object.values(nodes)) {
    const certificate = node.certificates.find((each) => each.fingerprint === fingerprint);
    if (certificate) return { node, certificate };
  }
  return undefined;
}

/** What the node has of this generation of a credential, if it was given it. */
export function holdingOf({ holdings }: KnownNode, { credential, fingerprint }: Pick<HandedOutCredential, 'credential' | 'fingerprint'>): Holding | undefined {
  return holdings.find((held) => held.credential === credential && held.fingerprint === fingerprint);
}

/** The node that is told something, known by its certificate. @throws {NodeKeyRefused} */
export function requireNode(nodes: KnownNodes, { bootstrap, certificate }: HandedOutCredential): KnownNode {
  const found = nodeWith(nodes, certificate ?? '');
  if (!found) throw new NodeKeyRefused('unknown', bootstrap);
  return found.node;
}

/** Names of the nodes that were given one of these credentials and have not said since that they use a newer one. */
export function holdersOf(nodes: KnownNodes, credentials: readonly string[]): readonly string[] {
  return Object.values(nodes).filter(({ holdings }) => holdings.some(({ credential }) => credentials.includes(credential))).map(({ node }) => node);
}

function changed(nodes: KnownNodes, { tokenId, role, node }: Pick<KnownNode, 'tokenId' | 'role' | 'node'>, change: (node: KnownNode) => KnownNode): KnownNodes {
  const key = `${role} ${node}`;
  const known = nodes[key];
  return { ...nodes, [key]: change(known?.tokenId === tokenId ? known : { tokenId, role, node, certificates: [], holdings: [] }) };
}
