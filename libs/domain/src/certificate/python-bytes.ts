const ESCAPES: Readonly<Record<number, string>> = { 0x09: '\\t', 0x0a: '\\n', 0x0d: '\\r', 0x5c: '\\\\' };

/**
 * Bytes as Python prints them (`b'junk'`): Magnum puts this form into some of its messages and clients show them.
 * @param maxBytes longer values end in `...`, so that a message stays a message.
 */
export function pythonBytes(bytes: Uint8Array, maxBytes = 4096): string {
  const shown = bytes.subarray(0, maxBytes);
  // Python changes to double quotes only when that saves escapes.
  const quote = shown.includes(0x27) && !shown.includes(0x22) ? '"' : "'";
  let text = '';
  for (const byte of shown) text += printed(byte, quote);
  return `b${quote}${text}${bytes.length > maxBytes ? '...' : ''}${quote}`;
}

function printed(byte: number, quote: string): string {
  const escape = ESCAPES[byte];
  if (escape !== undefined) return escape;
  if (byte < 0x20 || byte > 0x7e) return `\\x${byte.toString(16).padStart(2, '0')}`;
  const character = String.fromCharCode(byte);
  return character === quote ? `\\${character}` : character;
}
