import type { Authority, CredentialPurpose } from '@jeroboam/domain';
import { defineMessage } from '../message.ts';

/** The authority's name is the bay's name when it is first used, and stays so: certificates cannot be renamed. */
interface OfNamedBay {
  readonly bayId: string;
  /** Empty: the id is taken. */
  readonly bayName: string;
}

/** PEM without a trailing newline, as Magnum answers it. */
interface Pem {
  readonly pem: string;
}

/** The bay's CA certificate, during a rotation the old one; the authority is made on first use. @throws AUTHORITIES_WITHDRAWN */
export const getCaCertificate = defineMessage<OfNamedBay & { authority: Authority }, Pem>('certificate-authority.get-ca-certificate');

/**
 * Signs what a user of the API sent, by Magnum's rules: subject as in the CSR, extensions filtered. The certificate is
 * recorded for the message's actor. @throws INVALID_CSR, EXTENSION_NOT_ALLOWED, AUTHORITIES_WITHDRAWN
 */
export const signClientCsr = defineMessage<
  OfNamedBay & { csrPem: string; authority: Authority },
  Pem
>('certificate-authority.sign-client-csr');

/**
 * Every CA certificate that whoever serves the bay has to trust now: the authority's own first, then, while it is being
 * rotated, its candidate's. @throws AUTHORITIES_WITHDRAWN
 */
export const getTrustedAuthorities = defineMessage<OfNamedBay & { authority: Authority }, { pems: readonly string[] }>(
  'certificate-authority.get-trusted-authorities',
);

/**
 * Signs for a node of the bay with the cluster CA. Subject and public key come from the CSR, everything else from the
 * message: extensions in the CSR count for nothing. A `server` needs at least one name. `candidate` has the
 * candidate of the rotation sign that is under way. @default issuer established
 * @throws INVALID_CSR, INVALID_CERTIFICATE_REQUEST, AUTHORITY_ROTATION_NOT_STARTED, AUTHORITIES_WITHDRAWN
 */
export const signNodeCsr = defineMessage<
  OfNamedBay & {
    csrPem: string;
    usages: readonly ('server' | 'client')[];
    subjectAltNames: readonly { readonly type: 'ip' | 'dns'; readonly value: string }[];
    issuer?: 'established' | 'candidate';
  },
  Pem
>('certificate-authority.sign-node-csr');

/**
 * Has the nodes of one stack let in: as many of each role as are given, each with a share of the token that answers
 * (`infra/docs/adr/0015-bootstrap-tokens.md`). A secret: for hidden parameters of that stack and nowhere else. @throws AUTHORITIES_WITHDRAWN
 */
export const mintBootstrapToken = defineMessage<OfNamedBay & { stack: string; masters: number; workers: number }, { token: string }>(
  'certificate-authority.mint-bootstrap-token',
);

/** The nodes of this stack are in: its tokens let nobody in any more. Repeating it is fine. */
export const closeBootstrapTokens = defineMessage<{ bayId: string; stack: string }, Record<string, never>>(
  'certificate-authority.close-bootstrap-tokens',
);

/** What `getCaCertificate` answers, to a node that shows its share of a token. @throws BOOTSTRAP_TOKEN_REFUSED, AUTHORITIES_WITHDRAWN */
export const getCaCertificateForNode = defineMessage<OfNamedBay & { authority: Authority; nodeToken: string }, Pem>(
  'certificate-authority.get-ca-certificate-for-node',
);

/**
 * Signs what a node sent that shows its share of a token, by the rules for users. Once for each authority and subject;
 * the same CSR again gets the same certificate, as an answer may be lost.
 * @throws INVALID_CSR, EXTENSION_NOT_ALLOWED, BOOTSTRAP_TOKEN_REFUSED, AUTHORITIES_WITHDRAWN
 */
export const signCsrForNode = defineMessage<OfNamedBay & { csrPem: string; authority: Authority; nodeToken: string }, Pem>(
  'certificate-authority.sign-csr-for-node',
);

/** An application credential of Keystone's. */
export interface NodeCredential {
  readonly id: string;
  /** In clear: for the node and for nobody's log. */
  readonly secret: string;
  /** RFC 3339 UTC; null: it does not expire. */
  readonly expiresAt: string | null;
}

/** What a node is answered that asks for one. */
export interface AnsweredCredential {
  /** Another one for every credential; no secret. */
  readonly tag: string;
  /** Null: the node has this one, as it says. */
  readonly credential: NodeCredential | null;
}

/**
 * What a node that shows its share of a token, or the key of its certificate, is to act with in the cloud. The authority judges both, so it is the one to
 * take it out of the secret store: no other message gives anybody a credential. `needed`: what the plugins of the bay need, by
 * the manifest of its driver; `purpose`: anything, as the node sent it. `holds`: tag of the one that it has tried and uses, which is written
 * down once where it showed its key. Asked again it is the same answer.
 * @throws BOOTSTRAP_TOKEN_REFUSED, NODE_KEY_REFUSED, NODE_CREDENTIAL_NOT_FOUND
 */
export const getCredentialForNode = defineMessage<
  { bayId: string; nodeToken: string; purpose: string; needed: readonly CredentialPurpose[]; holds: string | null },
  AnsweredCredential
>('certificate-authority.get-credential-for-node');

/** Names that the nodes show which were given one of these credentials, by their names, and do not say yet that they use a newer one. */
export const getCredentialHolders = defineMessage<{ bayId: string; credentials: readonly string[] }, { nodes: readonly string[] }>(
  'certificate-authority.get-credential-holders',
);

export interface RotatingAuthority {
  readonly authority: Authority;
  /** PEM: what everybody is still answered. */
  readonly established: string;
  /** PEM: what everybody is answered once the rotation is completed. */
  readonly candidate: string;
}

/**
 * Makes a candidate for each authority the bay has, or goes on with those of a rotation that failed. `rotationId` is the
 * id of the operation. Repeating it gives the same answer. @throws AUTHORITIES_WITHDRAWN
 */
export const startAuthorityRotation = defineMessage<OfNamedBay & { rotationId: string }, { authorities: readonly RotatingAuthority[] }>(
  'certificate-authority.start-authority-rotation',
);

/**
 * Puts the candidates of this rotation in the place of the authorities and destroys the old keys, for ever. Repeating it
 * is fine. @throws AUTHORITY_ROTATION_NOT_STARTED, AUTHORITIES_WITHDRAWN
 */
export const completeAuthorityRotation = defineMessage<{ bayId: string; rotationId: string }, Record<string, never>>(
  'certificate-authority.complete-authority-rotation',
);

/** Destroys the bay's CA keys, for ever: part of deleting a bay. Repeating it is fine, also for a bay that never had one. */
export const withdrawAuthorities = defineMessage<{ bayId: string }, Record<string, never>>('certificate-authority.withdraw-authorities');
