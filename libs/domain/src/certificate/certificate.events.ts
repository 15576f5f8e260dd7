import type { DomainEvent } from '../kernel/event.ts';
import type { Authority } from './authority.ts';

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

/** For whom: a user of the API, or a node of the bay. */
export type IssuedFor = { readonly requester: { readonly userId: string; readonly projectId: string } } | { readonly purpose: 'node' };

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
  /** Hex SHA-256 of the CSR's DER. */
  readonly csrHash: string;
  /** Hex SHA-256 of the certificate's DER. */
  readonly fingerprint: string;
  /** RFC 3339 UTC. */
  readonly notAfter: string;
};

export type CertificateEvent =
  /** The bay has this authority from here on; never twice for one bay and authority. */
  | DomainEvent<'BayAuthorityEstablished', 1, EstablishedAuthority>
  | DomainEvent<'CertificateIssued', 1, IssuedCertificate>
  /** The bay is being deleted: nothing is signed any more and the keys are destroyed. */
  | DomainEvent<'BayAuthoritiesWithdrawn', 1, { bayId: string }>;
