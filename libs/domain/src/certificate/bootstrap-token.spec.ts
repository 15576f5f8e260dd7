import fc from 'fast-check';
import { fold } from '../kernel/decider.ts';
import { deciderSpec, replay } from '../testing/decider-spec.ts';
import { certificateDecider } from './certificate.decider.ts';
import type { CertificateCommand } from './certificate.decider.ts';
import { credentialsFor } from './bootstrap-token.ts';
import type { BootstrapUse, CertificateEvent, EstablishedAuthority, HandedOutCredential, IssuedCertificate, MintedToken } from './certificate.events.ts';

const bayId = '6020b68c-c098-497f-836f-192dba9f78dd';
const at = (minutes: number, seconds = 0) => new Date(Date.UTC(2026, 0, 1, 0, minutes, seconds)).toISOString();
const known: EstablishedAuthority = {
  bayId, authority: 'kubernetes', certificatePem: 'a certificate', secretRef: 'ca/1', fingerprint: 'f1', serial: '01', notAfter: at(9_999),
};
const token: MintedToken = { bayId, tokenId: 't1', fingerprint: 'h1', stack: 'k1', masters: 1, workers: 2, expiresAt: at(120), nodeMinutes: 10 };
const established = (authority: 'kubernetes' | 'etcd' = 'kubernetes'): CertificateEvent => ({
  type: 'BayAuthorityEstablished', schemaVersion: 1, data: { ...known, authority },
});
const minted = (data: Partial<MintedToken> = {}): CertificateEvent => ({ type: 'BootstrapTokenMinted', schemaVersion: 1, data: { ...token, ...data } });
const closed = (stack = 'k1'): CertificateEvent => ({ type: 'BootstrapTokensClosed', schemaVersion: 1, data: { bayId, stack } });
const withdrawn: CertificateEvent = { type: 'BayAuthoritiesWithdrawn', schemaVersion: 1, data: { bayId } };

type Issued = Partial<Pick<IssuedCertificate, 'authority' | 'subject' | 'subjectAltNames'>> & Partial<BootstrapUse>;
function certificate({ authority = 'kubernetes', node = 'k1-worker-0', subject = `CN=${node}`, subjectAltNames = [], ...use }: Issued): IssuedCertificate {
  return {
    bayId, authority, purpose: 'node', bootstrap: { tokenId: 't1', role: 'worker', node, at: at(1), ...use },
    serial: '02', subject, subjectAltNames, usages: [], csrHash: 'c', fingerprint: 'f2', notAfter: at(9_999),
  };
}
const issued = (data: Issued = {}): CertificateEvent => ({ type: 'CertificateIssued', schemaVersion: 1, data: certificate(data) });
const issue = (data: Issued = {}, now = at(1)): CertificateCommand => ({ type: 'RecordIssuedCertificate', data: certificate(data), metadata: { now } });
const mint: CertificateCommand = { type: 'MintBootstrapToken', data: token, metadata: { now: at(0) } };
const close = (stack = 'k1'): CertificateCommand => ({ type: 'CloseBootstrapTokens', data: { bayId, stack }, metadata: { now: at(5) } });
const credential = (use: Partial<BootstrapUse> = {}, name = 'jeroboam-b-volume-1'): HandedOutCredential => (
  { bayId, purpose: 'volume', credential: name, fingerprint: 'f3', bootstrap: { tokenId: 't1', role: 'worker', node: 'k1-worker-0', at: at(1), ...use } });
const handedOut = (data = credential()): CertificateEvent => ({ type: 'NodeCredentialHandedOut', schemaVersion: 1, data });
const handOut = (data = credential(), now = at(1)): CertificateCommand => ({ type: 'RecordNodeCredential', data, metadata: { now } });
const master = { role: 'master', node: 'k1-master-0' } as const;

describe('A bootstrap token', () => {
  const certificates = deciderSpec(certificateDecider);

  it('is minted for a stack, any number of times, and not for a bay that is going', () => {
    certificates.given(established()).when(mint).then(minted());
    certificates.given(established(), minted()).when(mint).then(minted());
    certificates.given(established(), withdrawn).when(mint).thenRefused('AUTHORITIES_WITHDRAWN');
  });

  it('lets a node have its certificate signed once', () => {
    certificates.given(established(), minted()).when(issue()).then(issued());
    certificates.given(established(), minted(), issued()).when(issue({ node: 'k1-worker-0' }, at(2))).thenRefused('BOOTSTRAP_TOKEN_REFUSED');
  });

  it('lets a master have one of every authority and subject', () => {
    const masters = [established(), established('etcd'), minted()];
    certificates.given(...masters, issued({ ...master, subject: 'CN=kubernetes' })).when(issue({ ...master, subject: 'CN=admin, O=system:masters' }))
      .then(issued({ ...master, subject: 'CN=admin, O=system:masters' }));
    certificates.given(...masters, issued({ ...master })).when(issue({ ...master, authority: 'etcd' })).then(issued({ ...master, authority: 'etcd' }));
    certificates.given(...masters, issued({ ...master })).when(issue({ ...master })).thenRefused('BOOTSTRAP_TOKEN_REFUSED');
  });

  it.each<[string, Issued]>([
    ['an administrator', { subject: 'CN=admin, O=system:masters' }],
    ['another node', { subject: 'CN=system:node:k1-worker-1, O=system:nodes' }],
    ['a member of etcd', { authority: 'etcd' }],
    ['the server of the API', { subjectAltNames: ['DNS:k1-worker-0', 'DNS:kubernetes'] }],
    ['somebody with an address for mail', { subjectAltNames: ['email:root@example.org'] }],
  ])('does not make a worker %s', (_who, data) => {
    certificates.given(established(), established('etcd'), minted()).when(issue(data)).thenRefused('BOOTSTRAP_TOKEN_REFUSED');
  });

  it.each(['CN=k1-worker-0', 'O=system:nodes, CN=system:node:k1-worker-0', 'CN=system:node:k1-worker-0, O=system:nodes'])(
    'makes a worker what it is: %s', (subject) => {
      const data = { subject, subjectAltNames: ['DNS:k1-worker-0', 'DNS:localhost', 'IP:10.0.0.7'] };
      certificates.given(established(), minted()).when(issue(data)).then(issued(data));
    },
  );

  it('is for as many nodes of each role as were said', () => {
    const both = [established(), minted(), issued(), issued({ node: 'k1-worker-1' })];
    certificates.given(...both).when(issue({ node: 'k1-worker-2' })).thenRefused('BOOTSTRAP_TOKEN_REFUSED');
    certificates.given(...both).when(issue({ ...master })).then(issued({ ...master }));
    certificates.given(established(), minted({ masters: 0 })).when(issue({ ...master })).thenRefused('BOOTSTRAP_TOKEN_REFUSED');
  });

  it('ends at its time, for a node that came once earlier', () => {
    certificates.given(established(), minted()).when(issue({}, at(119, 59))).then(issued());
    certificates.given(established(), minted()).when(issue({}, at(120))).thenRefused('BOOTSTRAP_TOKEN_REFUSED');
    const began = [established(), minted(), issued({ ...master, at: at(1) })];
    const next = { ...master, subject: 'CN=kubernetes' };
    certificates.given(...began).when(issue(next, at(10, 59))).then(issued(next));
    certificates.given(...began).when(issue(next, at(11))).thenRefused('BOOTSTRAP_TOKEN_REFUSED');
  });

  it('ends when the nodes of its stack are in, and leaves those of other stacks', () => {
    const two = [established(), minted(), minted({ tokenId: 't2', stack: 'gpu' })];
    certificates.given(...two).when(close()).then(closed());
    certificates.given(...two, closed()).when(issue()).thenRefused('BOOTSTRAP_TOKEN_REFUSED');
    certificates.given(...two, closed()).when(issue({ tokenId: 't2' })).then(issued({ tokenId: 't2' }));
    certificates.given(...two, closed()).when(close()).thenNothing();
    certificates.given(established()).when(close()).thenNothing();
    certificates.given(established(), minted(), withdrawn).when(close()).thenNothing();
  });

  it('has to be one of the bay’s', () => {
    certificates.given(established()).when(issue()).thenRefused('BOOTSTRAP_TOKEN_REFUSED');
    certificates.given(established(), minted(), withdrawn).when(issue()).thenRefused('AUTHORITIES_WITHDRAWN');
  });

  it('is never used by more nodes, nor oftener, than it allows, whatever is asked', () => {
    const anyUse = fc.record({
      tokenId: fc.constantFrom('t1', 't2'), role: fc.constantFrom('master' as const, 'worker' as const), number: fc.nat(4),
      subject: fc.constantFrom('own', 'CN=admin'), minute: fc.nat(140),
    });
    const commands = fc.array(fc.oneof({ weight: 9, arbitrary: anyUse }, { weight: 1, arbitrary: fc.constant('close' as const) }), { maxLength: 60 });
    fc.assert(fc.property(commands, (asked) => {
      const before = fold(certificateDecider, [established(), minted(), minted({ tokenId: 't2', stack: 'gpu', masters: 0, workers: 1 })]);
      const { events } = replay(certificateDecider, asked.map((each) => (each === 'close' ? close() : useOf(each))), before);
      const taken = events.filter((event) => event.type === 'CertificateIssued').map(({ data }) => data);
      const uses = taken.map((data) => ({ ...('purpose' in data ? data.bootstrap! : undefined!), subject: data.subject }));
      const nodes = (tokenId: string, role: string) => new Set(uses.filter((use) => use.tokenId === tokenId && use.role === role).map(({ node }) => node)).size;
      expect(nodes('t1', 'master')).toBeLessThanOrEqual(1);
      expect(nodes('t1', 'worker')).toBeLessThanOrEqual(2);
      expect(nodes('t2', 'master')).toBe(0);
      expect(nodes('t2', 'worker')).toBeLessThanOrEqual(1);
      const once = uses.map(({ tokenId, role, node, subject }) => `${tokenId} ${role} ${node} ${subject}`);
      expect(new Set(once).size).toBe(once.length);
    }));
  });

  function useOf({ tokenId, role, number, subject, minute }: { tokenId: string; role: 'master' | 'worker'; number: number; subject: string; minute: number }): CertificateCommand {
    const node = `k1-${role}-${number}`;
    return issue({ tokenId, role, node, at: at(minute), ...(subject === 'own' ? {} : { subject }) }, at(minute));
  }
});

describe('A credential of a node', () => {
  const certificates = deciderSpec(certificateDecider);

  it('is handed out on a share that holds, and said once however often it is asked for', () => {
    certificates.given(established(), minted()).when(handOut()).then(handedOut());
    certificates.given(established(), minted(), handedOut()).when(handOut(credential({ at: at(2) }), at(2))).then();
    certificates.given(established(), minted(), handedOut()).when(handOut(credential({}, 'jeroboam-b-volume-2'))).then(handedOut(credential({}, 'jeroboam-b-volume-2')));
  });

  it('is refused with the share: to a stranger, when the stack is there, when its time is over, and to more nodes than were to come', () => {
    certificates.given(established()).when(handOut()).thenRefused('BOOTSTRAP_TOKEN_REFUSED');
    certificates.given(established(), minted(), closed()).when(handOut()).thenRefused('BOOTSTRAP_TOKEN_REFUSED');
    certificates.given(established(), minted(), handedOut(), closed()).when(handOut()).thenRefused('BOOTSTRAP_TOKEN_REFUSED');
    certificates.given(established(), minted()).when(handOut(credential(), at(120))).thenRefused('BOOTSTRAP_TOKEN_REFUSED');
    certificates.given(established(), minted({ workers: 1 }), handedOut()).when(handOut(credential({ node: 'k1-worker-1' }))).thenRefused('BOOTSTRAP_TOKEN_REFUSED');
    certificates.given(established(), minted(), withdrawn).when(handOut()).thenRefused('AUTHORITIES_WITHDRAWN');
  });

  it('begins the minutes of its node, and a certificate does too', () => {
    certificates.given(established(), minted(), handedOut()).when(issue({}, at(11))).thenRefused('BOOTSTRAP_TOKEN_REFUSED');
    certificates.given(established(), minted(), issued()).when(handOut(credential(), at(11))).thenRefused('BOOTSTRAP_TOKEN_REFUSED');
    certificates.given(established(), minted(), handedOut()).when(issue({}, at(10))).then(issued());
  });

  it('is of as many generations as a node can need', () => {
    const before = Array.from({ length: 8 }, (_, number) => handedOut(credential({}, `jeroboam-b-volume-${number}`)));
    certificates.given(established(), minted(), ...before).when(handOut(credential({}, 'jeroboam-b-volume-9'))).thenRefused('BOOTSTRAP_TOKEN_REFUSED');
  });

  it.each([
    ['master', [], ['network', 'volume']],
    ['master', ['registry'], ['network', 'volume', 'registry']],
    ['worker', [], []],
    ['worker', ['volume'], ['volume']],
    ['worker', ['control', 'principal', 'network'], ['network']],
    ['master', ['control', 'principal'], ['network', 'volume']],
  ] as const)('is for a %s whose plugins need %j one of %j', (role, needed, may) => {
    expect(credentialsFor(role, needed)).toEqual(may);
  });
});
