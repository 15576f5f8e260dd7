import { KEY_USAGES } from '@jeroboam/domain';
import type { KeyUsage, RequestedExtension } from '@jeroboam/domain';
import forge from 'node-forge';
import { bitsOf, booleanOf, bytesOf, dottedOid, isBoolean, isTagged, itemsOf, numberOf, octetsOf, parseDer } from './der.ts';
import type { Asn1 } from './der.ts';
import { ALT_NAME_TAG, OID } from './extensions.ts';

/** Reads the `Extensions` of a CSR. @throws Error where one is not what its OID promises, or comes twice. */
export function requestedExtensions(extensions: readonly Asn1[]): RequestedExtension[] {
  const requested = extensions.map(requestedExtension);
  if (new Set(requested.map((extension) => extension.oid)).size < requested.length) throw new Error('an extension comes twice');
  return requested;
}

function requestedExtension(extension: Asn1): RequestedExtension {
  const parts = itemsOf(extension);
  const oid = dottedOid(parts[0]);
  const critical = isBoolean(parts[1]) && booleanOf(parts[1]);
  const value = octetsOf(parts.at(-1));
  switch (oid) {
    case OID.keyUsage: return { kind: 'keyUsage', oid, critical, usages: keyUsages(value) };
    case OID.basicConstraints: return { kind: 'basicConstraints', oid, critical, ...basicConstraints(value) };
    // Looked through here, so that what is wrong in them is the CSR's fault and not found by a client later.
    case OID.subjectAltName: altNames(value); break;
    case OID.extendedKeyUsage: extendedUsages(value); break;
  }
  return { kind: 'other', oid, critical, value };
}

function keyUsages(value: Buffer): KeyUsage[] {
  const bits = bitsOf(parseDer(value));
  return KEY_USAGES.filter((_, bit) => ((bits[Math.floor(bit / 8)] ?? 0) & (0x80 >> (bit % 8))) !== 0);
}

function basicConstraints(value: Buffer): { isAuthority: boolean; pathLength: number | null } {
  const parts = itemsOf(parseDer(value));
  const isAuthority = isBoolean(parts[0]) && booleanOf(parts[0]);
  const length = isBoolean(parts[0]) ? parts[1] : parts[0];
  return { isAuthority, pathLength: length === undefined ? null : numberOf(length) };
}

/** Extended key usages by name (`serverAuth`, `clientAuth`), others dotted. */
export function extendedUsages(value: Buffer): string[] {
  const usages = itemsOf(parseDer(value)).map(dottedOid);
  if (usages.length === 0) throw new Error('an extended key usage without usages');
  return usages.map((usage) => (usage === OID.serverAuth ? 'serverAuth' : usage === OID.clientAuth ? 'clientAuth' : usage));
}

/** Subject alternative names as the ledger keeps them. */
export function altNames(value: Buffer): string[] {
  const names = itemsOf(parseDer(value));
  if (names.length === 0) throw new Error('a subject alternative name without names');
  return names.map(altName);
}

function altName(name: Asn1): string {
  if (isTagged(name, ALT_NAME_TAG.dns)) return `DNS:${ia5(name)}`;
  if (isTagged(name, ALT_NAME_TAG.ip)) return `IP:${address(name)}`;
  if (isTagged(name, ALT_NAME_TAG.email)) return `email:${ia5(name)}`;
  if (isTagged(name, ALT_NAME_TAG.uri)) return `URI:${ia5(name)}`;
  return `other:${name.type}`;
}

function address(name: Asn1): string {
  const address = forge.util.bytesToIP(bytesOf(name).toString('latin1'));
  if (!address) throw new Error('an IP address has 4 or 16 bytes');
  return address;
}

/** Printable ASCII: a NUL in a name has fooled verifiers before. */
function ia5(name: Asn1): string {
  const text = bytesOf(name).toString('latin1');
  if (!/^[\x21-\x7e]+$/.test(text)) throw new Error('a name with characters that no name has');
  return text;
}
