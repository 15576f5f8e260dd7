import { createPublicKey, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

// Written out here as making and signing a request with a library in JavaScript takes ten times as long.

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
const ORGANIZATION = Buffer.from('55040a', 'hex');
const ECDSA_WITH_SHA256 = Buffer.from('2a8648ce3d040302', 'hex');
const SHA256_WITH_RSA = Buffer.from('2a864886f70d01010b', 'hex');

export interface CertificateSubject {
  readonly commonName: string;
  readonly organization?: string;
}

/**
 * A PKCS#10 request (RFC 2986) for an RSA or elliptic curve key, as PEM. It carries the subject only: what else the
 * certificate is to say is told to the authority beside it.
 */
export function certificateRequest(key: KeyObject, { commonName, organization }: CertificateSubject): string {
  const organizations = organization === undefined ? [] : [namePart(ORGANIZATION, organization)];
  const subject = der(SEQUENCE, namePart(COMMON_NAME, commonName), ...organizations);
  const publicKey = createPublicKey(key).export({ type: 'spki', format: 'der' });
  const info = der(SEQUENCE, der(INTEGER, Buffer.of(0)), subject, publicKey, der(CONTEXT_0));
  const isRsa = key.asymmetricKeyType === 'rsa';
  const algorithm = isRsa ? der(SEQUENCE, der(OBJECT_ID, SHA256_WITH_RSA), der(NULL)) : der(SEQUENCE, der(OBJECT_ID, ECDSA_WITH_SHA256));
  const base64 = der(SEQUENCE, info, algorithm, der(BIT_STRING, Buffer.of(0), sign('sha256', info, key))).toString('base64');
  return `-----BEGIN CERTIFICATE REQUEST-----\n${base64.replaceAll(/.{1,64}/g, '$&\n')}-----END CERTIFICATE REQUEST-----\n`;
}

function namePart(type: Buffer, value: string): Buffer {
  return der(SET, der(SEQUENCE, der(OBJECT_ID, type), der(UTF8_STRING, Buffer.from(value))));
}

function der(tag: number, ...contents: readonly Buffer[]): Buffer {
  const content = Buffer.concat(contents);
  if (content.length < 0x80) return Buffer.concat([Buffer.of(tag, content.length), content]);
  const hex = content.length.toString(16);
  const length = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
  return Buffer.concat([Buffer.of(tag, 0x80 | length.length), length, content]);
}
