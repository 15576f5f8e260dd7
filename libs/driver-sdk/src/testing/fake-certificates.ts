import { generateKeyPair, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import forge from 'node-forge';
import type { BayCertificates, CertificateRequest } from '../driver.contract.ts';
import { OutsideCalls } from './outside-calls.ts';

const DAY_MS = 86_400_000;

interface Authority {
  readonly certificate: forge.pki.Certificate;
  readonly pem: string;
  readonly key: forge.pki.rsa.PrivateKey;
}

/** A throwaway certificate authority in memory that reads requests and signs as the real one does, with node-forge. */
export class FakeCertificates implements BayCertificates {
  readonly calls: OutsideCalls;
  #authority: Promise<Authority> | undefined;
  #issued = 0;

  constructor(calls: OutsideCalls = new OutsideCalls()) {
    this.calls = calls;
  }

  /** Certificates signed so far. */
  get issued(): number {
    return this.#issued;
  }

  ca(): Promise<string> {
    return this.calls.pass(async () => (await this.#ca()).pem);
  }

  sign(request: CertificateRequest): Promise<string> {
    return this.calls.pass(async () => {
      const authority = await this.#ca();
      this.#issued += 1;
      return issue(authority, request);
    });
  }

  #ca(): Promise<Authority> {
    this.#authority ??= newAuthority();
    return this.#authority;
  }
}

async function newAuthority(): Promise<Authority> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
  const key = forge.pki.privateKeyFromPem(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
  const publicKey = forge.pki.setRsaPublicKey(key.n, key.e);
  const certificate = blank([{ name: 'commonName', value: 'a throwaway CA' }], publicKey);
  certificate.setIssuer(certificate.subject.attributes);
  certificate.setExtensions([{ name: 'basicConstraints', cA: true, critical: true }, { name: 'keyUsage', keyCertSign: true, critical: true }]);
  certificate.sign(key, forge.md.sha256.create());
  return { certificate, key, pem: forge.pki.certificateToPem(certificate) };
}

function issue(authority: Authority, { csrPem, usages, subjectAltNames }: CertificateRequest): string {
  const request = forge.pki.certificationRequestFromPem(csrPem);
  if (!request.verify() || !request.publicKey) throw new Error('the request is not signed by the key it names');
  const certificate = blank(request.subject.attributes, request.publicKey);
  certificate.setIssuer(authority.certificate.subject.attributes);
  certificate.setExtensions([
    { name: 'basicConstraints', cA: false },
    { name: 'extKeyUsage', serverAuth: usages.includes('server'), clientAuth: usages.includes('client') },
    { name: 'subjectAltName', altNames: subjectAltNames.map(({ type, value }) => (type === 'ip' ? { type: 7, ip: value } : { type: 2, value })) },
  ]);
  certificate.sign(authority.key, forge.md.sha256.create());
  return forge.pki.certificateToPem(certificate);
}

function blank(subject: forge.pki.CertificateField[], publicKey: forge.pki.PublicKey): forge.pki.Certificate {
  const certificate = forge.pki.createCertificate();
  // A serial number is positive: its first bit must not be set.
  certificate.serialNumber = `01${randomBytes(8).toString('hex')}`;
  certificate.publicKey = publicKey;
  certificate.validity.notBefore = new Date(Date.now() - DAY_MS);
  certificate.validity.notAfter = new Date(Date.now() + DAY_MS);
  certificate.setSubject(subject);
  return certificate;
}
