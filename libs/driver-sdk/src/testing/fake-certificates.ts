import { generateKeyPair, randomBytes, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import forge from 'node-forge';
import type { CertificateRequest, ClientIdentity, HealthContext, NodesToCome, StepCertificates } from '../driver.contract.ts';
import { OutsideCalls } from './outside-calls.ts';

const DAY_MS = 86_400_000;

type HealthCertificates = HealthContext['certificates'];

interface Authority {
  readonly certificate: forge.pki.Certificate;
  readonly pem: string;
  readonly key: KeyObject;
}

/** One for all clients of one test file: what tells them apart is who signed for them. */
let clientKey: ReturnType<typeof newKey> | undefined;

/** A throwaway certificate authority in memory that reads requests and signs as the real one does, with node-forge. */
export class FakeCertificates implements HealthCertificates, StepCertificates {
  readonly calls: OutsideCalls;
  /** Which bootstrap tokens were minted and closed, in order. */
  readonly minted: string[] = [];
  #authority: Promise<Authority> | undefined;
  #candidate: Promise<Authority> | undefined;
  #client: Promise<ClientIdentity> | undefined;
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

  trusted(): Promise<readonly string[]> {
    return this.calls.pass(() => this.#trusted());
  }

  sign(request: CertificateRequest): Promise<string> {
    return this.calls.pass(async () => {
      const authority = await this.#issuer(request.issuer);
      this.#issued += 1;
      return issue(authority, request);
    });
  }

  bootstrapToken({ stack, masters, workers }: NodesToCome): Promise<string> {
    return this.calls.pass(() => {
      this.minted.push(`${stack}: ${masters} masters, ${workers} workers`);
      return `jeroboam-stack:${randomBytes(32).toString('base64url')}`;
    });
  }

  nodesAreIn(stack: string): Promise<void> {
    return this.calls.pass(() => void this.minted.push(`${stack}: closed`));
  }

  client(): Promise<ClientIdentity> {
    return this.calls.pass(() => (this.#client ??= this.newClient()));
  }

  /** Makes a candidate, unless a rotation that was given up left one. */
  async startRotation(): Promise<void> {
    await this.#ca();
    await (this.#candidate ??= newAuthority());
  }

  /** Puts the candidate in the authority's place; having been done before is fine. */
  completeRotation(): void {
    this.#authority = this.#candidate ?? this.#authority;
    this.#candidate = undefined;
    this.#client = undefined;
  }

  /** A user of the bay, who has been told which CAs there are now. */
  async newClient(issuer?: CertificateRequest['issuer']): Promise<ClientIdentity> {
    const { privateKey, publicKey } = await (clientKey ??= newKey());
    const authority = await this.#issuer(issuer);
    const spki = publicKey.export({ type: 'spki', format: 'pem' });
    const certificate = blank([{ name: 'commonName', value: 'admin' }], forge.pki.publicKeyFromPem(spki));
    certificate.setIssuer(authority.certificate.subject.attributes);
    certificate.setExtensions([{ name: 'extKeyUsage', clientAuth: true }]);
    this.#issued += 1;
    const keyPem = privateKey.export({ type: 'pkcs8', format: 'pem' });
    return { caPem: (await this.#trusted()).join('\n'), certificatePem: signed(certificate, authority.key), keyPem };
  }

  async #trusted(): Promise<readonly string[]> {
    const both = await Promise.all([this.#ca(), this.#candidate]);
    return both.filter((authority) => authority !== undefined).map(({ pem }) => pem);
  }

  async #issuer(issuer: CertificateRequest['issuer']): Promise<Authority> {
    const authority = await (issuer === 'candidate' ? this.#candidate : this.#ca());
    if (!authority) throw new Error('there is no candidate: the authority is not being rotated');
    return authority;
  }

  #ca(): Promise<Authority> {
    this.#authority ??= newAuthority();
    return this.#authority;
  }
}

function newKey(): Promise<{ publicKey: KeyObject; privateKey: KeyObject }> {
  return promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
}

async function newAuthority(): Promise<Authority> {
  const { privateKey, publicKey } = await newKey();
  const certificate = blank(
    [{ name: 'commonName', value: 'a throwaway CA' }],
    forge.pki.publicKeyFromPem(publicKey.export({ type: 'spki', format: 'pem' })),
  );
  certificate.setIssuer(certificate.subject.attributes);
  certificate.setExtensions([
    { name: 'basicConstraints', cA: true, critical: true },
    { name: 'keyUsage', keyCertSign: true, critical: true },
    { name: 'subjectKeyIdentifier' },
  ]);
  return { certificate, key: privateKey, pem: signed(certificate, privateKey) };
}

function issue(authority: Authority, { csrPem, usages, subjectAltNames }: CertificateRequest): string {
  const request = forge.pki.certificationRequestFromPem(csrPem);
  if (!request.verify() || !request.publicKey) throw new Error('the request is not signed by the key it names');
  const certificate = blank(request.subject.attributes, request.publicKey);
  certificate.setIssuer(authority.certificate.subject.attributes);
  certificate.setExtensions([
    { name: 'basicConstraints', cA: false },
    { name: 'extKeyUsage', serverAuth: usages.includes('server'), clientAuth: usages.includes('client') },
    // Tells apart two authorities of one name, as there are during a rotation.
    { name: 'authorityKeyIdentifier', keyIdentifier: authority.certificate.generateSubjectKeyIdentifier().getBytes() },
    {
      name: 'subjectAltName',
      altNames: subjectAltNames.map(({ type, value }) => (type === 'ip' ? { type: 7, ip: value } : { type: 2, value })),
    },
  ]);
  return signed(certificate, authority.key);
}

/** Node signs, not node-forge, whose big numbers take a second for it under Jest. @returns PEM. */
function signed(certificate: forge.pki.Certificate, key: KeyObject): string {
  // What `certificate.sign` sets before it computes the signature; not all of it is in the types.
  const parts = certificate as forge.pki.Certificate & { tbsCertificate: forge.asn1.Asn1 };
  const { getTBSCertificate } = forge.pki as typeof forge.pki & { getTBSCertificate: (of: forge.pki.Certificate) => forge.asn1.Asn1 };
  parts.signatureOid = parts.siginfo.algorithmOid = forge.pki.oids['sha256WithRSAEncryption']!;
  parts.tbsCertificate = getTBSCertificate(certificate);
  parts.signature = sign('sha256', Buffer.from(forge.asn1.toDer(parts.tbsCertificate).getBytes(), 'latin1'), key).toString('latin1');
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
