import { deciderSpec } from '../testing/decider-spec.ts';
import { BAY, completeBay, commands, events } from '../testing/bay.samples.ts';
import type { BayCommand } from './bay.commands.ts';
import type { CredentialRotation, MintedFacts } from './bay.credentials.ts';
import { bayDecider } from './bay.decider.ts';
import type { BayEvent } from './bay.events.ts';
import type { LiveBay } from './bay.state.ts';

const bay = deciderSpec(bayDecider);
const metadata = { now: '2026-01-31T12:00:00.000Z' };
const NAME = `jeroboam-${BAY}-control-1`;
const of = { bayId: BAY, operationId: 'op-create', name: NAME, purpose: 'control' } as const;
const facts = {
  name: NAME, externalId: 'ac-1', credentialRef: `credentials/${BAY}/control-1`, fingerprint: 'f1', roles: ['member'], accessRulesHash: 'none', expiresAt: '2026-05-01T00:00:00.000000Z',
};

const intended: BayEvent = { type: 'CredentialIntended', schemaVersion: 1, data: { ...of, mode: 'service_user' } };
const minted = (more: Partial<MintedFacts> = {}): BayEvent => ({ type: 'CredentialMinted', schemaVersion: 1, data: { ...of, mode: 'service_user', ...facts, ...more } });
const revoked: BayEvent = { type: 'CredentialRevoked', schemaVersion: 1, data: { ...of, operationId: 'op-delete' } };
const orphaned: BayEvent = { type: 'CredentialOrphaned', schemaVersion: 1, data: { bayId: BAY, name: NAME, purpose: 'control' } };

const intend: BayCommand = { type: 'IntendCredential', data: { operationId: 'op-create', name: NAME, purpose: 'control', mode: 'service_user' }, metadata };
const record = (more: Partial<typeof facts> = {}): BayCommand => ({ type: 'RecordCredential', data: { operationId: 'op-create', ...facts, ...more }, metadata });
const close = (outcome: 'revoked' | 'gone', leaves?: readonly string[]): BayCommand => (
  { type: 'CloseCredential', data: { operationId: 'op-delete', name: NAME, outcome, ...(leaves && { leaves }) }, metadata });

describe('the ledger of credentials', () => {
  it('notes an intent once, then the fact once', () => {
    bay.given(events.requested()).when(intend).then(intended);
    bay.given(events.requested(), intended).when(intend).thenNothing();
    bay.given(events.requested(), intended).when(record()).then(minted());
    bay.given(events.requested(), intended, minted()).when(record()).thenNothing();
  });
  it('notes a credential again that had to be made anew', () => {
    bay.given(events.requested(), intended, minted()).when(record({ externalId: 'ac-2', fingerprint: 'f2' })).then(minted({ externalId: 'ac-2', fingerprint: 'f2' }));
  });
  it('refuses a fact without an intent: a crash in between would have left it for ever', () => {
    bay.given(events.requested()).when(record()).thenRefused('INVALID_BAY');
  });
  it('closes what is open, once, and says whether it was still there', () => {
    bay.given(events.requested(), intended, minted()).when(close('revoked')).then(revoked);
    bay.given(events.requested(), intended, minted()).when(close('revoked', [])).then(revoked);
    const leaving = { ...revoked, data: { ...revoked.data, leaves: ['k1-worker-0'] } } as BayEvent;
    bay.given(events.requested(), intended, minted()).when(close('revoked', ['k1-worker-0'])).then(leaving);
    bay.given(events.requested(), intended).when(close('gone')).then({ type: 'CredentialGone', schemaVersion: 1, data: { ...of, operationId: 'op-delete' } });
    bay.given(events.requested(), intended, minted(), revoked).when(close('revoked')).thenNothing();
  });
  it('refuses to call a bay deleted while a credential is not known to be revoked or gone', () => {
    for (const open of [[intended], [intended, minted()]]) {
      bay.given(events.requested(), ...open, events.deletionRequested()).when(commands.complete('op-delete')).thenRefused('EVIDENCE_MISSING');
    }
    bay.given(events.requested(), intended, minted(), events.deletionRequested(), revoked).when(commands.complete('op-delete')).then(events.deleted());
  });
});

describe('a credential that Keystone does not let in any more', () => {
  const reason = { 'credential.control': 'orphaned' };
  const unhealthy: BayEvent = { type: 'BayHealthChanged', schemaVersion: 1, data: { bayId: BAY, status: 'UNHEALTHY', reason, source: 'telemetry' } };
  it('is a fact of its own, once, and the reason of the bad health', () => {
    bay.given(...completeBay, intended, minted()).when(commands.health('UNHEALTHY', reason)).then(orphaned, unhealthy);
    bay.given(...completeBay, intended, minted(), orphaned, unhealthy).when(commands.health('UNHEALTHY', reason)).thenNothing();
  });
  it('is not one that the bay does not have', () => {
    bay.given(...completeBay).when(commands.health('UNHEALTHY', reason)).then(unhealthy);
  });
});

describe('a credential that expires soon', () => {
  const note: BayCommand = { type: 'NoteExpiringCredential', data: { name: NAME }, metadata };
  const ofUser: readonly BayEvent[] = [
    { type: 'CredentialIntended', schemaVersion: 1, data: { ...of, mode: 'app_cred' } }, { type: 'CredentialMinted', schemaVersion: 1, data: { ...of, mode: 'app_cred', ...facts } },
  ];
  const expiring: BayEvent = { type: 'CredentialExpiring', schemaVersion: 1, data: { bayId: BAY, name: NAME, purpose: 'control', expiresAt: facts.expiresAt } };
  it('is told of once where only a user can have it replaced', () => {
    bay.given(...completeBay, ...ofUser).when(note).then(expiring);
    bay.given(...completeBay, ...ofUser, expiring).when(note).thenNothing();
    bay.given(...completeBay, ...ofUser, expiring, minted({ externalId: 'ac-2' })).when(note).then(expiring);
  });
  it('is nobody’s concern where the service replaces it, where it never expires and where it is not there any more', () => {
    bay.given(...completeBay, intended, minted()).when(note).thenNothing();
    bay.given(...completeBay, ofUser[0]!, minted({ expiresAt: null })).when(note).thenNothing();
    bay.given(...completeBay, ...ofUser, revoked).when(note).thenNothing();
  });
  it('is refused for a bay that is not there', () => {
    bay.given().when(note).thenRefused('BAY_NOT_FOUND');
  });
});

describe('a rotation', () => {
  const requested = (rotation: CredentialRotation = {}): BayEvent => ({ type: 'CredentialRotationRequested', schemaVersion: 1, data: { bayId: BAY, operationId: 'op-credential', ...rotation } });
  const completed: BayEvent = { type: 'CredentialRotationCompleted', schemaVersion: 1, data: { bayId: BAY, operationId: 'op-credential', bayStatus: 'UPDATE_COMPLETE', outputs: {} } };
  const rotate = (rotation?: CredentialRotation) => commands.rotateCredential('op-credential', rotation);
  const own = [...completeBay, intended, minted()];

  it('may be of some purposes alone, which the bay has to have', () => {
    bay.given(...own).when(rotate({ purposes: ['control'] })).then(requested({ purposes: ['control'] }));
    bay.given(...own).when(rotate({ purposes: ['control', 'volume'] })).thenRefused('NO_CREDENTIAL_FOR_PURPOSE');
    bay.given(...own, requested({ purposes: ['control'] })).when(rotate({ purposes: ['control'] })).thenNothing();
  });
  it('names at least one of them, and each once', () => {
    for (const purposes of [[], ['control', 'control']] as const) bay.given(...own).when(rotate({ purposes })).thenRefused('INVALID_BAY');
  });
  it('asked for before purposes could be named is of all', () => {
    bay.given(...own).when(rotate()).then(requested());
    bay.given(...completeBay).when(rotate()).then(requested());
  });
  it('gives the bay to its new owner once it has succeeded, and not before', () => {
    const rolesAfter = (...history: readonly BayEvent[]) => (history.reduce((state, event) => bayDecider.evolve(state, event), bayDecider.initialState()) as LiveBay).spec.requesterRoles;
    const rebinding = requested({ rebindOwner: { roles: ['reader'] } });
    const failed: BayEvent = { type: 'CredentialRotationFailed', schemaVersion: 1, data: { bayId: BAY, operationId: 'op-credential', bayStatus: 'UPDATE_FAILED', reason: 'away' } };
    bay.given(...own).when(rotate({ rebindOwner: { roles: ['reader'] } })).then(rebinding);
    bay.given(...own, rebinding).when(commands.complete('op-credential')).then(completed);
    expect([rolesAfter(...own), rolesAfter(...own, rebinding), rolesAfter(...own, rebinding, failed), rolesAfter(...own, rebinding, completed), rolesAfter(...own, requested(), completed)])
      .toEqual([undefined, undefined, undefined, ['reader'], undefined]);
  });
});
