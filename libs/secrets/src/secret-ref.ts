const PART = '[A-Za-z0-9][A-Za-z0-9._-]*';
const REF = new RegExp(`^${PART}(/${PART})*$`);
/** Leaves room for the suffix in the 255 bytes a file name may have. */
const MAX_LENGTH = 180;
const MAX_BYTES = 1024 * 1024;

/** Refuses what no adapter could keep: a bug of the caller, hence a plain error. */
export function assertRef(ref: string): void {
  if (ref.length > MAX_LENGTH || !REF.test(ref)) throw new Error(`not a secret reference: ${JSON.stringify(ref)}`);
}

/** The bytes to keep. The error never shows them. */
export function plaintextBytes(ref: string, plaintext: Buffer | string): Buffer {
  // A copy: the caller may clear its own at once.
  const bytes = Buffer.from(plaintext as Buffer);
  if (bytes.length > MAX_BYTES) throw new Error(`secret ${ref} has ${bytes.length} bytes; at most ${MAX_BYTES} are kept`);
  return bytes;
}
