import { bytesOf, dottedOid, itemsOf, membersOf, oid, sequence, setOf, utf8 } from './der.ts';
import type { Asn1 } from './der.ts';

const COMMON_NAME = '2.5.4.3';
const SHORT: Readonly<Record<string, string>> = {
  [COMMON_NAME]: 'CN', '2.5.4.6': 'C', '2.5.4.7': 'L', '2.5.4.8': 'ST', '2.5.4.10': 'O', '2.5.4.11': 'OU', '2.5.4.5': 'serialNumber',
  '1.2.840.113549.1.9.1': 'emailAddress', '0.9.2342.19200300.100.1.25': 'DC', '0.9.2342.19200300.100.1.1': 'UID',
};
/** String types by their number; forge has no name for TeletexString. All but the first two read as Latin-1. */
const UTF8 = 12;
const BMP = 30;
const LATIN = new Set([19, 20, 22]);

/** A name of one part, as Magnum gives its authorities. */
export function commonName(name: string): Asn1 {
  return sequence(setOf(sequence(oid(COMMON_NAME), utf8(name))));
}

/** A name for people to read, in its own order: `CN=admin, O=system:masters`. @throws Error where it is none. */
export function distinguishedName(name: Asn1): string {
  return itemsOf(name).map((part) => membersOf(part).map(attribute).join(' + ')).join(', ');
}

function attribute(attributeAndValue: Asn1): string {
  const [type, value] = itemsOf(attributeAndValue);
  if (!value) throw new Error('an attribute without a value');
  const dotted = dottedOid(type);
  return `${SHORT[dotted] ?? dotted}=${escaped(textOf(value))}`;
}

function textOf(value: Asn1): string {
  const type: number = value.type;
  if (type === UTF8) return new TextDecoder('utf-8', { fatal: true }).decode(bytesOf(value));
  if (LATIN.has(type)) return bytesOf(value).toString('latin1');
  // forge has decoded these already.
  if (type === BMP && typeof value.value === 'string') return value.value;
  throw new Error(`an attribute of ASN.1 type ${type}`);
}

/** So that no value can look like two. RFC 4514 section 2.4. */
function escaped(text: string): string {
  return text.replace(/[\\,+]/g, '\\$&').replace(/\p{Cc}/gu, (control) => `\\${control.charCodeAt(0).toString(16).padStart(2, '0')}`);
}
