import { PythonFloat, type Json } from './python-values.ts';

/** No request of Magnum's nests deeper than four; beyond this a text is an attack on whoever walks through it. */
const MAX_DEPTH = 64;
/** Python's parser takes no byte order mark; the decoder keeps it, so that ours does not either. */
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Reads a request body.
 * @returns undefined for what is not JSON in UTF-8, or nests absurdly deep.
 */
export function parseJson(body: Uint8Array): Json | undefined {
  try {
    const text = utf8.decode(body);
    if (nestsTooDeep(text)) return undefined;
    // The slower reading is only for numbers that JavaScript would change: 2.0 and those of 16 digits or more.
    return (/\d(?:\.\d|[eE])|\d{16}/.test(text) ? JSON.parse(text, numberAsWritten) : JSON.parse(text)) as Json;
  } catch {
    return undefined;
  }
}

/** ECMAScript gives a reviver the source text of a primitive; TypeScript's library does not know that yet. */
function numberAsWritten(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  if (typeof value !== 'number') return value;
  if (!Number.isFinite(value)) throw new SyntaxError('a number beyond all bounds');
  if (!Number.isInteger(value)) return value;
  const source = context?.source ?? '';
  if (/[.eE]/.test(source)) return new PythonFloat(value);
  return Number.isSafeInteger(value) ? value : BigInt(source);
}

function nestsTooDeep(text: string): boolean {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (inString) {
      if (code === 0x5c) at += 1;
      else if (code === 0x22) inString = false;
    } else if (code === 0x22) inString = true;
    else if (code === 0x7b || code === 0x5b) {
      depth += 1;
      if (depth > MAX_DEPTH) return true;
    } else if (code === 0x7d || code === 0x5d) depth -= 1;
  }
  return false;
}
