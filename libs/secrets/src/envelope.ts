import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { SecretUnreadable } from './errors.ts';

/*
 * An envelope: what one secret looks like at rest.
 *
 *   header   4 bytes `JBSE`, 1 byte format version, 8 bytes id of the master key
 *   key      12 bytes nonce, 32 bytes data key under the master key, 16 bytes tag
 *   content  12 bytes nonce, the secret under the data key, 16 bytes tag
 *
 * Both are AES-256-GCM with header and reference as additional data: a file cannot be passed off as another secret.
 * The data key is random for every envelope, so changing the master key means writing the key part anew, not the
 * content; the version and the master key's id in the header tell a later release which envelopes still wait for that.
 */
const MAGIC = Buffer.from('JBSE');
const VERSION = 1;
const KEY_ID_BYTES = 8;
const HEADER_BYTES = MAGIC.length + 1 + KEY_ID_BYTES;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
export const KEY_BYTES = 32;
const SEALED_KEY_BYTES = NONCE_BYTES + KEY_BYTES + TAG_BYTES;

export function sealEnvelope(masterKey: Buffer, ref: string, plaintext: Buffer): Buffer {
  const header = Buffer.concat([MAGIC, Buffer.from([VERSION]), masterKeyId(masterKey)]);
  const context = Buffer.concat([header, Buffer.from(ref)]);
  const dataKey = randomBytes(KEY_BYTES);
  try {
    return Buffer.concat([header, seal(masterKey, context, dataKey), seal(dataKey, context, plaintext)]);
  } finally {
    dataKey.fill(0);
  }
}

/** @throws {SecretUnreadable} */
export function openEnvelope(masterKey: Buffer, ref: string, envelope: Buffer): Buffer {
  const header = envelope.subarray(0, HEADER_BYTES);
  requireOurs(masterKey, ref, envelope);
  const context = Buffer.concat([header, Buffer.from(ref)]);
  try {
    const dataKey = open(masterKey, context, envelope.subarray(HEADER_BYTES, HEADER_BYTES + SEALED_KEY_BYTES));
    try {
      return open(dataKey, context, envelope.subarray(HEADER_BYTES + SEALED_KEY_BYTES));
    } finally {
      dataKey.fill(0);
    }
  } catch (cause) {
    throw new SecretUnreadable(ref, 'tampered', { cause });
  }
}

function requireOurs(masterKey: Buffer, ref: string, envelope: Buffer): void {
  const isEnvelope = envelope.subarray(0, MAGIC.length).equals(MAGIC);
  if (!isEnvelope || envelope[MAGIC.length] !== VERSION) throw new SecretUnreadable(ref, 'unknown-format');
  const keyId = envelope.subarray(MAGIC.length + 1, HEADER_BYTES);
  if (!keyId.equals(masterKeyId(masterKey))) throw new SecretUnreadable(ref, 'other-master-key');
}

/** Tells master keys apart without telling anything about them: part of a hash over 256 random bits. */
function masterKeyId(masterKey: Buffer): Buffer {
  return createHash('sha256').update('jeroboam master key id').update(masterKey).digest().subarray(0, KEY_ID_BYTES);
}

function seal(key: Buffer, context: Buffer, plaintext: Buffer): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES }).setAAD(context);
  return Buffer.concat([nonce, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
}

function open(key: Buffer, context: Buffer, sealed: Buffer): Buffer {
  const nonce = sealed.subarray(0, NONCE_BYTES);
  const tag = sealed.subarray(sealed.length - TAG_BYTES);
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES }).setAAD(context).setAuthTag(tag);
  return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, sealed.length - TAG_BYTES)), decipher.final()]);
}
