import { createHash } from 'node:crypto';

const NAMESPACE = '6f0f3c0e-2f5a-5b6e-9d3f-4b61f1a0c2d7';

/**
 * UUIDv5 (RFC 9562 section 5.5) of the given parts: the same parts give the same id for ever, which makes a redelivered
 * message harmless: what follows from it carries the ids it carried the first time.
 */
export function derivedId(...parts: readonly (string | number)[]): string {
  const namespace = Buffer.from(NAMESPACE.replaceAll('-', ''), 'hex');
  const bytes = createHash('sha1').update(namespace).update(parts.join('\u0000')).digest().subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x50;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
