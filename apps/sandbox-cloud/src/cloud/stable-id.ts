import { createHash } from 'node:crypto';

/** 32 hex digits, as Keystone numbers its things. The same parts give the same id in every sandbox, so examples can name them. */
export function stableId(...parts: readonly string[]): string {
  return createHash('sha256').update(parts.join('\0')).digest('hex').slice(0, 32);
}

/** The same as a UUID (version 8: made by a rule of one's own, RFC 9562), as Glance and Neutron number theirs. */
export function stableUuid(...parts: readonly string[]): string {
  const hex = stableId(...parts);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`;
}
