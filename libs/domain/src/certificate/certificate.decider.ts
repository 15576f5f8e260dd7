import { unreachable } from '../kernel/decider.ts';
import type { Command, Decider } from '../kernel/decider.ts';
import type { Authority } from './authority.ts';
import { AuthoritiesWithdrawn, AuthorityNotEstablished } from './certificate.errors.ts';
import type { CertificateEvent, EstablishedAuthority, IssuedCertificate } from './certificate.events.ts';

export type CertificateCommand =
  /** The key has been made and stored; this makes it the bay's, unless another was first. */
  | Command<'EstablishAuthority', EstablishedAuthority>
  | Command<'RecordIssuedCertificate', IssuedCertificate>
  | Command<'WithdrawAuthorities', { readonly bayId: string }>;

export type CertificateState =
  | { readonly status: 'active'; readonly authorities: Readonly<Partial<Record<Authority, EstablishedAuthority>>> }
  /** `secretRefs`: keys that are to be destroyed; kept so that a destruction cut short can be taken up again. */
  | { readonly status: 'withdrawn'; readonly secretRefs: readonly string[] };

/** One bay's certificate authorities and the ledger of what they issued: stream `certificates-<bayId>`. */
export const certificateDecider: Decider<CertificateState, CertificateCommand, CertificateEvent> = {
  initialState: () => ({ status: 'active', authorities: {} }),
  decide(command, state) {
    const { type, data } = command;
    switch (type) {
      case 'EstablishAuthority':
        // The first one made is the bay's. Whoever comes second uses it and throws the own key away.
        return establishedAuthority(data.bayId, data.authority, state) ? [] : [{ type: 'BayAuthorityEstablished', schemaVersion: 1, data }];
      case 'RecordIssuedCertificate':
        if (!establishedAuthority(data.bayId, data.authority, state)) throw new AuthorityNotEstablished(data.bayId, data.authority);
        return [{ type: 'CertificateIssued', schemaVersion: 1, data }];
      case 'WithdrawAuthorities':
        // Also for a bay that never had an authority: from then on none can be made for it.
        return state.status === 'withdrawn' ? [] : [{ type: 'BayAuthoritiesWithdrawn', schemaVersion: 1, data }];
      default:
        return unreachable(type);
    }
  },
  evolve(state, event) {
    switch (event.type) {
      case 'BayAuthorityEstablished':
        if (state.status === 'withdrawn') return state;
        return { status: 'active', authorities: { ...state.authorities, [event.data.authority]: event.data } };
      case 'CertificateIssued':
        return state;
      case 'BayAuthoritiesWithdrawn':
        return { status: 'withdrawn', secretRefs: secretRefs(state) };
    }
  },
};

/**
 * The bay's authority, undefined where none has been made yet.
 * @throws {AuthoritiesWithdrawn} and none ever will be.
 */
export function establishedAuthority(bayId: string, authority: Authority, state: CertificateState): EstablishedAuthority | undefined {
  if (state.status === 'withdrawn') throw new AuthoritiesWithdrawn(bayId);
  return state.authorities[authority];
}

function secretRefs(state: CertificateState): readonly string[] {
  return state.status === 'withdrawn' ? state.secretRefs : Object.values(state.authorities).map(({ secretRef }) => secretRef);
}
