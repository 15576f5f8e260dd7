import { isIP } from 'node:net';
import { InvalidCertificateRequest } from '@jeroboam/domain';
import type { AltName } from './x509/extensions.ts';

/** What a certificate for a node of a bay is to say. */
export interface NodeCertificateRequest {
  readonly csrPem: string;
  readonly usages: readonly ('server' | 'client')[];
  readonly subjectAltNames: readonly AltName[];
  /** @default established */
  readonly issuer?: 'established' | 'candidate';
}

/** A host name as TLS clients compare it (RFC 1123), a wildcard for its first label allowed. */
const DNS_NAME = /^(?=.{1,253}$)(\*\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i;

/** @throws {InvalidCertificateRequest} nothing would accept such a certificate. */
export function requireUsable({ usages, subjectAltNames }: NodeCertificateRequest): void {
  if (usages.length === 0) throw new InvalidCertificateRequest('A node certificate needs a usage: server, client or both.');
  if (usages.includes('server') && subjectAltNames.length === 0) {
    throw new InvalidCertificateRequest('A server certificate needs at least one name or address: clients no longer look at the subject.');
  }
  for (const { type, value } of subjectAltNames) {
    // A zone (`fe80::1%eth0`) means something on one host only.
    const valid = type === 'ip' ? isIP(value) !== 0 && !value.includes('%') : DNS_NAME.test(value);
    const what = type === 'ip' ? 'an IP address' : 'a DNS name';
    if (!valid) throw new InvalidCertificateRequest(`Not ${what}: ${JSON.stringify(value)}`, { type, value });
  }
}
