import { createHash, generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import { stableId } from '../cloud/stable-id.ts';

const RSA = 'ssh-rsa';
const ED25519 = 'ssh-ed25519';

export interface SshKeyPair {
  /** One line of an `authorized_keys` file. */
  readonly publicKey: string;
  /** PEM, PKCS #1: what OpenSSH and Nova's clients read. */
  readonly privateKey: string;
}

export async function generateSshKeyPair(comment: string): Promise<SshKeyPair> {
  const { publicKey, privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2_048 });
  const { n, e } = publicKey.export({ format: 'jwk' });
  const blob = Buffer.concat([field(RSA), number(e!), number(n!)]);
  return {
    publicKey: `${RSA} ${blob.toString('base64')} ${comment}`,
    privateKey: privateKey.export({ type: 'pkcs1', format: 'pem' }),
  };
}

/** A key that nobody has the private part of, for pairs that exist from the start: the same in every sandbox. */
export function placeholderPublicKey(userId: string, name: string): string {
  const blob = Buffer.concat([field(ED25519), field(Buffer.from(stableId('key', userId, name) + stableId(name, userId), 'hex'))]);
  return `${ED25519} ${blob.toString('base64')} ${name}`;
}

/** MD5 over the key, as Nova shows it; `undefined` when the line is no public key. */
export function fingerprintOf(publicKey: string): string | undefined {
  const [type, encoded] = publicKey.trim().split(/\s+/);
  const blob = Buffer.from(encoded ?? '', 'base64');
  // The blob repeats its type: the cheapest way to tell a key from other text.
  if (type === undefined || !blob.subarray(0, 4 + type.length).equals(field(type))) return undefined;
  return createHash('md5').update(blob).digest('hex').match(/../g)!.join(':');
}

/** RFC 4251 section 5: a `string` is its length in four bytes, then itself. */
function field(value: string | Buffer): Buffer {
  const bytes = Buffer.from(value);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** An `mpint` of RFC 4251: a zero byte in front keeps a high first bit from meaning a negative number. */
function number(base64url: string): Buffer {
  const bytes = Buffer.from(base64url, 'base64url');
  return field(bytes[0]! >= 0x80 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes);
}
