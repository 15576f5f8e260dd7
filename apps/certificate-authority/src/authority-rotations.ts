import { AUTHORITIES, AuthorityRotationNotStarted, candidateAuthority, establishedAuthority } from '@jeroboam/domain';
import type { Authority, CandidateAuthority, CertificateState, EstablishedAuthority, EventContext } from '@jeroboam/domain';
import type { AuthorityKeys } from './authority-keys.ts';
import type { AuthorityMaker } from './authority-maker.ts';
import type { BayAuthorities, NamedBay } from './bay-authorities.ts';
import { partOf } from './certificates.ts';
import type { Certificates } from './certificates.ts';

export interface Rotating {
  readonly established: EstablishedAuthority;
  readonly candidate: CandidateAuthority;
}

/**
 * Replaces the authorities of bays: candidates first, which are trusted beside them and answered to nobody; then, once
 * every node trusts them, they take the authorities' places.
 */
export class AuthorityRotations {
  constructor(
    private readonly certificates: Certificates,
    private readonly authorities: BayAuthorities,
    private readonly keys: AuthorityKeys,
    private readonly maker: AuthorityMaker,
  ) {}

  /** @throws {AuthoritiesWithdrawn} */
  async start(bay: NamedBay, rotationId: string, context: EventContext): Promise<readonly Rotating[]> {
    // What signs for the nodes is always there to be rotated; the others only where somebody asked for them.
    await this.authorities.of(bay, 'kubernetes', context);
    const { state } = await this.certificates.load(bay.bayId);
    const used = AUTHORITIES.filter((authority) => establishedAuthority(bay.bayId, authority, state));
    return Promise.all(
      used.map(async (authority) => ({
        established: establishedAuthority(bay.bayId, authority, state)!,
        candidate: await this.#candidate(bay, authority, rotationId, state, context),
      })),
    );
  }

  /** Cut off, it is finished by being asked again. @throws {AuthorityRotationNotStarted} {AuthoritiesWithdrawn} */
  async complete(bayId: string, rotationId: string, context: EventContext): Promise<void> {
    const completion = { type: 'CompleteAuthorityRotation', data: { bayId, rotationId } } as const;
    const { state } = await this.certificates.execute(bayId, completion, partOf(context, `complete ${rotationId}`));
    // The log first: a key that the log still names as the bay's must not be missing.
    const retired = state.status === 'active' ? state.retiredSecretRefs : state.secretRefs;
    await Promise.all(retired.map((secretRef) => this.keys.destroy(secretRef)));
  }

  /** @throws {AuthorityRotationNotStarted} {AuthoritiesWithdrawn} */
  async candidateOf(bayId: string, authority: Authority): Promise<CandidateAuthority> {
    const { state } = await this.certificates.load(bayId);
    const candidate = candidateAuthority(bayId, authority, state);
    if (!candidate) throw new AuthorityRotationNotStarted(bayId);
    return candidate;
  }

  /** The authority, then its candidate where there is one. @throws {AuthoritiesWithdrawn} */
  async trusted(bay: NamedBay, authority: Authority, context: EventContext): Promise<readonly EstablishedAuthority[]> {
    await this.authorities.of(bay, authority, context);
    // Both from one look: a completion in between must not make the same one appear twice.
    const { state } = await this.certificates.load(bay.bayId);
    const both = [establishedAuthority(bay.bayId, authority, state), candidateAuthority(bay.bayId, authority, state)];
    return both.filter((each) => each !== undefined);
  }

  async #candidate(
    { bayId, bayName }: NamedBay,
    authority: Authority,
    rotationId: string,
    state: CertificateState,
    context: EventContext,
  ): Promise<CandidateAuthority> {
    const record = async (made: EstablishedAuthority): Promise<CandidateAuthority> => {
      const command = { type: 'StartAuthorityRotation', data: { ...made, rotationId } } as const;
      const after = await this.certificates.execute(bayId, command, partOf(context, `rotate ${made.secretRef} for ${rotationId}`));
      const winner = candidateAuthority(bayId, authority, after.state);
      if (!winner) throw new Error(`bay ${bayId} has no candidate for its ${authority} authority after a rotation was started`);
      return winner;
    };
    const before = candidateAuthority(bayId, authority, state);
    return before ? record(before) : this.maker.make(bayId, bayName || bayId, authority, record);
  }
}
