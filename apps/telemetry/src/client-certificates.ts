import { X509Certificate, generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import { certificateRequest } from '@jeroboam/driver-sdk';
import type { BaySpec } from '@jeroboam/domain';
import type { ClientIdentity, HealthContext } from '@jeroboam/driver-sdk';
import { getCaCertificate, signNodeCsr } from '@jeroboam/messaging';
import type { Clock } from '@jeroboam/platform';
import type { BayMessages } from './bay-messages.ts';

/** As Magnum's conductor calls itself: who Kubernetes takes for an administrator. */
const SUBJECT = { commonName: 'admin', organization: 'system:masters' };
const HOUR_MS = 3_600_000;

interface Known {
  readonly identity: Promise<ClientIdentity>;
  /** Milliseconds since the epoch; absent until it is signed. */
  renewAtMs?: number;
}

/**
 * Telemetry's identities, one a bay: a key made in memory and a certificate that is signed once in the life of the
 * process, or again an hour before it expires. The ledger of certificates is for ever, so looks must not fill it.
 */
export class ClientCertificates {
  readonly #known = new Map<string, Known>();

  constructor(
    private readonly messages: BayMessages,
    private readonly clock: Clock,
  ) {}

  of(spec: BaySpec): HealthContext['certificates'] {
    const { bayId, name: bayName } = spec;
    return {
      ca: async () => (await this.messages.send(getCaCertificate, spec, { bayId, bayName, authority: 'kubernetes' })).pem,
      sign: async ({ csrPem, usages, subjectAltNames }) =>
        (await this.messages.send(signNodeCsr, spec, { bayId, bayName, csrPem, usages, subjectAltNames })).pem,
      client: () => this.#client(spec),
    };
  }

  /** To be called when the bay is gone or its authorities are others. */
  forget(bayId: string): void {
    this.#known.delete(bayId);
  }

  #client(spec: BaySpec): Promise<ClientIdentity> {
    const before = this.#known.get(spec.bayId);
    if (before && this.clock.now().getTime() < (before.renewAtMs ?? Infinity)) return before.identity;
    const known: Known = { identity: this.#sign(spec) };
    this.#known.set(spec.bayId, known);
    void known.identity.then(
      ({ certificatePem }) => void (known.renewAtMs = Date.parse(new X509Certificate(certificatePem).validTo) - HOUR_MS),
      // Not kept, so that the next look asks again; whoever asked now is told.
      () => this.#known.get(spec.bayId) === known && this.#known.delete(spec.bayId),
    );
    return known.identity;
  }

  async #sign(spec: BaySpec): Promise<ClientIdentity> {
    const { privateKey } = await promisify(generateKeyPair)('ec', { namedCurve: 'prime256v1' });
    const certificates = this.of(spec);
    const csrPem = certificateRequest(privateKey, SUBJECT);
    const certificatePem = await certificates.sign({ csrPem, usages: ['client'], subjectAltNames: [] });
    const caPem = await certificates.ca();
    return { caPem, certificatePem, keyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }) };
  }
}
