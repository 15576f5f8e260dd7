import { createHash } from 'node:crypto';
import { isIP } from 'node:net';
import { KEY_USAGES } from '@jeroboam/domain';
import type { KeyUsage, RequestedExtension } from '@jeroboam/domain';
import forge from 'node-forge';
import { bits, bitsOf, boolean, integer, itemsOf, octets, oid, sequence, taggedBytes, toDer } from './der.ts';
import type { Asn1 } from './der.ts';

export const OID = {
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  authorityKeyIdentifier: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
  serverAuth: '1.3.6.1.5.5.7.3.1',
  clientAuth: '1.3.6.1.5.5.7.3.2',
} as const;

export interface AltName {
  readonly type: 'ip' | 'dns';
  readonly value: string;
}

/** GeneralName tags, RFC 5280 section 4.2.1.6. */
export const ALT_NAME_TAG = { email: 1, dns: 2, uri: 6, ip: 7 } as const;

function extension(id: string, critical: boolean, value: Buffer): Asn1 {
  return critical ? sequence(oid(id), boolean(true), octets(value)) : sequence(oid(id), octets(value));
}

/** An authority that may sign leaves and nothing below. */
export const authorityConstraints = (): Asn1 => extension(OID.basicConstraints, true, toDer(sequence(boolean(true), integer('0'))));

export const leafConstraints = (critical: boolean): Asn1 => extension(OID.basicConstraints, critical, toDer(sequence()));

export function keyUsage(critical: boolean, usages: readonly KeyUsage[]): Asn1 {
  const last = Math.max(...usages.map((usage) => KEY_USAGES.indexOf(usage)));
  const bytes = Buffer.alloc(Math.floor(last / 8) + 1);
  for (const usage of usages) {
    const bit = KEY_USAGES.indexOf(usage);
    bytes[Math.floor(bit / 8)]! |= 0x80 >> (bit % 8);
  }
  // DER keeps no zero bits at the end of a list of named bits.
  return extension(OID.keyUsage, critical, toDer(bits(bytes, 7 - (last % 8))));
}

export function extendedKeyUsage(usages: readonly ('server' | 'client')[]): Asn1 {
  const ids = usages.map((usage) => oid(usage === 'server' ? OID.serverAuth : OID.clientAuth));
  return extension(OID.extendedKeyUsage, false, toDer(sequence(...ids)));
}

/** @param critical must be so where the subject is empty. */
export function subjectAltName(names: readonly AltName[], critical: boolean): Asn1 {
  return extension(OID.subjectAltName, critical, toDer(sequence(...names.map(generalName))));
}

function generalName({ type, value }: AltName): Asn1 {
  if (type === 'dns') return taggedBytes(ALT_NAME_TAG.dns, Buffer.from(value, 'ascii'));
  const bytes = isIP(value) === 0 ? null : forge.util.bytesFromIP(value);
  if (bytes === null) throw new Error(`not an IP address: ${value}`);
  return taggedBytes(ALT_NAME_TAG.ip, Buffer.from(bytes, 'latin1'));
}

/** RFC 5280 section 4.2.1.2, method 1: SHA-1 of the bits of the public key. */
function keyIdentifier(publicKey: Asn1): Buffer {
  return createHash('sha1').update(bitsOf(itemsOf(publicKey)[1])).digest();
}

export const subjectKeyIdentifier = (publicKey: Asn1): Asn1 =>
  extension(OID.subjectKeyIdentifier, false, toDer(octets(keyIdentifier(publicKey))));

/** Names the issuer's key: verifiers that keep to RFC 5280 strictly (Python 3.13's default) want it in a leaf. */
export const authorityKeyIdentifier = (issuerKey: Asn1): Asn1 =>
  extension(OID.authorityKeyIdentifier, false, toDer(sequence(taggedBytes(0, keyIdentifier(issuerKey)))));

/** An extension the policy has admitted, as it goes into the certificate. */
export function admittedExtension(admitted: RequestedExtension): Asn1 {
  switch (admitted.kind) {
    case 'keyUsage': return keyUsage(admitted.critical, admitted.usages);
    case 'basicConstraints': return leafConstraints(admitted.critical);
    case 'other': return extension(admitted.oid, admitted.critical, Buffer.from(admitted.value));
  }
}
