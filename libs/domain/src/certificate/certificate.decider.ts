import { unreachable } from '../kernel/decider.ts';
import type { Command, Decider } from '../kernel/decider.ts';
import { AUTHORITIES } from './authority.ts';
import type { Authority } from './authority.ts';
import { bootstrapUseOf, evolveTokens, hasCredential, openTokensOf, requireUse } from './bootstrap-token.ts';
import type { BootstrapToken } from './bootstrap-token.ts';
import { AuthoritiesWithdrawn, AuthorityNotEstablished, AuthorityReplaced, AuthorityRotationNotStarted } from './certificate.errors.ts';
import type { CandidateAuthority, CertificateEvent, EstablishedAuthority, HandedOutCredential, IssuedCertificate, MintedToken } from './certificate.events.ts';
import { evolveNodes, holdingOf, requireNode } from './node-key.ts';
import type { KnownNodes } from './node-key.ts';

export type CertificateCommand =
  /** The key has been made and stored; this makes it the bay's, unless another was first. */
  | Command<'EstablishAuthority', EstablishedAuthority>
  | Command<'RecordIssuedCertificate', IssuedCertificate>
  /** The key has been made and stored; this makes it the successor-to-be, unless there is one already: then that one stays. */
  | Command<'StartAuthorityRotation', CandidateAuthority>
  /** Puts all candidates of one rotation in their places at once. */
  | Command<'CompleteAuthorityRotation', { readonly bayId: string; readonly rotationId: string }>
  | Command<'MintBootstrapToken', MintedToken>
  | Command<'CloseBootstrapTokens', { readonly bayId: string; readonly stack: string }>
  | Command<'RecordNodeCredential', HandedOutCredential>
  /** The node showed the key of `certificate`, and that it has this credential. */
  | Command<'RecordNodeCredentialInUse', HandedOutCredential>
  | Command<'WithdrawAuthorities', { readonly bayId: string }>;

type OfEach<T> = Readonly<Partial<Record<Authority, T>>>;

export interface ActiveCertificates {
  readonly status: 'active';
  readonly authorities: OfEach<EstablishedAuthority>;
  /** Successors-to-be: trusted by nodes beside the authorities, and used by nobody else. */
  readonly candidates: OfEach<CandidateAuthority>;
  /** The last rotation that was completed, so that a repeated completion is silence. */
  readonly completedRotationId: string | null;
  /** Keys of former authorities, to be destroyed; kept so that a destruction cut short can be taken up again. */
  readonly retiredSecretRefs: readonly string[];
  readonly bootstrapTokens: readonly BootstrapToken[];
  /** Nodes that came with one of them. */
  readonly nodes: KnownNodes;
}

export type CertificateState =
  | ActiveCertificates
  /** `secretRefs`: keys that are to be destroyed; kept so that a destruction cut short can be taken up again. */
  | { readonly status: 'withdrawn'; readonly secretRefs: readonly string[] };

/** One bay's certificate authorities and the ledger of what they issued: stream `certificates-<bayId>`. */
export const certificateDecider: Decider<CertificateState, CertificateCommand, CertificateEvent> = {
  initialState: () => ({ status: 'active', authorities: {}, candidates: {}, completedRotationId: null, retiredSecretRefs: [], bootstrapTokens: [], nodes: {} }),
  decide(command, state) {
    const { type, data } = command;
    switch (type) {
      case 'EstablishAuthority':
        // The first one made is the bay's. Whoever comes second uses it and throws the own key away.
        return establishedAuthority(data.bayId, data.authority, state) ? [] : [{ type: 'BayAuthorityEstablished', schemaVersion: 1, data }];
      case 'RecordIssuedCertificate':
        requireIssuer(data, state);
        requireToken(data, state, command.metadata.now);
        return [{ type: 'CertificateIssued', schemaVersion: 1, data }];
      case 'StartAuthorityRotation':
        return startRotation(data, state);
      case 'CompleteAuthorityRotation':
        return completeRotation(data, requireActive(data.bayId, state));
      case 'MintBootstrapToken':
        requireActive(data.bayId, state);
        return [{ type: 'BootstrapTokenMinted', schemaVersion: 1, data }];
      case 'CloseBootstrapTokens':
        return state.status === 'withdrawn' || openTokensOf(data.stack, state.bootstrapTokens).length === 0
          ? [] : [{ type: 'BootstrapTokensClosed', schemaVersion: 1, data }];
      case 'RecordNodeCredential':
        return wasHandedOut(data, requireActive(data.bayId, state), command.metadata.now)
          ? [] : [{ type: 'NodeCredentialHandedOut', schemaVersion: 1, data }];
      case 'RecordNodeCredentialInUse':
        // What it was not given it cannot use: then there is nothing to be said.
        return holdingOf(requireNode(requireActive(data.bayId, state).nodes, data), data)?.inUse === false
          ? [{ type: 'NodeCredentialInUse', schemaVersion: 1, data }] : [];
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
        return { ...state, authorities: { ...state.authorities, [event.data.authority]: event.data } };
      case 'BootstrapTokenMinted':
      case 'BootstrapTokensClosed':
        return state.status === 'withdrawn' ? state : { ...state, bootstrapTokens: evolveTokens(state.bootstrapTokens, event) };
      case 'CertificateIssued':
      case 'NodeCredentialHandedOut':
        if (state.status === 'withdrawn') return state;
        return { ...state, bootstrapTokens: evolveTokens(state.bootstrapTokens, event), nodes: evolveNodes(state.nodes, event) };
      case 'NodeCredentialInUse':
        return state.status === 'withdrawn' ? state : { ...state, nodes: evolveNodes(state.nodes, event) };
      case 'AuthorityRotationStarted':
        if (state.status === 'withdrawn') return state;
        return { ...state, candidates: { ...state.candidates, [event.data.authority]: event.data } };
      case 'AuthorityRotationCompleted':
        return state.status === 'withdrawn' ? state : succeeded(state, event.data.authority, event.data.rotationId);
      case 'BayAuthoritiesWithdrawn':
        return { status: 'withdrawn', secretRefs: secretRefs(state) };
    }
  },
};

/**
 * The bay's authority, undefined where none has been made yet. A candidate is none.
 * @throws {AuthoritiesWithdrawn} and none ever will be.
 */
export function establishedAuthority(bayId: string, authority: Authority, state: CertificateState): EstablishedAuthority | undefined {
  return requireActive(bayId, state).authorities[authority];
}

/**
 * The authority's successor-to-be, undefined where it is not being rotated.
 * @throws {AuthoritiesWithdrawn}
 */
export function candidateAuthority(bayId: string, authority: Authority, state: CertificateState): CandidateAuthority | undefined {
  return requireActive(bayId, state).candidates[authority];
}

function requireActive(bayId: string, state: CertificateState): ActiveCertificates {
  if (state.status === 'withdrawn') throw new AuthoritiesWithdrawn(bayId);
  return state;
}

/** A certificate whose authority was replaced while it was being signed would be worth nothing. */
function requireIssuer({ bayId, authority, issuer }: IssuedCertificate, state: CertificateState): void {
  const established = establishedAuthority(bayId, authority, state);
  if (!established) throw new AuthorityNotEstablished(bayId, authority);
  const known = [established.fingerprint, candidateAuthority(bayId, authority, state)?.fingerprint];
  if (issuer !== undefined && !known.includes(issuer)) throw new AuthorityReplaced(bayId, authority);
}

function requireToken(issued: IssuedCertificate, state: CertificateState, now: string): void {
  const use = bootstrapUseOf(issued);
  if (use) requireUse(requireActive(issued.bayId, state).bootstrapTokens, issued, use, now);
}

/** A share is good while its token is, a key as long as its node is known by it. */
function wasHandedOut(data: HandedOutCredential, { bootstrapTokens, nodes }: ActiveCertificates, now: string): boolean {
  return data.certificate === undefined ? hasCredential(bootstrapTokens, data, now) : holdingOf(requireNode(nodes, data), data) !== undefined;
}

function startRotation(made: CandidateAuthority, state: CertificateState): readonly CertificateEvent[] {
  const { bayId, authority, rotationId } = made;
  if (!establishedAuthority(bayId, authority, state)) throw new AuthorityNotEstablished(bayId, authority);
  // Nodes may trust the candidate of a rotation that failed: another beside it would have to be told to all of them again.
  const candidate = candidateAuthority(bayId, authority, state) ?? made;
  if (candidate !== made && candidate.rotationId === rotationId) return [];
  return [{ type: 'AuthorityRotationStarted', schemaVersion: 1, data: { ...candidate, rotationId } }];
}

function completeRotation({ bayId, rotationId }: { bayId: string; rotationId: string }, state: ActiveCertificates): readonly CertificateEvent[] {
  if (state.completedRotationId === rotationId) return [];
  const ready = AUTHORITIES.map((authority) => state.candidates[authority]).filter((candidate) => candidate?.rotationId === rotationId);
  // A straggler of a rotation before must not complete one whose candidate no node may know yet.
  if (ready.length === 0) throw new AuthorityRotationNotStarted(bayId);
  return ready.map((candidate) => {
    const { authority, fingerprint } = candidate!;
    const formerFingerprint = state.authorities[authority]!.fingerprint;
    return { type: 'AuthorityRotationCompleted', schemaVersion: 1, data: { bayId, authority, rotationId, fingerprint, formerFingerprint } };
  });
}

function succeeded(state: ActiveCertificates, authority: Authority, rotationId: string): ActiveCertificates {
  const { [authority]: candidate, ...candidates } = state.candidates;
  const former = state.authorities[authority];
  if (!candidate || !former) return state;
  const { rotationId: _, ...successor } = candidate;
  return {
    ...state,
    authorities: { ...state.authorities, [authority]: successor },
    candidates,
    completedRotationId: rotationId,
    retiredSecretRefs: [...state.retiredSecretRefs, former.secretRef],
  };
}

function secretRefs(state: CertificateState): readonly string[] {
  if (state.status === 'withdrawn') return state.secretRefs;
  const living = [...Object.values(state.authorities), ...Object.values(state.candidates)];
  return [...living.map(({ secretRef }) => secretRef), ...state.retiredSecretRefs];
}
