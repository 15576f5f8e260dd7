import { createPrivateKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { establishedAuthority, isDomainError, validityFrom } from '@jeroboam/domain';
import type { Authority, EstablishedAuthority, EventContext, Validity } from '@jeroboam/domain';
import type { Clock } from '@jeroboam/platform';
import type { AuthorityKeys } from './authority-keys.ts';
import { partOf } from './certificates.ts';
import type { Certificates } from './certificates.ts';
import type { RsaKeyPair, RsaKeySource } from './rsa-key-source.ts';
import { issueCertificate } from './x509/certificate.ts';
import type { Certificate } from './x509/certificate.ts';
import { parseDer } from './x509/der.ts';
import { commonName } from './x509/distinguished-name.ts';
import { authorityConstraints, keyUsage, subjectKeyIdentifier } from './x509/extensions.ts';

/** A bay as its authority is named: the name it has when the authority is first used; without one, its id. */
export interface NamedBay {
  readonly bayId: string;
  readonly bayName: string;
}

/** Errors after which it is certain that the log does not name the key. After any other it may. */
const CERTAINLY_NOT_RECORDED = new Set(['REVISION_CONFLICT', 'AUTHORITIES_WITHDRAWN']);

/** The authorities of all bays and their keys: makes them on first use and ends them. */
export class BayAuthorities {
  /** Within one process the second to ask waits for the first instead of making a key to be thrown away. */
  readonly #underWay = new Map<string, Promise<EstablishedAuthority>>();

  constructor(
    private readonly certificates: Certificates,
    private readonly keys: AuthorityKeys,
    private readonly keySource: RsaKeySource,
    private readonly clock: Clock,
    private readonly newId: () => string,
  ) {}

  /** @throws {AuthoritiesWithdrawn} */
  async of({ bayId, bayName }: NamedBay, authority: Authority, context: EventContext): Promise<EstablishedAuthority> {
    const { state } = await this.certificates.load(bayId);
    const established = establishedAuthority(bayId, authority, state);
    if (established) return established;
    const key = `${authority} of ${bayId}`;
    const underWay = this.#underWay.get(key);
    if (underWay) return underWay;
    const mine = this.#establish(bayId, bayName || bayId, authority, context).finally(() => this.#underWay.delete(key));
    this.#underWay.set(key, mine);
    return mine;
  }

  /** @throws {AuthoritiesWithdrawn} since the authority was looked up. */
  async keyOf({ bayId, authority, secretRef }: EstablishedAuthority): Promise<KeyObject> {
    const key = await this.keys.open(secretRef);
    if (key) return key;
    const { state } = await this.certificates.load(bayId);
    establishedAuthority(bayId, authority, state);
    throw new Error(`the key ${secretRef} is not in the secret store, although bay ${bayId} is not being deleted`);
  }

  async withdraw(bayId: string, context: EventContext): Promise<void> {
    const { state } = await this.certificates.execute(bayId, { type: 'WithdrawAuthorities', data: { bayId } }, partOf(context, 'withdraw'));
    // The log first: from then on nobody makes or uses a key of this bay, so none is missed here.
    await this.keys.destroyAll(bayId, state.status === 'withdrawn' ? state.secretRefs : []);
  }

  /** Makes a key, stores it, and makes it the bay's, unless another process was first: then that one's is used. */
  async #establish(bayId: string, name: string, authority: Authority, context: EventContext): Promise<EstablishedAuthority> {
    const pair = await this.keySource.take();
    const serial = this.newId().replaceAll('-', '');
    const validity = validityFrom(this.clock.now());
    const { pem, fingerprint } = await selfSigned(name, pair, serial, validity);
    const secretRef = this.keys.reference(bayId, authority, this.newId());
    await this.keys.put(secretRef, pair.privateKey);
    const notAfter = validity.notAfter.toISOString();
    const made = { bayId, authority, certificatePem: pem, secretRef, fingerprint, serial, notAfter };
    return this.#record(made, partOf(context, `establish ${secretRef}`));
  }

  async #record(made: EstablishedAuthority, context: EventContext): Promise<EstablishedAuthority> {
    const { bayId, authority, secretRef } = made;
    try {
      const { state } = await this.certificates.execute(bayId, { type: 'EstablishAuthority', data: made }, context);
      const winner = establishedAuthority(bayId, authority, state);
      if (!winner) throw new Error(`bay ${bayId} has no ${authority} authority after one was established`);
      if (winner.secretRef !== secretRef) await this.keys.destroy(secretRef);
      return winner;
    } catch (error) {
      if (isDomainError(error) && CERTAINLY_NOT_RECORDED.has(error.code)) await this.keys.destroy(secretRef);
      throw error;
    }
  }
}

function selfSigned(name: string, pair: RsaKeyPair, serial: string, validity: Validity): Promise<Certificate> {
  const publicKey = parseDer(pair.publicKey);
  const privateKey = createPrivateKey({ key: pair.privateKey, format: 'der', type: 'pkcs8' });
  const subject = commonName(name);
  const extensions = [authorityConstraints(), keyUsage(true, ['keyCertSign']), subjectKeyIdentifier(publicKey)];
  return issueCertificate({ serial, issuer: subject, subject, publicKey, validity, extensions }, privateKey);
}
