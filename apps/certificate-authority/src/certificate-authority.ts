import { randomUUID } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { InvalidCsr, certificatesStream, validityFrom, validityUntil } from '@jeroboam/domain';
import type { Authority, EstablishedAuthority, EventContext, IssuedCertificate, IssuedFor, Validity } from '@jeroboam/domain';
import type { EventLog } from '@jeroboam/event-log';
import type { Clock } from '@jeroboam/platform';
import type { SecretStore } from '@jeroboam/secrets';
import { AuthorityKeys } from './authority-keys.ts';
import { BayAuthorities } from './bay-authorities.ts';
import type { NamedBay } from './bay-authorities.ts';
import { openCertificates, partOf } from './certificates.ts';
import type { Certificates } from './certificates.ts';
import { clientLeaf, nodeLeaf } from './leaf.ts';
import type { Leaf } from './leaf.ts';
import type { NodeCertificateRequest } from './node-certificate-request.ts';
import { RsaKeySource } from './rsa-key-source.ts';
import { UnreadableCertificate, issueCertificate, issuerOf } from './x509/certificate.ts';
import type { Certificate } from './x509/certificate.ts';

export interface CertificateAuthorityDependencies {
  readonly eventLog: EventLog;
  readonly secrets: SecretStore;
  readonly clock: Clock;
  /** Random UUIDs: serial numbers, as Magnum's, and parts of key references. @default randomUUID */
  readonly newId?: () => string;
  /** @default keeps two key pairs ready once the first was asked for */
  readonly keySource?: RsaKeySource;
}

const SPARE_KEYS = 2;

/** Signs for all bays with the bay's own authorities, and keeps the ledger. */
export class CertificateAuthority {
  readonly #log: EventLog;
  readonly #clock: Clock;
  readonly #newId: () => string;
  readonly #certificates: Certificates;
  readonly #authorities: BayAuthorities;

  constructor({ eventLog, secrets, clock, newId = randomUUID, keySource }: CertificateAuthorityDependencies) {
    this.#log = eventLog;
    this.#clock = clock;
    this.#newId = newId;
    this.#certificates = openCertificates(eventLog, clock);
    const keys = keySource ?? new RsaKeySource(SPARE_KEYS);
    this.#authorities = new BayAuthorities(this.#certificates, new AuthorityKeys(secrets), keys, clock, newId);
  }

  /**
   * The CA certificate, PEM. However many ask for it at once, for the first time, they get the same.
   * @throws {AuthoritiesWithdrawn}
   */
  async caCertificate(bay: NamedBay, authority: Authority, context: EventContext): Promise<string> {
    return (await this.#authorities.of(bay, authority, context)).certificatePem;
  }

  /**
   * Signs a user's CSR by Magnum's rules; PEM. Asked again with the same command id, it gives the same certificate.
   * @throws {InvalidCsr} {ExtensionNotAllowed} {AuthoritiesWithdrawn}
   */
  async signClientCsr(bay: NamedBay, authority: Authority, csrPem: string, context: EventContext): Promise<string> {
    const leaf = clientLeaf(csrPem);
    const { userId, projectId } = context.actor;
    return this.#issue(await this.#authorities.of(bay, authority, context), leaf, { requester: { userId, projectId } }, context);
  }

  /**
   * Signs for a node with the cluster CA; PEM. Asked again with the same command id, it gives the same certificate.
   * @throws {InvalidCsr} {InvalidCertificateRequest} {AuthoritiesWithdrawn}
   */
  async signNodeCertificate(bay: NamedBay, request: NodeCertificateRequest, context: EventContext): Promise<string> {
    const leaf = nodeLeaf(request);
    return this.#issue(await this.#authorities.of(bay, 'kubernetes', context), leaf, { purpose: 'node' }, context);
  }

  /** Ends the bay's authorities and destroys their keys. Cut off, it is finished by being asked again. */
  async withdraw(bayId: string, context: EventContext): Promise<void> {
    await this.#authorities.withdraw(bayId, context);
  }

  async #issue(issuer: EstablishedAuthority, leaf: Leaf, issuedFor: IssuedFor, context: EventContext): Promise<string> {
    const { bayId, authority } = issuer;
    const { subjectText: subject, hash: csrHash } = leaf.request;
    const { subjectAltNames, usages } = leaf;
    const key = await this.#authorities.keyOf(issuer);
    const serial = this.#newId().replaceAll('-', '');
    const validity = validityFrom(this.#clock.now());
    const { pem, fingerprint } = await signLeaf(leaf, issuer, key, serial, validity);
    const notAfter = validity.notAfter.toISOString();
    const issued = { bayId, authority, serial, subject, subjectAltNames, usages, csrHash, fingerprint, notAfter };
    const data: IssuedCertificate = { ...issued, ...issuedFor };
    const issuing = partOf(context, JSON.stringify(['issue', authority, csrHash, usages, subjectAltNames]));
    const { events } = await this.#certificates.execute(bayId, { type: 'RecordIssuedCertificate', data }, issuing);
    return events.length > 0 ? pem : this.#issuedBefore(issuing.commandId, leaf, issuer, key);
  }

  /** The certificate a repeated command led to the first time: made again, byte for byte, from what the ledger has. */
  async #issuedBefore(commandId: string, leaf: Leaf, issuer: EstablishedAuthority, key: KeyObject): Promise<string> {
    const { bayId } = issuer;
    for await (const recorded of this.#log.readStream(certificatesStream(bayId))) {
      if (recorded.commandId !== commandId) continue;
      const { serial, notAfter, fingerprint } = recorded.data as IssuedCertificate;
      const again = await signLeaf(leaf, issuer, key, serial, validityUntil(new Date(notAfter)));
      if (again.fingerprint !== fingerprint) throw new Error(`certificate ${serial} of bay ${bayId} does not come out as it was issued`);
      return again.pem;
    }
    throw new Error(`nothing in the ledger of bay ${bayId} came of command ${commandId}, which was carried out before`);
  }
}

/** @throws {InvalidCsr} its parts read well one by one, but make no certificate. */
async function signLeaf(leaf: Leaf, by: EstablishedAuthority, key: KeyObject, serial: string, validity: Validity): Promise<Certificate> {
  const { subject, publicKey, pem } = leaf.request;
  const extensions = leaf.extensions(by.certificatePem);
  try {
    return await issueCertificate({ serial, issuer: issuerOf(by.certificatePem).name, subject, publicKey, validity, extensions }, key);
  } catch (cause) {
    if (cause instanceof UnreadableCertificate) throw new InvalidCsr(pem, { cause });
    throw cause;
  }
}
