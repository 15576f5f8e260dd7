import { createPrivateKey, createPublicKey, generateKeyPair, sign } from 'node:crypto';
import { promisify } from 'node:util';

// Tags of X.690 that a request needs.
const INTEGER = 0x02;
const BIT_STRING = 0x03;
const NULL = 0x05;
const OBJECT_ID = 0x06;
const UTF8_STRING = 0x0c;
const SEQUENCE = 0x30;
const SET = 0x31;
const CONTEXT_0 = 0xa0;

const COMMON_NAME = Buffer.from('550403', 'hex');
const SHA256_WITH_RSA = Buffer.from('2a864886f70d01010b', 'hex');

/** @returns PEM (PKCS#8) of a new RSA key of 2048 bits, made off the main thread. */
export async function newPrivateKey(): Promise<string> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  return privateKey;
}

/**
 * A PKCS#10 request (RFC 2986) for a key, as PEM. It carries the common name only: what else the certificate is to say is
 * told to the authority beside it. Written out here as signing with a library in JavaScript takes ten times as long.
 */
export function certificateRequest(privateKeyPem: string, commonName: string): string {
  const key = createPrivateKey(privateKeyPem);
  const publicKey = createPublicKey(key).export({ type: 'spki', format: 'der' });
  const name = der(SEQUENCE, der(SET, der(SEQUENCE, der(OBJECT_ID, COMMON_NAME), der(UTF8_STRING, Buffer.from(commonName)))));
  const info = der(SEQUENCE, der(INTEGER, Buffer.of(0)), name, publicKey, der(CONTEXT_0));
  const algorithm = der(SEQUENCE, der(OBJECT_ID, SHA256_WITH_RSA), der(NULL));
  const signature = der(BIT_STRING, Buffer.of(0), sign('sha256', info, key));
  const base64 = der(SEQUENCE, info, algorithm, signature).toString('base64');
  return `-----BEGIN CERTIFICATE REQUEST-----\n${base64.replaceAll(/.{1,64}/g, '$&\n')}-----END CERTIFICATE REQUEST-----\n`;
}

function der(tag: number, ...contents: readonly Buffer[]): Buffer {
  const content = Buffer.concat(contents);
  if (content.length < 0x80) return Buffer.concat([Buffer.of(tag, content.length), content]);
  const hex = content.length.toString(16);
  const length = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
  return Buffer.concat([Buffer.of(tag, 0x80 | length.length), length, content]);
}
