import forge from 'node-forge';

// Missing in the published types.
declare module 'node-forge' {
  namespace asn1 {
    /** `decodeBitStrings`: whether forge looks for ASN.1 inside bit strings, which would change how they read. */
    function fromDer(bytes: string, options: { strict: boolean; parseAllBytes: boolean; decodeBitStrings: boolean }): Asn1;
    /** `type`: of the class `CONTEXT_SPECIFIC` any number is a tag. */
    function create(tagClass: Class, type: number, constructed: boolean, value: string | Asn1[]): Asn1;
  }
  namespace util {
    function bytesFromIP(address: string): string | null;
    function bytesToIP(bytes: string): string | null;
  }
}

const { asn1 } = forge;
const { Class, Type } = asn1;
type Tag = forge.asn1.Type;

/** One value of ASN.1. forge keeps bytes in strings of char codes 0 to 255. */
export type Asn1 = forge.asn1.Asn1;

export function parseDer(der: Buffer): Asn1 {
  return asn1.fromDer(der.toString('latin1'), { strict: true, parseAllBytes: true, decodeBitStrings: false });
}

export function toDer(value: Asn1): Buffer {
  return Buffer.from(asn1.toDer(value).getBytes(), 'latin1');
}

export const sequence = (...items: Asn1[]): Asn1 => asn1.create(Class.UNIVERSAL, Type.SEQUENCE, true, items);
export const setOf = (...items: Asn1[]): Asn1 => asn1.create(Class.UNIVERSAL, Type.SET, true, items);
export const boolean = (value: boolean): Asn1 => asn1.create(Class.UNIVERSAL, Type.BOOLEAN, false, value ? '\xff' : '\x00');
export const nothing = (): Asn1 => asn1.create(Class.UNIVERSAL, Type.NULL, false, '');
export const oid = (dotted: string): Asn1 => asn1.create(Class.UNIVERSAL, Type.OID, false, asn1.oidToDer(dotted).getBytes());
export const utf8 = (text: string): Asn1 => asn1.create(Class.UNIVERSAL, Type.UTF8, false, Buffer.from(text, 'utf8').toString('latin1'));
export const octets = (bytes: Buffer): Asn1 => asn1.create(Class.UNIVERSAL, Type.OCTETSTRING, false, bytes.toString('latin1'));
export const bits = (bytes: Buffer, unusedBits = 0): Asn1 =>
  asn1.create(Class.UNIVERSAL, Type.BITSTRING, false, String.fromCharCode(unusedBits) + bytes.toString('latin1'));
/** `[tag]` with items inside. */
export const tagged = (tag: number, ...items: Asn1[]): Asn1 => asn1.create(Class.CONTEXT_SPECIFIC, tag, true, items);
/** `[tag] IMPLICIT` bytes. */
export const taggedBytes = (tag: number, bytes: Buffer): Asn1 =>
  asn1.create(Class.CONTEXT_SPECIFIC, tag, false, bytes.toString('latin1'));

/** @param hex a number of 0 or more, big-endian. */
export function integer(hex: string): Asn1 {
  const digits = BigInt(`0x${hex}`).toString(16);
  const bytes = Buffer.from(digits.padStart(digits.length + (digits.length % 2), '0'), 'hex');
  // A first bit of 1 would make it negative.
  const positive = bytes[0]! >= 0x80 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes;
  return asn1.create(Class.UNIVERSAL, Type.INTEGER, false, positive.toString('latin1'));
}

/** RFC 5280 section 4.1.2.5: two-digit years up to 2049, four digits from then on. */
export function time(date: Date): Asn1 {
  if (date.getUTCFullYear() < 2050) return asn1.create(Class.UNIVERSAL, Type.UTCTIME, false, asn1.dateToUtcTime(date));
  return asn1.create(Class.UNIVERSAL, Type.GENERALIZEDTIME, false, asn1.dateToGeneralizedTime(date));
}

/** Items of a SEQUENCE. @throws Error for anything else. */
export const itemsOf = (value: Asn1 | undefined): Asn1[] => items(value, Type.SEQUENCE);
/** Items of a SET. */
export const membersOf = (value: Asn1 | undefined): Asn1[] => items(value, Type.SET);

export function isTagged(value: Asn1, tag: number): boolean {
  return value.tagClass === Class.CONTEXT_SPECIFIC && (value.type as number) === tag;
}

/** Items inside a `[tag]`. */
export function taggedItems(value: Asn1): Asn1[] {
  if (!Array.isArray(value.value)) throw new Error('expected something inside a tag');
  return value.value;
}

export function dottedOid(value: Asn1 | undefined): string {
  return asn1.derToOid(primitive(value, Type.OID));
}

export const booleanOf = (value: Asn1 | undefined): boolean => primitive(value, Type.BOOLEAN) !== '\x00';
export const octetsOf = (value: Asn1 | undefined): Buffer => Buffer.from(primitive(value, Type.OCTETSTRING), 'latin1');
export const numberOf = (value: Asn1 | undefined): number => asn1.derToInteger(primitive(value, Type.INTEGER));
/** A bit string's bytes; unused bits at the end are left as they are. */
export const bitsOf = (value: Asn1 | undefined): Buffer => Buffer.from(primitive(value, Type.BITSTRING), 'latin1').subarray(1);
/** The bytes of a value without parts. */
export function bytesOf(value: Asn1): Buffer {
  if (typeof value.value !== 'string') throw new Error('expected a value without parts');
  return Buffer.from(value.value, 'latin1');
}
export const isBoolean = (value: Asn1 | undefined): boolean => isUniversal(value, Type.BOOLEAN);

function items(value: Asn1 | undefined, type: Tag): Asn1[] {
  if (!isUniversal(value, type) || !Array.isArray(value.value)) throw new Error(`expected ASN.1 type ${type}`);
  return value.value;
}

function primitive(value: Asn1 | undefined, type: Tag): string {
  if (!isUniversal(value, type) || typeof value.value !== 'string') throw new Error(`expected ASN.1 type ${type}`);
  return value.value;
}

function isUniversal(value: Asn1 | undefined, type: Tag): value is Asn1 {
  return value?.tagClass === Class.UNIVERSAL && value.type === type;
}
