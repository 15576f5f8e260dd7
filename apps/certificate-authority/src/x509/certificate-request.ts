import { createHash, createPublicKey } from 'node:crypto';
import { InvalidCsr } from '@jeroboam/domain';
import type { RequestedExtension } from '@jeroboam/domain';
import { dottedOid, isTagged, itemsOf, membersOf, numberOf, parseDer, taggedItems, toDer } from './der.ts';
import type { Asn1 } from './der.ts';
import { distinguishedName } from './distinguished-name.ts';
import { requestedExtensions } from './requested-extensions.ts';

const PEM = /-----BEGIN ((?:NEW )?CERTIFICATE REQUEST)-----([A-Za-z0-9+/=\s]+)-----END \1-----/;
const EXTENSION_REQUEST = '1.2.840.113549.1.9.14';
/** The largest we know of has a few hundred names and 20 KiB. */
const MAX_CHARACTERS = 64 * 1024;

/** What somebody wants a certificate for. Its signature is not looked at, as Magnum does not: it proves nothing we rely on. */
export interface CertificateRequest {
  readonly pem: string;
  /** Goes into the certificate as it is. */
  readonly subject: Asn1;
  readonly subjectText: string;
  /** SubjectPublicKeyInfo, of any kind of key. */
  readonly publicKey: Asn1;
  readonly keyType: string | undefined;
  readonly extensions: readonly RequestedExtension[];
  /** Hex SHA-256 of its DER. */
  readonly hash: string;
}

/**
 * Reads PKCS#10 (RFC 2986) from PEM.
 * @throws {InvalidCsr}
 */
export function parseCertificateRequest(pem: string): CertificateRequest {
  if (pem.length > MAX_CHARACTERS) throw new InvalidCsr(pem);
  const body = PEM.exec(pem)?.[2];
  if (body === undefined) throw new InvalidCsr(pem);
  try {
    return { pem, ...parsed(Buffer.from(body, 'base64')) };
  } catch (cause) {
    throw new InvalidCsr(pem, { cause });
  }
}

function parsed(der: Buffer): Omit<CertificateRequest, 'pem'> {
  const request = itemsOf(parseDer(der));
  if (request.length !== 3) throw new Error('a CSR has three parts');
  const [version, subject, publicKey, attributes] = itemsOf(request[0]);
  if (numberOf(version) !== 0 || !subject || !publicKey) throw new Error('not a version 1 CSR');
  return {
    subject,
    subjectText: distinguishedName(subject),
    publicKey,
    keyType: createPublicKey({ key: toDer(publicKey), format: 'der', type: 'spki' }).asymmetricKeyType,
    extensions: requestedExtensions(attributes && isTagged(attributes, 0) ? extensionsIn(taggedItems(attributes)) : []),
    hash: createHash('sha256').update(der).digest('hex'),
  };
}

function extensionsIn(attributes: readonly Asn1[]): Asn1[] {
  return attributes.flatMap((attribute) => {
    const [type, values] = itemsOf(attribute);
    return dottedOid(type) === EXTENSION_REQUEST ? membersOf(values).flatMap(itemsOf) : [];
  });
}
