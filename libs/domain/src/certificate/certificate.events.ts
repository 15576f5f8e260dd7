import type { DomainEvent } from '../kernel/event.ts';
import type { Authority } from './authority.ts';
import type { CredentialPurpose } from '../bay/bay.credentials.ts';
import type { BootstrapRole } from './bootstrap-token.ts';

export interface EstablishedAuthority {
  readonly bayId: string;
  readonly authority: Authority;
  /** Public; no trailing newline, as Magnum's. */
  readonly certificatePem: string;
  /** Where the secret store keeps the private key; the key itself is in no event. */
  readonly secretRef: string;
  /** Hex SHA-256 of the certificate's DER. */
  readonly fingerprint: string;
  /** 32 hex digits. */
  readonly serial: string;
  /** RFC 3339 UTC. */
  readonly notAfter: string;
}

/** A token that lets the nodes of one stack of a bay ask for their certificates. Its secret is in no event. */
export interface MintedToken {
  readonly bayId: string;
  readonly tokenId: string;
  /** Hex SHA-256 of the token. */
  readonly fingerprint: string;
  /** Name of the stack whose nodes it is for. */
  readonly stack: string;
  /** Nodes of each role that may come with it; each with a share that is worth nothing to another. */
  readonly masters: number;
  readonly workers: number;
  /** RFC 3339 UTC. */
  readonly expiresAt: string;
  /** From its first certificate on a node has so long for the others. */
  readonly nodeMinutes: number;
}

/** The share of a token that a certificate was issued on, or a credential handed out. */
export interface BootstrapUse {
  readonly tokenId: string;
  readonly role: BootstrapRole;
  /** Name of the node. */
  readonly node: string;
  /** RFC 3339 UTC. */
  readonly at: string;
}

/** A credential of the bay's that one of its nodes was given. Its secret is in no event. */
export interface HandedOutCredential {
  readonly bayId: string;
  readonly purpose: CredentialPurpose;
  /** Its name in the bay's ledger of credentials. */
  readonly credential: string;
  /** Hex SHA-256 of the secret, as in that ledger. */
  readonly fingerprint: string;
  /** The share that it showed, or the one that its certificate was issued on, and when it asked. */
  readonly bootstrap: BootstrapUse;
  /** Fingerprint of the certificate whose key it showed; absent: it showed the share. */
  readonly certificate?: string;
}

/** For whom: a user of the API, or a node of the bay, asked for by its driver or, with a bootstrap token, by itself. */
export type IssuedFor =
  | { readonly requester: { readonly userId: string; readonly projectId: string } }
  | { readonly purpose: 'node'; readonly bootstrap?: BootstrapUse };

export type IssuedCertificate = IssuedFor & {
  readonly bayId: string;
  readonly authority: Authority;
  /** 32 hex digits. */
  readonly serial: string;
  /** As in the CSR, e.g. `CN=admin, O=system:masters`. */
  readonly subject: string;
  /** `DNS:name`, `IP:address`, `email:…`, `URI:…`. */
  readonly subjectAltNames: readonly string[];
  /** Extended key usages: `serverAuth`, `clientAuth` or a dotted OID; none: any use. */
  readonly usages: readonly string[];
  /** Fingerprint of the authority that signed it; absent in events of before authorities could be replaced. */
  readonly issuer?: string;
  /** Hex SHA-256 of the CSR's DER. */
  readonly csrHash: string;
  /** Hex SHA-256 of the certificate's DER. */
  readonly fingerprint: string;
  /** RFC 3339 UTC. */
  readonly notAfter: string;
};

/** An authority on its way to replace the one of its name. */
export interface CandidateAuthority extends EstablishedAuthority {
  /** Id of the operation that is bringing it in. */
  readonly rotationId: string;
}

export interface CompletedRotation {
  readonly bayId: string;
  readonly authority: Authority;
  readonly rotationId: string;
  /** Hex SHA-256 of the DER of the certificate that counts from here on. */
  readonly fingerprint: string;
  /** The same of the one that does not count any more; its key is destroyed. */
  readonly formerFingerprint: string;
}

export type CertificateEvent =
  /** The bay has this authority from here on; never twice for one bay and authority. */
  | DomainEvent<'BayAuthorityEstablished', 1, EstablishedAuthority>
  | DomainEvent<'CertificateIssued', 1, IssuedCertificate>
  /**
   * A successor of this authority is to be trusted beside it. A rotation that takes up where one before it failed says so
   * with the same candidate and a `rotationId` of its own.
   */
  | DomainEvent<'AuthorityRotationStarted', 1, CandidateAuthority>
  /** The candidate is the bay's authority from here on, and the former one signs nothing more. */
  | DomainEvent<'AuthorityRotationCompleted', 1, CompletedRotation>
  /** From here on nodes of this stack may have certificates signed, each for itself, until the token is over. */
  | DomainEvent<'BootstrapTokenMinted', 1, MintedToken>
  /** The nodes of this stack are in: none of its tokens so far lets anybody in any more. */
  | DomainEvent<'BootstrapTokensClosed', 1, { bayId: string; stack: string }>
  /** A node showed its share of a token, or its key, and got what it needs in the cloud; said once, however often it asks again. */
  | DomainEvent<'NodeCredentialHandedOut', 1, HandedOutCredential>
  /** A node has tried what it was given and uses it from here on, and nothing that it was given before for that purpose; said once. */
  | DomainEvent<'NodeCredentialInUse', 1, HandedOutCredential>
  /** The bay is being deleted: nothing is signed any more and the keys are destroyed. */
  | DomainEvent<'BayAuthoritiesWithdrawn', 1, { bayId: string }>;
