import { REDACTED, Secret } from '../config/secret.ts';

/** Bounds of what one line may hold; the rest is named, not printed. */
const MAX_DEPTH = 8;
const MAX_ENTRIES = 100;
const MAX_STRING_CHARS = 16_384;

/** A field whose name has one of these words holds a secret, whatever stands around it: `userPassword`, `X-Auth-Token`. */
const SECRET_WORDS = new Set(['token', 'tokens', 'password', 'passwords', 'passphrase', 'secret', 'secrets', 'authorization', 'cookie']);
/** ... unless it ends in one of these: `tokenId` and `secretName` say which, not what. */
const ABOUT_WORDS = new Set(['id', 'ids', 'ref', 'refs', 'name', 'names', 'type', 'count', 'at', 'ms', 'seconds', 'length', 'url']);
/** `key` is a secret only as the last word, and not in these. */
const HARMLESS_KEYS = new Set(['sort', 'public', 'idempotency', 'partition', 'primary', 'foreign']);

const PEM_PRIVATE_KEY = /-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z0-9 ]*PRIVATE KEY-----|$)/g;
const URL_CREDENTIALS = /(:\/\/)[^/\s@]+@/g;
const TOKEN_HEADER = /\b((?:x-(?:auth|subject|service)-token|authorization)["']?\s*[:=]\s*["']?)(?:(?:bearer|basic)\s+)?[^\s"',]+/gi;

/** True when a field of this name must not be printed. */
export function isSecretName(name: string): boolean {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter(Boolean);
  const last = words.at(-1) ?? '';
  if (last === 'key' || last === 'keys') return !HARMLESS_KEYS.has(words.at(-2) ?? '');
  return words.some((word) => SECRET_WORDS.has(word)) && !ABOUT_WORDS.has(last);
}

/** A text without what looks like a secret: private keys in PEM, credentials in URLs, token headers. Long ones are cut. */
export function redactText(text: string): string {
  // Cut last: half a private key would not be recognised.
  const clean = text.replace(PEM_PRIVATE_KEY, REDACTED).replace(URL_CREDENTIALS, `$1${REDACTED}@`).replace(TOKEN_HEADER, `$1${REDACTED}`);
  const more = clean.length - MAX_STRING_CHARS;
  return more > 0 ? `${clean.slice(0, MAX_STRING_CHARS)}… (${more} more characters)` : clean;
}

/** A copy of `value` that is plain JSON, of bounded size and without secrets. */
export function redact(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return redactText(value);
  if (typeof value === 'bigint' || typeof value === 'symbol') return value.toString();
  if (typeof value === 'function') return '[function]';
  return typeof value === 'object' && value !== null ? redactObject(value, depth) : value;
}

function redactObject(value: object, depth: number): unknown {
  if (value instanceof Secret) return REDACTED;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'invalid date' : value.toISOString();
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (depth >= MAX_DEPTH) return '[too deep]';
  if (value instanceof Error) return redactError(value, depth);
  if (Array.isArray(value)) return redactList(value, depth);
  if (value instanceof Set) return redactList([...value], depth);
  if (value instanceof Map)
    return redactEntries(
      [...value].map(([key, item]) => [String(key), item]),
      depth,
    );
  if ('toJSON' in value && typeof value.toJSON === 'function') return redact(value.toJSON(), depth + 1);
  return redactEntries(Object.entries(value), depth);
}

function redactList(items: readonly unknown[], depth: number): unknown[] {
  const shown = items.slice(0, MAX_ENTRIES).map((item) => redact(item, depth + 1));
  if (items.length > MAX_ENTRIES) shown.push(`… (${items.length - MAX_ENTRIES} more)`);
  return shown;
}

function redactEntries(entries: readonly (readonly [string, unknown])[], depth: number): Record<string, unknown> {
  const shown: Record<string, unknown> = {};
  for (const [name, item] of entries.slice(0, MAX_ENTRIES)) {
    // An absent secret is worth knowing, and none.
    const hide = isSecretName(name) && item !== undefined && item !== null && typeof item !== 'boolean';
    shown[name] = hide ? REDACTED : redact(item, depth + 1);
  }
  if (entries.length > MAX_ENTRIES) shown['…'] = `${entries.length - MAX_ENTRIES} more`;
  return shown;
}

/** Type, message, stack, own fields (`code`, `kind`, `details`, …) and cause of an error. */
function redactError(error: Error, depth: number): Record<string, unknown> {
  const { name, message, stack, cause, ...own } = error as Error & Record<string, unknown>;
  return {
    type: error.constructor?.name || name,
    message: redactText(message),
    ...redactEntries(Object.entries(own), depth),
    ...(stack === undefined ? {} : { stack: redactText(stack) }),
    ...(cause === undefined ? {} : { cause: redact(cause, depth + 1) }),
  };
}
