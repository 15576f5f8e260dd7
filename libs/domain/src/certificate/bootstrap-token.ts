import type { CredentialPurpose } from '../bay/bay.credentials.ts';
import { BootstrapTokenRefused } from './certificate.errors.ts';
import type { BootstrapUse, CertificateEvent, HandedOutCredential, IssuedCertificate, MintedToken } from './certificate.events.ts';

/** What a node is in its bay, as far as its certificates are concerned. */
export type BootstrapRole = 'master' | 'worker';

/** What a node shows as its token: its share of the one that its stack was given. */
export interface NodeToken {
  readonly role: BootstrapRole;
  /** Name of the node. */
  readonly node: string;
  /** Hex SHA-256 of `<role>:<node>:<token of the stack>`; templates make it. */
  readonly share: string;
}

/** Begins what nodes show, and no token of Keystone's. */
const NODE_TOKEN = 'jeroboam-node:';

export function isNodeToken(text: string): boolean {
  return text.startsWith(NODE_TOKEN);
}

/** @returns undefined for what no template of ours could have made. */
export function readNodeToken(text: string): NodeToken | undefined {
  const [, role, node, share] = /^jeroboam-node:(master|worker):([A-Za-z0-9][A-Za-z0-9._-]{0,254}):([0-9a-f]{64})$/.exec(text) ?? [];
  return role && node && share ? { role: role as BootstrapRole, node, share } : undefined;
}

/** What one node has done with its share of a token. */
interface NodeUse {
  /** RFC 3339 UTC: when it showed up. */
  readonly since: string;
  /** Authority and subject of every certificate it got. */
  readonly got: readonly string[];
  /** Names of the credentials it got. */
  readonly credentials: readonly string[];
}

/** A token that was handed to a stack, and what came of it. Of the secret there is a fingerprint only. */
export interface BootstrapToken extends MintedToken {
  readonly closed: boolean;
  /** By role and name: `worker k1-worker-0`. */
  readonly nodes: Readonly<Record<string, NodeUse>>;
}

/** Tokens that a bay remembers: the oldest one goes, which is long over. */
const MOST_REMEMBERED = 50;
/** Certificates that one node may have; a Kubernetes master needs nine. */
const MOST_CERTIFICATES = 16;
/** Credentials that one node may have: one for each purpose, and those of a rotation meanwhile. */
const MOST_CREDENTIALS = 8;

type TokenEvent = Extract<CertificateEvent, { type: 'BootstrapTokenMinted' | 'BootstrapTokensClosed' | 'CertificateIssued' | 'NodeCredentialHandedOut' }>;

export function evolveTokens(tokens: readonly BootstrapToken[], event: TokenEvent): readonly BootstrapToken[] {
  switch (event.type) {
    case 'BootstrapTokenMinted':
      return [...tokens, { ...event.data, closed: false, nodes: {} }].slice(-MOST_REMEMBERED);
    case 'BootstrapTokensClosed':
      return tokens.map((token) => (token.stack === event.data.stack ? { ...token, closed: true } : token));
    case 'CertificateIssued': {
      const { data } = event;
      const use = bootstrapUseOf(data);
      return use ? used(tokens, use, { got: [certificateKey(data)] }) : tokens;
    }
    case 'NodeCredentialHandedOut':
      // Shown a key, no share of a token was used.
      return event.data.certificate !== undefined ? tokens : used(tokens, event.data.bootstrap, { credentials: [event.data.credential] });
  }
}

/** What a certificate was issued on; undefined where it was no bootstrap token. */
export function bootstrapUseOf(issued: IssuedCertificate): BootstrapUse | undefined {
  return 'purpose' in issued ? issued.bootstrap : undefined;
}

/** Tokens of this stack that still let nodes in. */
export function openTokensOf(stack: string, tokens: readonly BootstrapToken[]): readonly BootstrapToken[] {
  return tokens.filter((token) => token.stack === stack && !token.closed);
}

/**
 * Whether this node may come with this token now.
 * @param now RFC 3339 UTC.
 * @throws {BootstrapTokenRefused}
 */
export function requireOpen(tokens: readonly BootstrapToken[], bearer: Omit<BootstrapUse, 'at'>, now: string): BootstrapToken {
  const { tokenId, role, node } = bearer;
  const token = tokens.find((each) => each.tokenId === tokenId);
  if (!token) throw new BootstrapTokenRefused('unknown', bearer);
  if (token.closed) throw new BootstrapTokenRefused('closed', bearer);
  if (now >= token.expiresAt) throw new BootstrapTokenRefused('expired', bearer);
  const there = token.nodes[keyOf(role, node)];
  if (there && Date.parse(now) >= Date.parse(there.since) + token.nodeMinutes * 60_000) throw new BootstrapTokenRefused('expired', bearer);
  const others = Object.keys(token.nodes).filter((key) => key.startsWith(`${role} `)).length;
  if (!there && others >= (role === 'master' ? token.masters : token.workers)) throw new BootstrapTokenRefused('used-up', bearer);
  return token;
}

/** @throws {BootstrapTokenRefused} the token is over, or was used for this certificate, or its node may not have such a one. */
export function requireUse(tokens: readonly BootstrapToken[], issued: IssuedCertificate, bearer: BootstrapUse, now: string): void {
  const { role, node } = bearer;
  const got = requireOpen(tokens, bearer, now).nodes[keyOf(role, node)]?.got ?? [];
  if (got.includes(certificateKey(issued)) || got.length >= MOST_CERTIFICATES) throw new BootstrapTokenRefused('used-up', bearer);
  if (role === 'worker' && !isForWorker(issued, node)) throw new BootstrapTokenRefused('not-allowed', bearer);
}

/** A worker is nobody but itself: what it has must not make whoever takes it over a master, or another worker. */
function isForWorker({ authority, subject, subjectAltNames }: IssuedCertificate, node: string): boolean {
  const names = [`CN=${node}`, `O=system:nodes, CN=system:node:${node}`, `CN=system:node:${node}, O=system:nodes`];
  // Which addresses are a node's nobody here can know.
  const isOwn = (name: string) => name.startsWith('IP:') || name === `DNS:${node}` || name === 'DNS:localhost';
  return authority === 'kubernetes' && names.includes(subject) && subjectAltNames.every(isOwn);
}

/**
 * What a node of this role may be given to act with in the cloud.
 * @param needed what the plugins need that the bay uses.
 */
export function credentialsFor(role: BootstrapRole, needed: readonly CredentialPurpose[]): readonly CredentialPurpose[] {
  const all: readonly CredentialPurpose[] = role === 'master' ? ['network', 'volume', ...needed] : needed;
  // What makes the bay itself, or others of its credentials, never leaves us, whatever a manifest says.
  return all.filter((purpose) => purpose !== 'control' && purpose !== 'principal');
}

/**
 * Whether the node was given this credential before.
 * @throws {BootstrapTokenRefused} the token is over, or its node was given more than any needs.
 */
export function hasCredential(tokens: readonly BootstrapToken[], { bootstrap, credential }: HandedOutCredential, now: string): boolean {
  const before = requireOpen(tokens, bootstrap, now).nodes[keyOf(bootstrap.role, bootstrap.node)]?.credentials ?? [];
  if (before.includes(credential)) return true;
  if (before.length >= MOST_CREDENTIALS) throw new BootstrapTokenRefused('used-up', bootstrap);
  return false;
}

function used(tokens: readonly BootstrapToken[], use: BootstrapUse, more: Partial<Pick<NodeUse, 'got' | 'credentials'>>): readonly BootstrapToken[] {
  const { tokenId, role, node, at } = use;
  const key = keyOf(role, node);
  return tokens.map((token) => {
    if (token.tokenId !== tokenId) return token;
    const { since, got, credentials } = token.nodes[key] ?? { since: at, got: [], credentials: [] };
    const now: NodeUse = { since, got: [...got, ...more.got ?? []], credentials: [...credentials, ...more.credentials ?? []] };
    return { ...token, nodes: { ...token.nodes, [key]: now } };
  });
}

function keyOf(role: BootstrapRole, node: string): string {
  return `${role} ${node}`;
}

function certificateKey({ authority, subject }: IssuedCertificate): string {
  return `${authority} ${subject}`;
}
