import type { KeyObject } from 'node:crypto';
import { AuthorityReplaced, candidateAuthority, establishedAuthority } from '@jeroboam/domain';
import type { Authority, EstablishedAuthority, EventContext } from '@jeroboam/domain';
import type { AuthorityKeys } from './authority-keys.ts';
import type { AuthorityMaker } from './authority-maker.ts';
import { partOf } from './certificates.ts';
import type { Certificates } from './certificates.ts';

/** A bay as its authority is named: the name it has when the authority is first used; without one, its id. */
export interface NamedBay {
  readonly bayId: string;
  readonly bayName: string;
}

/** The authorities of all bays and their keys: makes them on first use and ends them. */
export class BayAuthorities {
  /** Within one process the second to ask waits for the first instead of making a key to be thrown away. */
  readonly #underWay = new Map<string, Promise<EstablishedAuthority>>();

  constructor(
    private readonly certificates: Certificates,
    private readonly keys: AuthorityKeys,
    private readonly maker: AuthorityMaker,
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

  /** @throws {AuthoritiesWithdrawn} {AuthorityReplaced} since the authority was looked up. */
  async keyOf({ bayId, authority, secretRef, fingerprint }: EstablishedAuthority): Promise<KeyObject> {
    const key = await this.keys.open(secretRef);
    if (key) return key;
    const { state } = await this.certificates.load(bayId);
    const living = [establishedAuthority(bayId, authority, state), candidateAuthority(bayId, authority, state)];
    if (living.every((other) => other?.fingerprint !== fingerprint)) throw new AuthorityReplaced(bayId, authority);
    throw new Error(`the key ${secretRef} is not in the secret store, although bay ${bayId} is not being deleted`);
  }

  async withdraw(bayId: string, context: EventContext): Promise<void> {
    const { state } = await this.certificates.execute(bayId, { type: 'WithdrawAuthorities', data: { bayId } }, partOf(context, 'withdraw'));
    // The log first: from then on nobody makes or uses a key of this bay, so none is missed here.
    await this.keys.destroyAll(bayId, state.status === 'withdrawn' ? state.secretRefs : []);
  }

  #establish(bayId: string, name: string, authority: Authority, context: EventContext): Promise<EstablishedAuthority> {
    return this.maker.make(bayId, name, authority, async (data) => {
      const { state } = await this.certificates.execute(
        bayId,
        { type: 'EstablishAuthority', data },
        partOf(context, `establish ${data.secretRef}`),
      );
      const winner = establishedAuthority(bayId, authority, state);
      if (!winner) throw new Error(`bay ${bayId} has no ${authority} authority after one was established`);
      return winner;
    });
  }
}
