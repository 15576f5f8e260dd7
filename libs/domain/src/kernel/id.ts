import { hash } from 'node:crypto';

const NAMESPACE = Buffer.from('6f0f3c0e2f5a5b6e9d3f4b61f1a0c2d7', 'hex');

/**
 * UUIDv5 (RFC 9562 section 5.5) of the given parts: the same parts give the same id for ever, which makes a redelivered
 * message harmless: what follows from it carries the ids it carried the first time.
 */
export function derivedId(...parts: readonly (string | number)[]): string {
  const bytes = hash('sha1', Buffer.concat([NAMESPACE, Buffer.from(parts.join('\u0000'))]), 'buffer');
  bytes[6] = (bytes[6]! & 0x0f) | 0x50;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString('hex', 0, 16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
