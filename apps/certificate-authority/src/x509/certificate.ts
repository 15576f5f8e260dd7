import { X509Certificate, createHash, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import type { Validity } from '@jeroboam/domain';
import { bits, integer, nothing, oid, parseDer, sequence, tagged, time, toDer } from './der.ts';
import type { Asn1 } from './der.ts';

/** In a thread of the pool: the event loop goes on. forge's own RSA, in JavaScript, would hold it up 20 ms each time. */
const signed = promisify(sign) as (algorithm: string, data: Buffer, key: KeyObject) => Promise<Buffer>;

const SHA256_WITH_RSA = '1.2.840.113549.1.1.11';
const VERSION_3 = '2';

export interface CertificateFields {
  /** 32 hex digits. */
  readonly serial: string;
  readonly issuer: Asn1;
  readonly subject: Asn1;
  readonly publicKey: Asn1;
  readonly validity: Validity;
  readonly extensions: readonly Asn1[];
}

export interface Certificate {
  /** Without a newline at the end, as Magnum has it. */
  readonly pem: string;
  /** Hex SHA-256 of the DER. */
  readonly fingerprint: string;
}

/**
 * Makes and signs an X.509 v3 certificate with sha256WithRSAEncryption (RFC 5280 section 4.1). The same fields and key
 * give the same bytes.
 * @throws {UnreadableCertificate} a field was not what it should be.
 */
export async function issueCertificate(fields: CertificateFields, issuerKey: KeyObject): Promise<Certificate> {
  const toBeSigned = structure(fields);
  const signature = await signed('sha256', toDer(toBeSigned), issuerKey);
  const der = toDer(sequence(toBeSigned, algorithm(), bits(signature)));
  requireReadable(der);
  return { pem: pemOf(der), fingerprint: createHash('sha256').update(der).digest('hex') };
}

/** What was signed is a certificate for nobody: OpenSSL, which read it before anyone else had to, does not take it. */
export class UnreadableCertificate extends Error {
  override readonly name = 'UnreadableCertificate';
}

function requireReadable(der: Buffer): void {
  try {
    void new X509Certificate(der);
  } catch (cause) {
    throw new UnreadableCertificate('a certificate that cannot be read was made', { cause });
  }
}

function structure({ serial, issuer, subject, publicKey, validity, extensions }: CertificateFields): Asn1 {
  return sequence(
    tagged(0, integer(VERSION_3)),
    integer(serial),
    algorithm(),
    issuer,
    sequence(time(validity.notBefore), time(validity.notAfter)),
    subject,
    publicKey,
    tagged(3, sequence(...extensions)),
  );
}

function algorithm(): Asn1 {
  return sequence(oid(SHA256_WITH_RSA), nothing());
}

function pemOf(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g)!.join('\n');
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----`;
}

/** Name and key of an issuer, from its certificate. */
export function issuerOf(pem: string): { name: Asn1; publicKey: Asn1 } {
  const { raw } = new X509Certificate(pem);
  const [toBeSigned] = parseDer(raw).value as Asn1[];
  const fields = toBeSigned!.value as Asn1[];
  return { name: fields[5]!, publicKey: fields[6]! };
}
