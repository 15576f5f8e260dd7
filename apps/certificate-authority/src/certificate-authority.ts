import { randomUUID } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { InvalidCsr, certificatesStream, derivedId, holdersOf, isDomainError, isNodeKey, validityFrom, validityUntil } from '@jeroboam/domain';
import type { Authority, EstablishedAuthority, EventContext, IssuedCertificate, IssuedFor, Validity } from '@jeroboam/domain';
import type { EventLog } from '@jeroboam/event-log';
import type { Clock } from '@jeroboam/platform';
import type { SecretStore } from '@jeroboam/secrets';
import { AuthorityKeys } from './authority-keys.ts';
import { AuthorityMaker } from './authority-maker.ts';
import { AuthorityRotations } from './authority-rotations.ts';
import type { Rotating } from './authority-rotations.ts';
import { BayAuthorities } from './bay-authorities.ts';
import type { NamedBay } from './bay-authorities.ts';
import { BootstrapTokens, DEFAULT_BOOTSTRAP_LIMITS } from './bootstrap-tokens.ts';
import type { BootstrapLimits, NodesOfStack } from './bootstrap-tokens.ts';
import { openCertificates, partOf } from './certificates.ts';
import type { Certificates } from './certificates.ts';
import { clientLeaf, nodeLeaf } from './leaf.ts';
import type { Leaf } from './leaf.ts';
import type { NodeCertificateRequest } from './node-certificate-request.ts';
import { NodeCredentials } from './node-credentials.ts';
import type { FoundCredential, WantedCredential } from './node-credentials.ts';
import { NodeKeys } from './node-keys.ts';
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
  /** How long bootstrap tokens hold. @default 120 minutes, and 10 of them for each node */
  readonly bootstrap?: BootstrapLimits;
}

interface WantedOfNode {
  readonly authority: Authority;
  readonly csrPem: string;
}

const SPARE_KEYS = 2;
/** Times a certificate is signed anew because its authority was replaced meanwhile. */
const MAX_TRIES = 3;

/** Signs for all bays with the bay's own authorities, and keeps the ledger. */
export class CertificateAuthority {
  readonly #log: EventLog;
  readonly #clock: Clock;
  readonly #newId: () => string;
  readonly #certificates: Certificates;
  readonly #authorities: BayAuthorities;
  readonly #rotations: AuthorityRotations;
  readonly #tokens: BootstrapTokens;
  readonly #nodeKeys: NodeKeys;
  readonly #credentials: NodeCredentials;

  constructor({ eventLog, secrets, clock, newId = randomUUID, keySource, bootstrap = DEFAULT_BOOTSTRAP_LIMITS }: CertificateAuthorityDependencies) {
    this.#log = eventLog;
    this.#clock = clock;
    this.#newId = newId;
    this.#certificates = openCertificates(eventLog, clock);
    const keys = new AuthorityKeys(secrets);
    const maker = new AuthorityMaker(keys, keySource ?? new RsaKeySource(SPARE_KEYS), clock, newId);
    this.#authorities = new BayAuthorities(this.#certificates, keys, maker);
    this.#rotations = new AuthorityRotations(this.#certificates, this.#authorities, keys, maker);
    this.#tokens = new BootstrapTokens(this.#certificates, this.#authorities, clock, bootstrap);
    this.#nodeKeys = new NodeKeys(this.#certificates, clock);
    this.#credentials = new NodeCredentials(this.#certificates, eventLog, secrets);
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
    const issuer = () => this.#authorities.of(bay, authority, context);
    return this.#issue(issuer, leaf, { requester: { userId, projectId } }, context);
  }

  /**
   * Signs for a node with the cluster CA, or with the one that is to replace it; PEM. Asked again with the same command
   * id, it gives the same certificate.
   * @throws {InvalidCsr} {InvalidCertificateRequest} {AuthorityRotationNotStarted} {AuthoritiesWithdrawn}
   */
  async signNodeCertificate(bay: NamedBay, request: NodeCertificateRequest, context: EventContext): Promise<string> {
    const leaf = nodeLeaf(request);
    const established = () => this.#authorities.of(bay, 'kubernetes', context);
    const candidate = () => this.#rotations.candidateOf(bay.bayId, 'kubernetes');
    return this.#issue(request.issuer === 'candidate' ? candidate : established, leaf, { purpose: 'node' }, context);
  }

  /** A token for the nodes of one stack, each of which is given a share of it. A secret. @throws {AuthoritiesWithdrawn} */
  mintBootstrapToken(bay: NamedBay, nodes: NodesOfStack, context: EventContext): Promise<string> {
    return this.#tokens.mint(bay, nodes, context);
  }

  /** The nodes of this stack are in: its tokens let nobody in any more. */
  closeBootstrapTokens(bayId: string, stack: string, context: EventContext): Promise<void> {
    return this.#tokens.close(bayId, stack, context);
  }

  /** The CA certificate, PEM, for a node that shows its share. @throws {BootstrapTokenRefused} {AuthoritiesWithdrawn} */
  async caCertificateForNode(bay: NamedBay, authority: Authority, nodeToken: string, context: EventContext): Promise<string> {
    await this.#tokens.admit(bay.bayId, nodeToken);
    return this.caCertificate(bay, authority, context);
  }

  /**
   * Signs what a node sent that shows its share, by the rules for users; PEM. Once for each authority and subject; the same
   * CSR again gives the same certificate.
   * @throws {BootstrapTokenRefused} {InvalidCsr} {ExtensionNotAllowed} {AuthoritiesWithdrawn}
   */
  async signForNode(bay: NamedBay, nodeToken: string, { authority, csrPem }: WantedOfNode, context: EventContext): Promise<string> {
    const bootstrap = await this.#tokens.admit(bay.bayId, nodeToken);
    const leaf = clientLeaf(csrPem);
    const { tokenId, role, node } = bootstrap;
    // A node does not know whether its request came through, so asking the same is one command, whoever carries it here.
    const asked = { ...context, commandId: derivedId(tokenId, role, node, authority, leaf.request.hash) };
    return this.#issue(() => this.#authorities.of(bay, authority, context), leaf, { purpose: 'node', bootstrap }, asked);
  }

  /**
   * What a node that shows its share, or the key of its certificate, acts with in the cloud. Each one is written down once
   * before it is answered, and once when the node says that it uses it.
   * @throws {BootstrapTokenRefused} {NodeKeyRefused} {NodeCredentialNotFound}
   */
  async credentialForNode(bayId: string, shown: string, wanted: WantedCredential, context: EventContext): Promise<FoundCredential> {
    const { purpose, holds } = wanted;
    const bearer = isNodeKey(shown) ? await this.#nodeKeys.admit({ bayId, purpose, holds }, shown) : { bootstrap: await this.#tokens.admit(bayId, shown) };
    return this.#credentials.handOut(bayId, bearer, wanted, context);
  }

  /** Names of the nodes that may still be using one of these credentials. */
  async holdersOf(bayId: string, credentials: readonly string[]): Promise<readonly string[]> {
    const { state } = await this.#certificates.load(bayId);
    return state.status === 'withdrawn' ? [] : holdersOf(state.nodes, credentials);
  }

  /** PEMs of all that are to be trusted now: the authority and, while it is being rotated, its candidate. @throws {AuthoritiesWithdrawn} */
  async trustedCertificates(bay: NamedBay, authority: Authority, context: EventContext): Promise<readonly string[]> {
    return (await this.#rotations.trusted(bay, authority, context)).map(({ certificatePem }) => certificatePem);
  }

  /** Makes candidates for the bay's authorities, or goes on with those of a rotation that failed. @throws {AuthoritiesWithdrawn} */
  startRotation(bay: NamedBay, rotationId: string, context: EventContext): Promise<readonly Rotating[]> {
    return this.#rotations.start(bay, rotationId, context);
  }

  /**
   * Puts the candidates in the authorities' places and destroys the old keys. Cut off, it is finished by being asked again.
   * @throws {AuthorityRotationNotStarted} {AuthoritiesWithdrawn}
   */
  completeRotation(bayId: string, rotationId: string, context: EventContext): Promise<void> {
    return this.#rotations.complete(bayId, rotationId, context);
  }

  /** Ends the bay's authorities and destroys their keys. Cut off, it is finished by being asked again. */
  async withdraw(bayId: string, context: EventContext): Promise<void> {
    await this.#authorities.withdraw(bayId, context);
  }

  /** What an authority signed that was replaced at that moment would be worth nothing: then the new one signs. */
  async #issue(issuer: () => Promise<EstablishedAuthority>, leaf: Leaf, issuedFor: IssuedFor, context: EventContext): Promise<string> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#issueBy(await issuer(), leaf, issuedFor, context);
      } catch (error) {
        if (!isDomainError(error) || error.code !== 'AUTHORITY_REPLACED' || attempt === MAX_TRIES) throw error;
      }
    }
  }

  async #issueBy(issuer: EstablishedAuthority, leaf: Leaf, issuedFor: IssuedFor, context: EventContext): Promise<string> {
    const { bayId, authority } = issuer;
    const { subjectText: subject, hash: csrHash } = leaf.request;
    const { subjectAltNames, usages } = leaf;
    const key = await this.#authorities.keyOf(issuer);
    const serial = this.#newId().replaceAll('-', '');
    const validity = validityFrom(this.#clock.now());
    const { pem, fingerprint } = await signLeaf(leaf, issuer, key, serial, validity);
    const notAfter = validity.notAfter.toISOString();
    const issued = { bayId, authority, serial, subject, subjectAltNames, usages, issuer: issuer.fingerprint, csrHash, fingerprint, notAfter };
    const data: IssuedCertificate = { ...issued, ...issuedFor };
    // With the issuer: a command repeated after a rotation gets what the new authority signs, as the old one cannot again.
    const issuing = partOf(context, JSON.stringify(['issue', authority, issuer.fingerprint, csrHash, usages, subjectAltNames]));
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
