import { createPrivateKey, randomUUID } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { InvalidCsr, certificateDecider, certificatesStream, derivedId, establishedAuthority, isDomainError, validityFrom, validityUntil } from '@jeroboam/domain';
import type { Authority, CertificateCommand, CertificateEvent, CertificateState, EstablishedAuthority, EventContext, IssuedCertificate, IssuedFor, Validity } from '@jeroboam/domain';
import { Aggregates } from '@jeroboam/event-log';
import type { EventLog } from '@jeroboam/event-log';
import type { Clock } from '@jeroboam/platform';
import type { SecretStore } from '@jeroboam/secrets';
import { AuthorityKeys } from './authority-keys.ts';
import { clientLeaf, nodeLeaf } from './leaf.ts';
import type { Leaf } from './leaf.ts';
import type { NodeCertificateRequest } from './node-certificate-request.ts';
import { RsaKeySource } from './rsa-key-source.ts';
import type { RsaKeyPair } from './rsa-key-source.ts';
import { UnreadableCertificate, issueCertificate, issuerOf } from './x509/certificate.ts';
import type { Certificate } from './x509/certificate.ts';
import { parseDer } from './x509/der.ts';
import { commonName } from './x509/distinguished-name.ts';
import { authorityConstraints, keyUsage, subjectKeyIdentifier } from './x509/extensions.ts';

export interface CertificateAuthorityDependencies {
  readonly eventLog: EventLog;
  readonly secrets: SecretStore;
  readonly clock: Clock;
  /** Random UUIDs: serial numbers and parts of key references. @default randomUUID */
  readonly newId?: () => string;
  /** @default keeps two key pairs ready once the first was asked for */
  readonly keySource?: RsaKeySource;
}

/** A bay as its authority is named: the name it has when the authority is first used; without one, its id. */
export interface NamedBay {
  readonly bayId: string;
  readonly bayName: string;
}

const SPARE_KEYS = 2;

/** The authorities of all bays: makes them on first use, signs with them, and ends them. */
export class CertificateAuthority {
  readonly #log: EventLog;
  readonly #clock: Clock;
  readonly #newId: () => string;
  readonly #keySource: RsaKeySource;
  readonly #keys: AuthorityKeys;
  readonly #certificates: Aggregates<CertificateState, CertificateCommand, CertificateEvent>;
  /** Within one process the second to ask waits for the first instead of making a key to be thrown away. */
  readonly #beingEstablished = new Map<string, Promise<EstablishedAuthority>>();

  constructor({ eventLog, secrets, clock, newId = randomUUID, keySource = new RsaKeySource(SPARE_KEYS) }: CertificateAuthorityDependencies) {
    this.#log = eventLog;
    this.#clock = clock;
    this.#newId = newId;
    this.#keySource = keySource;
    this.#keys = new AuthorityKeys(secrets);
    this.#certificates = new Aggregates({ log: eventLog, decider: certificateDecider, category: 'certificates', now: () => clock.now() });
  }

  /**
   * The CA certificate, PEM. However many ask for it at once, for the first time, they get the same.
   * @throws {AuthoritiesWithdrawn}
   */
  async caCertificate(bay: NamedBay, authority: Authority, context: EventContext): Promise<string> {
    return (await this.#authority(bay, authority, context)).certificatePem;
  }

  /**
   * Signs a user's CSR by Magnum's rules; PEM. Asked again with the same command id, it gives the same certificate.
   * @throws {InvalidCsr} {ExtensionNotAllowed} {AuthoritiesWithdrawn}
   */
  async signClientCsr(bay: NamedBay, authority: Authority, csrPem: string, context: EventContext): Promise<string> {
    const leaf = clientLeaf(csrPem);
    const { userId, projectId } = context.actor;
    return this.#issue(await this.#authority(bay, authority, context), leaf, { requester: { userId, projectId } }, context);
  }

  /**
   * Signs for a node with the cluster CA; PEM. Asked again with the same command id, it gives the same certificate.
   * @throws {InvalidCsr} {InvalidCertificateRequest} {AuthoritiesWithdrawn}
   */
  async signNodeCertificate(bay: NamedBay, request: NodeCertificateRequest, context: EventContext): Promise<string> {
    const leaf = nodeLeaf(request);
    return this.#issue(await this.#authority(bay, 'kubernetes', context), leaf, { purpose: 'node' }, context);
  }

  /** Ends the bay's authorities and destroys their keys. Cut off, it is finished by being asked again. */
  async withdraw(bayId: string, context: EventContext): Promise<void> {
    const { state } = await this.#certificates.execute(bayId, { type: 'WithdrawAuthorities', data: { bayId } }, part(context, 'withdraw'));
    // The log first: from then on nobody makes or uses a key of this bay, so none is missed here.
    await this.#keys.destroyAll(bayId, state.status === 'withdrawn' ? state.secretRefs : []);
  }

  async #authority({ bayId, bayName }: NamedBay, authority: Authority, context: EventContext): Promise<EstablishedAuthority> {
    const { state } = await this.#certificates.load(bayId);
    const established = establishedAuthority(bayId, authority, state);
    if (established) return established;
    const key = `${authority} of ${bayId}`;
    const underWay = this.#beingEstablished.get(key);
    if (underWay) return underWay;
    const mine = this.#establish(bayId, bayName || bayId, authority, context).finally(() => this.#beingEstablished.delete(key));
    this.#beingEstablished.set(key, mine);
    return mine;
  }

  /** Makes a key, stores it, and makes it the bay's, unless another process was first: then that one's is used. */
  async #establish(bayId: string, name: string, authority: Authority, context: EventContext): Promise<EstablishedAuthority> {
    const pair = await this.#keySource.take();
    const serial = this.#newSerial();
    const validity = validityFrom(this.#clock.now());
    const { pem, fingerprint } = await selfSigned(name, pair, serial, validity);
    const secretRef = this.#keys.reference(bayId, authority, this.#newId());
    await this.#keys.put(secretRef, pair.privateKey);
    const data = { bayId, authority, certificatePem: pem, secretRef, fingerprint, serial, notAfter: validity.notAfter.toISOString() };
    return this.#record(data, part(context, `establish ${secretRef}`));
  }

  async #record(made: EstablishedAuthority, context: EventContext): Promise<EstablishedAuthority> {
    try {
      const { state } = await this.#certificates.execute(made.bayId, { type: 'EstablishAuthority', data: made }, context);
      const winner = establishedAuthority(made.bayId, made.authority, state);
      if (!winner) throw new Error(`bay ${made.bayId} has no ${made.authority} authority after one was established`);
      if (winner.secretRef !== made.secretRef) await this.#keys.destroy(made.secretRef);
      return winner;
    } catch (error) {
      // Only where it is certain that the log does not name this key.
      if (isDomainError(error) && (error.code === 'REVISION_CONFLICT' || error.code === 'AUTHORITIES_WITHDRAWN')) await this.#keys.destroy(made.secretRef);
      throw error;
    }
  }

  async #issue(issuer: EstablishedAuthority, leaf: Leaf, issuedFor: IssuedFor, context: EventContext): Promise<string> {
    const { bayId, authority } = issuer;
    const { subjectText: subject, hash: csrHash } = leaf.request;
    const { subjectAltNames, usages } = leaf;
    const key = await this.#openKey(issuer);
    const serial = this.#newSerial();
    const validity = validityFrom(this.#clock.now());
    const { pem, fingerprint } = await signLeaf(leaf, issuer, key, serial, validity);
    const data: IssuedCertificate = { bayId, authority, ...issuedFor, serial, subject, subjectAltNames, usages, csrHash, fingerprint, notAfter: validity.notAfter.toISOString() };
    const issuing = part(context, JSON.stringify(['issue', authority, csrHash, usages, subjectAltNames]));
    const { events } = await this.#certificates.execute(bayId, { type: 'RecordIssuedCertificate', data }, issuing);
    return events.length > 0 ? pem : this.#issuedBefore(issuing.commandId, leaf, issuer, key);
  }

  /** The certificate a repeated command led to the first time: made again, byte for byte, from what the ledger has. */
  async #issuedBefore(commandId: string, leaf: Leaf, issuer: EstablishedAuthority, key: KeyObject): Promise<string> {
    for await (const recorded of this.#log.readStream(certificatesStream(issuer.bayId))) {
      if (recorded.commandId !== commandId) continue;
      const { serial, notAfter, fingerprint } = recorded.data as IssuedCertificate;
      const again = await signLeaf(leaf, issuer, key, serial, validityUntil(new Date(notAfter)));
      if (again.fingerprint !== fingerprint) throw new Error(`certificate ${serial} of bay ${issuer.bayId} does not come out as it was issued`);
      return again.pem;
    }
    throw new Error(`nothing in the ledger of bay ${issuer.bayId} came of command ${commandId}, which was carried out before`);
  }

  async #openKey({ bayId, authority, secretRef }: EstablishedAuthority): Promise<KeyObject> {
    const key = await this.#keys.open(secretRef);
    if (key) return key;
    // Withdrawn since the state was read: that is the refusal. Otherwise the store has lost it.
    establishedAuthority(bayId, authority, (await this.#certificates.load(bayId)).state);
    throw new Error(`the key ${secretRef} is not in the secret store, although bay ${bayId} is not being deleted`);
  }

  /** Magnum's serial numbers: a random UUID read as a number. */
  #newSerial(): string {
    return this.#newId().replaceAll('-', '');
  }
}

/** One of the several things a message leads to: with a command id of its own, as the log writes each once. */
function part(context: EventContext, what: string): EventContext {
  return { ...context, commandId: derivedId(context.commandId, what), causationId: context.commandId };
}

function selfSigned(name: string, pair: RsaKeyPair, serial: string, validity: Validity): Promise<Certificate> {
  const publicKey = parseDer(pair.publicKey);
  const privateKey = createPrivateKey({ key: pair.privateKey, format: 'der', type: 'pkcs8' });
  const subject = commonName(name);
  const extensions = [authorityConstraints(), keyUsage(true, ['keyCertSign']), subjectKeyIdentifier(publicKey)];
  return issueCertificate({ serial, issuer: subject, subject, publicKey, validity, extensions }, privateKey);
}

/** @throws {InvalidCsr} its parts read well one by one, but make no certificate. */
async function signLeaf(leaf: Leaf, { certificatePem }: EstablishedAuthority, key: KeyObject, serial: string, validity: Validity): Promise<Certificate> {
  const { subject, publicKey, pem } = leaf.request;
  try {
    const issuer = issuerOf(certificatePem).name;
    return await issueCertificate({ serial, issuer, subject, publicKey, validity, extensions: leaf.extensions(certificatePem) }, key);
  } catch (cause) {
    if (cause instanceof UnreadableCertificate) throw new InvalidCsr(pem, { cause });
    throw cause;
  }
}
