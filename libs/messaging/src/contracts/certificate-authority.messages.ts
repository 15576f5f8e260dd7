import type { Authority } from '@jeroboam/domain';
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

/** The bay's CA certificate; the authority is made on first use. @throws AUTHORITIES_WITHDRAWN */
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
 * Signs for a node of the bay with the cluster CA. Subject and public key come from the CSR, everything else from the
 * message: extensions in the CSR count for nothing. A `server` needs at least one name.
 * @throws INVALID_CSR, INVALID_CERTIFICATE_REQUEST, AUTHORITIES_WITHDRAWN
 */
export const signNodeCsr = defineMessage<
  OfNamedBay & {
    csrPem: string;
    usages: readonly ('server' | 'client')[];
    subjectAltNames: readonly { readonly type: 'ip' | 'dns'; readonly value: string }[];
  },
  Pem
>('certificate-authority.sign-node-csr');

/** Destroys the bay's CA keys, for ever: part of deleting a bay. Repeating it is fine, also for a bay that never had one. */
export const withdrawAuthorities = defineMessage<{ bayId: string }, Record<string, never>>('certificate-authority.withdraw-authorities');
