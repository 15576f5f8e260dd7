import { createPrivateKey, generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import { certificateRequest as requestFor } from '@jeroboam/driver-sdk';

/** @returns PEM (PKCS#8) of a new RSA key of 2048 bits, made off the main thread. */
export async function newPrivateKey(): Promise<string> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  return privateKey;
}

/** A request of a node, which is told apart by its common name. */
export function certificateRequest(privateKeyPem: string, commonName: string): string {
  return requestFor(createPrivateKey(privateKeyPem), { commonName });
}
