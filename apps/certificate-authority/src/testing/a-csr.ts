import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { bits, boolean, integer, nothing, octets, oid, parseDer, sequence, setOf, tagged, toDer, utf8 } from '../x509/der.ts';
import type { Asn1 } from '../x509/der.ts';

export interface CsrOptions {
  /** OID and value of each part. @default `CN=admin, O=system:masters`, as Magnum's client asks for */
  readonly subject?: Asn1;
  readonly extensions?: readonly Asn1[];
  readonly key?: { readonly publicKey: KeyObject; readonly privateKey: KeyObject };
  /** The word in the PEM frame. */
  readonly label?: string;
}

export interface Csr {
  readonly pem: string;
  /** Hex SHA-256 of the DER. */
  readonly hash: string;
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

const EXTENSION_REQUEST = '1.2.840.113549.1.9.14';
const SHA256_WITH_RSA = '1.2.840.113549.1.1.11';
const ECDSA_WITH_SHA256 = '1.2.840.10045.4.3.2';

export function anRsaKey(): { publicKey: KeyObject; privateKey: KeyObject } {
  return generateKeyPairSync('rsa', { modulusLength: 2048 });
}

export function anEcKey(): { publicKey: KeyObject; privateKey: KeyObject } {
  return generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
}

export const aName = (...parts: readonly (readonly [string, Asn1])[]): Asn1 =>
  sequence(...parts.map(([type, value]) => setOf(sequence(oid(type), value))));

/** `subject` as people write it, for the common name and organisation only. */
export const ADMIN = aName(['2.5.4.3', utf8('admin')], ['2.5.4.10', utf8('system:masters')]);

export function anExtension(id: string, value: Asn1 | Buffer, critical = false): Asn1 {
  const bytes = octets(Buffer.isBuffer(value) ? value : toDer(value));
  return critical ? sequence(oid(id), boolean(true), bytes) : sequence(oid(id), bytes);
}

/** A PKCS#10 request, signed as it should be. */
export function aCsr({ subject = ADMIN, extensions = [], key = anEcKey(), label = 'CERTIFICATE REQUEST' }: CsrOptions = {}): Csr {
  const attributes = extensions.length === 0 ? [] : [sequence(oid(EXTENSION_REQUEST), setOf(sequence(...extensions)))];
  const publicKey = parseDer(key.publicKey.export({ format: 'der', type: 'spki' }));
  const info = sequence(integer('0'), subject, publicKey, tagged(0, ...attributes));
  const algorithm =
    key.privateKey.asymmetricKeyType === 'rsa' ? sequence(oid(SHA256_WITH_RSA), nothing()) : sequence(oid(ECDSA_WITH_SHA256));
  const der = toDer(sequence(info, algorithm, bits(sign('sha256', toDer(info), key.privateKey))));
  const body = der
    .toString('base64')
    .match(/.{1,64}/g)!
    .join('\n');
  return {
    pem: `-----BEGIN ${label}-----\n${body}\n-----END ${label}-----\n`,
    hash: createHash('sha256').update(der).digest('hex'),
    ...key,
  };
}
