import { createPrivateKey } from 'node:crypto';
import { isDomainError, validityFrom } from '@jeroboam/domain';
import type { Authority, EstablishedAuthority, Validity } from '@jeroboam/domain';
import type { Clock } from '@jeroboam/platform';
import type { AuthorityKeys } from './authority-keys.ts';
import type { RsaKeySource } from './rsa-key-source.ts';
import type { RsaKeyPair } from './rsa-key-threads.ts';
import { issueCertificate } from './x509/certificate.ts';
import type { Certificate } from './x509/certificate.ts';
import { parseDer } from './x509/der.ts';
import { commonName } from './x509/distinguished-name.ts';
import { authorityConstraints, keyUsage, subjectKeyIdentifier } from './x509/extensions.ts';

/** Errors after which it is certain that the log does not name the key. After any other it may. */
const CERTAINLY_NOT_RECORDED = new Set(['REVISION_CONFLICT', 'AUTHORITIES_WITHDRAWN']);

/** Makes authorities: a key, stored, and a certificate it signed itself. */
export class AuthorityMaker {
  constructor(
    private readonly keys: AuthorityKeys,
    private readonly keySource: RsaKeySource,
    private readonly clock: Clock,
    private readonly newId: () => string,
  ) {}

  /**
   * Makes an authority and has it recorded, unless another process was first: then that one's is used.
   * @param name common name of the certificate.
   * @param record makes it known in the log and answers the one that counts.
   */
  async make<A extends EstablishedAuthority>(
    bayId: string,
    name: string,
    authority: Authority,
    record: (made: EstablishedAuthority) => Promise<A>,
  ): Promise<A> {
    const made = await this.#stored(bayId, name, authority);
    try {
      const winner = await record(made);
      if (winner.secretRef !== made.secretRef) await this.keys.destroy(made.secretRef);
      return winner;
    } catch (error) {
      if (isDomainError(error) && CERTAINLY_NOT_RECORDED.has(error.code)) await this.keys.destroy(made.secretRef);
      throw error;
    }
  }

  async #stored(bayId: string, name: string, authority: Authority): Promise<EstablishedAuthority> {
    const pair = await this.keySource.take();
    const serial = this.newId().replaceAll('-', '');
    const validity = validityFrom(this.clock.now());
    const { pem, fingerprint } = await selfSigned(name, pair, serial, validity);
    const secretRef = this.keys.reference(bayId, authority, this.newId());
    await this.keys.put(secretRef, pair.privateKey);
    return { bayId, authority, certificatePem: pem, secretRef, fingerprint, serial, notAfter: validity.notAfter.toISOString() };
  }
}

function selfSigned(name: string, pair: RsaKeyPair, serial: string, validity: Validity): Promise<Certificate> {
  const publicKey = parseDer(pair.publicKey);
  const privateKey = createPrivateKey({ key: pair.privateKey, format: 'der', type: 'pkcs8' });
  const subject = commonName(name);
  const extensions = [authorityConstraints(), keyUsage(true, ['keyCertSign']), subjectKeyIdentifier(publicKey)];
  return issueCertificate({ serial, issuer: subject, subject, publicKey, validity, extensions }, privateKey);
}
