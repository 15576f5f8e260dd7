import { BootstrapTokenRefused, NodeCredentialNotFound, NodeKeyRefused, credentialsFor, derivedId, holdingOf, nodeWith } from '@jeroboam/domain';
import type { BayEvent, BootstrapUse, CredentialPurpose, EventContext, HandedOutCredential } from '@jeroboam/domain';
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
  /** Tag of the credential that the node says it has and can use; null: none. */
  readonly holds: string | null;
}

export interface FoundCredential {
  /** Another one for every credential; no secret. */
  readonly tag: string;
  /** Null: it is the one that the node has. */
  readonly credential: {
    readonly id: string;
    readonly secret: Secret;
    readonly expiresAt: string | null;
  } | null;
}

/** Who asks: known by its share of a token, or by the key of a certificate. */
export interface Bearer {
  readonly bootstrap: BootstrapUse;
  readonly certificate?: string;
}

type Minted = Extract<BayEvent, { type: 'CredentialMinted' }>['data'];

interface Told {
  /** Entries of the ledger of credentials that are not closed. */
  readonly open: readonly Minted[];
  /** Names, as nodes show them, of those that were taken away. */
  readonly left: ReadonlySet<string>;
}

/**
 * Hands nodes what they act with in the cloud. Driver execution makes it and keeps it in the secret store, and the bay's ledger
 * says whether it counts; that the node was given it, and uses it, goes into the ledger of certificates.
 */
export class NodeCredentials {
  constructor(
    private readonly certificates: Certificates,
    private readonly log: EventLog,
    private readonly secrets: SecretStore,
  ) {}

  /** @throws {BootstrapTokenRefused} {NodeKeyRefused} {NodeCredentialNotFound} */
  async handOut(bayId: string, bearer: Bearer, { purpose: asked, needed, holds }: WantedCredential, context: EventContext): Promise<FoundCredential> {
    const { bootstrap, certificate } = bearer;
    const purpose = credentialsFor(bootstrap.role, needed).find((each) => each === asked);
    if (!purpose || purpose === 'principal') throw new (certificate === undefined ? BootstrapTokenRefused : NodeKeyRefused)('not-needed', bootstrap);
    const told = await this.#told(bayId);
    // Its disk may be somewhere still.
    if (certificate !== undefined && told.left.has(bootstrap.node)) throw new NodeKeyRefused('gone', bootstrap);
    const { minted, id, secret } = await this.#current(bayId, purpose, told);
    const { name: credential, fingerprint: tag, expiresAt } = minted;
    const data: HandedOutCredential = { bayId, purpose, credential, fingerprint: tag, ...bearer };
    if (holds === tag && (await this.#wasGiven(data))) {
      await this.#record('RecordNodeCredentialInUse', data, context);
      return { tag, credential: null };
    }
    await this.#record('RecordNodeCredential', data, context);
    return { tag, credential: { id, secret, expiresAt } };
  }

  /** Whether the node is known by its certificate and was given this one: of others it does not count what they say they have. */
  async #wasGiven(data: HandedOutCredential): Promise<boolean> {
    const { state } = await this.certificates.load(data.bayId);
    const known = state.status === 'active' && data.certificate !== undefined ? nodeWith(state.nodes, data.certificate) : undefined;
    return known !== undefined && holdingOf(known.node, data) !== undefined;
  }

  async #record(type: 'RecordNodeCredential' | 'RecordNodeCredentialInUse', data: HandedOutCredential, context: EventContext): Promise<void> {
    const { bayId, bootstrap: { tokenId, role, node }, certificate, credential, fingerprint } = data;
    // Asking again is one command, whoever carries it here: the answer may have been lost.
    const ofKey = certificate === undefined ? [] : [type, certificate, fingerprint];
    const asking = { ...context, commandId: derivedId(tokenId, role, node, credential, ...ofKey), causationId: context.commandId };
    await this.certificates.execute(bayId, { type, data }, asking);
  }

  /** The one that counts. A trust, of the mode of that name, is the password of a user and not for nodes. */
  async #current(bayId: string, purpose: Purpose, { open }: Told): Promise<{ minted: Minted; id: string; secret: Secret }> {
    const generation = readCurrent((await this.#kept(credentialRefs.current(bayId, purpose))) ?? 'null')?.generation;
    const ref = generation === undefined ? undefined : credentialRefs.secret(bayId, purpose, generation);
    const minted = open.find(({ credentialRef }) => credentialRef === ref);
    const kept = minted && (await this.#kept(minted.credentialRef));
    const credential = kept === undefined ? undefined : readCredential(kept);
    if (!minted || credential?.kind !== 'application-credential') throw new NodeCredentialNotFound(bayId, purpose);
    return { minted, id: credential.id, secret: credential.secret };
  }

  /** What the bay's own stream tells. No name of a node is used again, and one that is on its way has not left. */
  async #told(bayId: string): Promise<Told> {
    const there = new Map<string, string>();
    const left = new Set<string>();
    let open: readonly Minted[] = [];
    for await (const event of this.log.readStream(`bay-${bayId}`)) {
      const { type, data } = event as unknown as BayEvent;
      // One that was cut off is made anew under its name.
      if (type === 'CredentialMinted') open = [...open.filter(({ name }) => name !== data.name), data];
      else if (type === 'CredentialRevoked' || type === 'CredentialGone') open = open.filter(({ name }) => name !== data.name);
      else if (type === 'NodeJoined') there.set(data.node.name, data.node.hostName ?? data.node.name);
      else if (type === 'NodeRemoved') left.add(there.get(data.name) ?? data.name);
    }
    return { open, left };
  }

  async #kept(ref: string): Promise<string | undefined> {
    return (await this.secrets.get(ref))?.toString();
  }
}
