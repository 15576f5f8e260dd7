import type { CredentialPurpose } from '../bay/bay.credentials.ts';
import { DomainError } from '../kernel/error.ts';
import type { Authority } from './authority.ts';
import type { BootstrapRole } from './bootstrap-token.ts';
import { pythonBytes } from './python-bytes.ts';

/** The bay is going or gone, and its keys with it: there is nothing to sign with ever again. */
export class AuthoritiesWithdrawn extends DomainError {
  readonly code = 'AUTHORITIES_WITHDRAWN';
  readonly kind = 'not-found';
  constructor(bayId: string) {
    super(`Cluster ${bayId} could not be found.`, { bayId });
  }
}

export class AuthorityNotEstablished extends DomainError {
  readonly code = 'AUTHORITY_NOT_ESTABLISHED';
  readonly kind = 'conflict';
  constructor(bayId: string, authority: Authority) {
    super(`Cluster ${bayId} has no ${authority} certificate authority.`, { bayId, authority });
  }
}

/** There is no candidate for the rotation to make the bay's authority: it was not begun, or another took its place. */
export class AuthorityRotationNotStarted extends DomainError {
  readonly code = 'AUTHORITY_ROTATION_NOT_STARTED';
  readonly kind = 'conflict';
  constructor(bayId: string) {
    super(`The certificate authorities of cluster ${bayId} are not being rotated by this operation.`, { bayId });
  }
}

/** While a certificate was being signed its authority was replaced. Asked again, the new one signs. */
export class AuthorityReplaced extends DomainError {
  readonly code = 'AUTHORITY_REPLACED';
  readonly kind = 'unavailable';
  constructor(bayId: string, authority: Authority) {
    super(`The ${authority} certificate authority of cluster ${bayId} was just replaced; try again.`, { bayId, authority });
  }
}

/** Magnum's words, which quote what was sent. */
export class InvalidCsr extends DomainError {
  readonly code = 'INVALID_CSR';
  readonly kind = 'invalid';
  constructor(csr: string, options?: ErrorOptions) {
    super(`Received invalid csr ${quoted(csr)}.`, {}, options);
  }
}

/** Users paste the wrong file. Messages are logged, and a private key must not be. */
function quoted(csr: string): string {
  return csr.includes('PRIVATE KEY') ? '(a private key: not shown)' : pythonBytes(Buffer.from(csr, 'utf8'));
}

/** Magnum's words. `extension` is the text form its X.509 library gives an extension. */
export class ExtensionNotAllowed extends DomainError {
  readonly code = 'EXTENSION_NOT_ALLOWED';
  readonly kind = 'invalid';
  constructor(oid: string, extension: string) {
    super(`Extension '${extension}' not allowed`, { oid });
  }
}

/** A driver asked for a node certificate that nothing would accept. */
export class InvalidCertificateRequest extends DomainError {
  readonly code = 'INVALID_CERTIFICATE_REQUEST';
  readonly kind = 'invalid';
}

const REFUSALS = {
  unknown: 'there is no such token for this cluster',
  closed: 'all nodes it was for are there',
  expired: 'it has expired',
  'used-up': 'it has been used for this already',
  'not-allowed': 'such a node may not have this certificate',
  'not-needed': 'such a node may not have this credential',
} as const;

const KEY_REFUSALS = {
  unknown: 'no node of this cluster is known by it',
  // Certificates are no secret: who only has that learns nothing by it.
  signature: 'no node of this cluster is known by it',
  untimely: 'its time is more than five minutes off',
  expired: 'its certificate has expired',
  replaced: 'the authority that signed its certificate was replaced',
  gone: 'the node has left its cluster',
  'not-needed': 'such a node may not have this credential',
} as const;

/** Somebody came with the certificate of a node and is not that node, or may not have what it asked for. */
export class NodeKeyRefused extends DomainError {
  readonly code = 'NODE_KEY_REFUSED';
  readonly kind = 'forbidden';
  /** @param node who it was, once that is known. */
  constructor(reason: keyof typeof KEY_REFUSALS, { role, node }: { readonly role?: BootstrapRole; readonly node?: string } = {}) {
    super(`The proof of the node’s key was refused: ${KEY_REFUSALS[reason]}.`, { reason, ...(role && { role }), ...(node && { node }) });
  }
}

/** The bay has no credential of its own for this that a node could use. */
export class NodeCredentialNotFound extends DomainError {
  readonly code = 'NODE_CREDENTIAL_NOT_FOUND';
  readonly kind = 'not-found';
  constructor(bayId: string, purpose: CredentialPurpose) {
    super(`Cluster ${bayId} has no credential for ${purpose}.`, { bayId, purpose });
  }
}

/** A node came with a bootstrap token that does not let it in, or not for that. The token itself is not shown. */
export class BootstrapTokenRefused extends DomainError {
  readonly code = 'BOOTSTRAP_TOKEN_REFUSED';
  readonly kind = 'forbidden';
  /** @param bearer who it was, where that could be read. */
  constructor(reason: keyof typeof REFUSALS, bearer: { readonly role?: BootstrapRole; readonly node?: string } = {}) {
    const { role, node } = bearer;
    super(`The bootstrap token was refused: ${REFUSALS[reason]}.`, { reason, ...(role && { role }), ...(node && { node }) });
  }
}
