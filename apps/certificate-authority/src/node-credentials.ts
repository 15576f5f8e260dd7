import { BootstrapTokenRefused, NodeCredentialNotFound, credentialsFor, derivedId } from '@jeroboam/domain';
import type { BayEvent, BootstrapUse, CredentialPurpose, EventContext } from '@jeroboam/domain';
import type { EventLog } from '@jeroboam/event-log';
import { credentialRefs, readCredential, readCurrent } from '@jeroboam/openstack';
import type { Purpose } from '@jeroboam/openstack';
import type { Secret } from '@jeroboam/platform';
import type { SecretStore } from '@jeroboam/secrets';
import type { Certificates } from './certificates.ts';

export interface WantedCredential {
  /** As the node sent it. */
  readonly purpose: string;
  /** What the plugins of the bay need. */
  readonly needed: readonly CredentialPurpose[];
}

export interface FoundCredential {
  readonly id: string;
  readonly secret: Secret;
  readonly expiresAt: string | null;
}

type Minted = Extract<BayEvent, { type: 'CredentialMinted' }>['data'];

/**
 * Hands nodes what they act with in the cloud. Driver execution makes it and keeps it in the secret store, and the bay's ledger
 * says whether it counts; that the node was given it goes into the ledger of certificates, beside its other uses of its share.
 */
export class NodeCredentials {
  constructor(
    private readonly certificates: Certificates,
    private readonly log: EventLog,
    private readonly secrets: SecretStore,
  ) {}

  /** @throws {BootstrapTokenRefused} {NodeCredentialNotFound} */
  async handOut(bayId: string, bootstrap: BootstrapUse, { purpose: asked, needed }: WantedCredential, context: EventContext): Promise<FoundCredential> {
    const { tokenId, role, node } = bootstrap;
    const purpose = credentialsFor(role, needed).find((each) => each === asked);
    if (!purpose || purpose === 'principal') throw new BootstrapTokenRefused('not-needed', bootstrap);
    const { minted, id, secret } = await this.#current(bayId, purpose);
    const { name: credential, fingerprint, expiresAt } = minted;
    // Asking again is one command, whoever carries it here: the answer may have been lost.
    const asking = { ...context, commandId: derivedId(tokenId, role, node, credential), causationId: context.commandId };
    await this.certificates.execute(bayId, { type: 'RecordNodeCredential', data: { bayId, purpose, credential, fingerprint, bootstrap } }, asking);
    return { id, secret, expiresAt };
  }

  /** The one that counts. A trust, of the mode of that name, is the password of a user and not for nodes. */
  async #current(bayId: string, purpose: Purpose): Promise<{ minted: Minted; id: string; secret: Secret }> {
    const generation = readCurrent((await this.#kept(credentialRefs.current(bayId, purpose))) ?? 'null')?.generation;
    const ref = generation === undefined ? undefined : credentialRefs.secret(bayId, purpose, generation);
    const minted = ref === undefined ? undefined : await this.#minted(bayId, ref);
    const kept = minted && (await this.#kept(minted.credentialRef));
    const credential = kept === undefined ? undefined : readCredential(kept);
    if (!minted || credential?.kind !== 'application-credential') throw new NodeCredentialNotFound(bayId, purpose);
    return { minted, id: credential.id, secret: credential.secret };
  }

  /** The entry of the ledger for what is kept there; undefined: there is none, or it is closed. */
  async #minted(bayId: string, credentialRef: string): Promise<Minted | undefined> {
    let found: Minted | undefined;
    for await (const { type, data } of this.log.readStream(`bay-${bayId}`)) {
      if (type === 'CredentialMinted' && (data as Minted).credentialRef === credentialRef) found = data as Minted;
      else if ((type === 'CredentialRevoked' || type === 'CredentialGone') && (data as Minted).name === found?.name) found = undefined;
    }
    return found;
  }

  async #kept(ref: string): Promise<string | undefined> {
    return (await this.secrets.get(ref))?.toString();
  }
}
