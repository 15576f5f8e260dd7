import { admitExtensions } from '@jeroboam/domain';
import type { RequestedExtension } from '@jeroboam/domain';
import { requireUsable } from './node-certificate-request.ts';
import type { NodeCertificateRequest } from './node-certificate-request.ts';
import { parseCertificateRequest } from './x509/certificate-request.ts';
import type { CertificateRequest } from './x509/certificate-request.ts';
import { issuerOf } from './x509/certificate.ts';
import type { Asn1 } from './x509/der.ts';
import {
  OID, admittedExtension, authorityKeyIdentifier, extendedKeyUsage, keyUsage, leafConstraints, subjectAltName, subjectKeyIdentifier,
} from './x509/extensions.ts';
import { altNames, extendedUsages } from './x509/requested-extensions.ts';

/** A certificate to be: what it will say, and what the ledger will say of it. */
export interface Leaf {
  readonly request: CertificateRequest;
  /** @param issuerPem the certificate of the authority that signs it. */
  extensions(issuerPem: string): Asn1[];
  readonly subjectAltNames: readonly string[];
  readonly usages: readonly string[];
}

/**
 * By Magnum's rules for users: what the CSR asks for, filtered, and the key's identifier. A CSR without an extended key
 * usage, as its client sends them, gets a certificate without: servers then take it for any use.
 * @throws {InvalidCsr} {ExtensionNotAllowed}
 */
export function clientLeaf(csrPem: string): Leaf {
  const request = parseCertificateRequest(csrPem);
  // The CSR's own idea of the key's identifier gives way to the right one.
  const admitted = admitExtensions(request.extensions).filter(({ oid }) => oid !== OID.subjectKeyIdentifier);
  const names = valueOf(admitted, OID.subjectAltName);
  const usages = valueOf(admitted, OID.extendedKeyUsage);
  return {
    request,
    extensions: () => [...admitted.map(admittedExtension), subjectKeyIdentifier(request.publicKey)],
    subjectAltNames: names ? altNames(names) : [],
    usages: usages ? extendedUsages(usages) : [],
  };
}

function valueOf(extensions: readonly RequestedExtension[], oid: string): Buffer | undefined {
  const found = extensions.find((extension) => extension.oid === oid);
  return found?.kind === 'other' ? Buffer.from(found.value) : undefined;
}

/**
 * For a node: subject and key from the CSR, all else as the driver asks. Says no more than is needed, unlike a user's.
 * @throws {InvalidCsr} {InvalidCertificateRequest}
 */
export function nodeLeaf(wanted: NodeCertificateRequest): Leaf {
  requireUsable(wanted);
  const request = parseCertificateRequest(wanted.csrPem);
  const { usages, subjectAltNames } = wanted;
  return {
    request,
    extensions: (issuerPem) => [
      leafConstraints(true),
      // Only an RSA key can encipher another key.
      keyUsage(true, request.keyType === 'rsa' ? ['digitalSignature', 'keyEncipherment'] : ['digitalSignature']),
      extendedKeyUsage(usages),
      ...(subjectAltNames.length > 0 ? [subjectAltName(subjectAltNames, request.subjectText === '')] : []),
      subjectKeyIdentifier(request.publicKey),
      authorityKeyIdentifier(issuerOf(issuerPem).publicKey),
    ],
    subjectAltNames: subjectAltNames.map(({ type, value }) => `${type === 'ip' ? 'IP' : 'DNS'}:${value}`),
    usages: usages.map((usage) => `${usage}Auth`),
  };
}
