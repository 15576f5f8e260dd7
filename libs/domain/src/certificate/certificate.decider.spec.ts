import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fold } from '../kernel/decider.ts';
import { deciderSpec } from '../testing/decider-spec.ts';
import { candidateAuthority, certificateDecider, establishedAuthority } from './certificate.decider.ts';
import type { CertificateCommand } from './certificate.decider.ts';
import type { CandidateAuthority, CertificateEvent, CompletedRotation, EstablishedAuthority, IssuedCertificate } from './certificate.events.ts';

const bayId = '6020b68c-c098-497f-836f-192dba9f78dd';
const authority: EstablishedAuthority = {
  bayId,
  authority: 'kubernetes',
  certificatePem: 'a certificate',
  secretRef: 'ca/1',
  fingerprint: 'f1',
  serial: '01',
  notAfter: '2031-01-01T00:00:00.000Z',
};
const certificate: IssuedCertificate = {
  bayId,
  authority: 'kubernetes',
  requester: { userId: 'u', projectId: 'p' },
  serial: '02',
  subject: 'CN=admin',
  subjectAltNames: [],
  usages: [],
  csrHash: 'c',
  fingerprint: 'f2',
  notAfter: '2031-01-01T00:00:00.000Z',
};
const metadata = { now: '2026-01-01T00:00:00.000Z' };
const establish = (data: Partial<EstablishedAuthority> = {}): CertificateCommand => ({
  type: 'EstablishAuthority',
  data: { ...authority, ...data },
  metadata,
});
const record = (data: Partial<IssuedCertificate> = {}): CertificateCommand => ({
  type: 'RecordIssuedCertificate',
  data: { ...certificate, ...data } as IssuedCertificate,
  metadata,
});
const withdraw: CertificateCommand = { type: 'WithdrawAuthorities', data: { bayId }, metadata };
const established = (data: Partial<EstablishedAuthority> = {}): CertificateEvent => ({
  type: 'BayAuthorityEstablished',
  schemaVersion: 1,
  data: { ...authority, ...data },
});
const issued: CertificateEvent = { type: 'CertificateIssued', schemaVersion: 1, data: certificate };
const candidate = { ...authority, rotationId: 'o1', secretRef: 'ca/new', fingerprint: 'f9', serial: '09' };
const start = (data: Partial<CandidateAuthority> = {}): CertificateCommand => ({
  type: 'StartAuthorityRotation',
  data: { ...candidate, ...data },
  metadata,
});
const complete = (rotationId = 'o1'): CertificateCommand => ({ type: 'CompleteAuthorityRotation', data: { bayId, rotationId }, metadata });
const started = (data: Partial<CandidateAuthority> = {}): CertificateEvent => ({
  type: 'AuthorityRotationStarted',
  schemaVersion: 1,
  data: { ...candidate, ...data },
});
const completed = (data: Partial<CompletedRotation> = {}): CertificateEvent => ({
  type: 'AuthorityRotationCompleted',
  schemaVersion: 1,
  data: { bayId, authority: 'kubernetes', rotationId: 'o1', fingerprint: 'f9', formerFingerprint: 'f1', ...data },
});
const withdrawn: CertificateEvent = { type: 'BayAuthoritiesWithdrawn', schemaVersion: 1, data: { bayId } };

describe('A bay’s certificates', () => {
  const certificates = deciderSpec(certificateDecider);

  it('get an authority on first use', () => {
    certificates.given().when(establish()).then(established());
  });

  it('keep the first authority when a second is made at the same time', () => {
    certificates
      .given(established())
      .when(establish({ secretRef: 'ca/2', serial: '09' }))
      .thenNothing();
  });

  it('have independent authorities side by side', () => {
    certificates
      .given(established())
      .when(establish({ authority: 'etcd' }))
      .then(established({ authority: 'etcd' }));
  });

  it('get no authority once the bay’s are withdrawn', () => {
    certificates
      .given(established(), withdrawn)
      .when(establish({ authority: 'etcd' }))
      .thenRefused('AUTHORITIES_WITHDRAWN');
  });

  it('enter the ledger when they are issued, twice for the same CSR if so asked', () => {
    certificates
      .given(established(), issued)
      .when(record({ serial: '03' }))
      .then({ ...issued, data: { ...certificate, serial: '03' } });
  });

  it('are not issued by an authority the bay does not have', () => {
    certificates
      .given(established())
      .when(record({ authority: 'front-proxy' }))
      .thenRefused('AUTHORITY_NOT_ESTABLISHED');
  });

  it('are not issued once the authorities are withdrawn', () => {
    certificates.given(established(), withdrawn).when(record()).thenRefused('AUTHORITIES_WITHDRAWN');
  });

  it('lose their authorities when the bay goes', () => {
    certificates.given(established(), issued).when(withdraw).then(withdrawn);
  });

  it('can be closed for a bay that never had an authority, so that none is made behind its back', () => {
    certificates.given().when(withdraw).then(withdrawn);
    certificates.given(withdrawn).when(establish()).thenRefused('AUTHORITIES_WITHDRAWN');
  });

  it('are withdrawn once', () => {
    certificates.given(established(), withdrawn).when(withdraw).thenNothing();
  });

  it('remember after the withdrawal which keys are to be destroyed', () => {
    const state = fold(certificateDecider, [established(), established({ authority: 'etcd', secretRef: 'ca/2' }), withdrawn]);
    expect(state).toEqual({ status: 'withdrawn', secretRefs: ['ca/1', 'ca/2'] });
  });
});

describe('The rotation of an authority', () => {
  const certificates = deciderSpec(certificateDecider);

  it('begins with a candidate', () => {
    certificates.given(established()).when(start()).then(started());
  });

  it('keeps the first candidate when a second is made at the same time', () => {
    certificates
      .given(established(), started())
      .when(start({ secretRef: 'ca/other', fingerprint: 'f8' }))
      .thenNothing();
  });

  it('goes on with the candidate of one that failed, which nodes may trust already', () => {
    certificates
      .given(established(), started())
      .when(start({ rotationId: 'o2', secretRef: 'ca/other', fingerprint: 'f8' }))
      .then(started({ rotationId: 'o2' }));
  });

  it('needs something to rotate', () => {
    certificates.given().when(start()).thenRefused('AUTHORITY_NOT_ESTABLISHED');
    certificates.given(established(), withdrawn).when(start()).thenRefused('AUTHORITIES_WITHDRAWN');
  });

  it('completes for all authorities at once', () => {
    certificates
      .given(
        established(),
        established({ authority: 'etcd', fingerprint: 'f3' }),
        started(),
        started({ authority: 'etcd', fingerprint: 'f4' }),
      )
      .when(complete())
      .then(completed(), completed({ authority: 'etcd', fingerprint: 'f4', formerFingerprint: 'f3' }));
  });

  it('completes once', () => {
    certificates.given(established(), started(), completed()).when(complete()).thenNothing();
  });

  it('is completed by its own operation only, never by a straggler of one before', () => {
    certificates.given(established(), started({ rotationId: 'o2' })).when(complete('o1')).thenRefused('AUTHORITY_ROTATION_NOT_STARTED');
    certificates.given(established()).when(complete()).thenRefused('AUTHORITY_ROTATION_NOT_STARTED');
    certificates.given(established(), withdrawn).when(complete()).thenRefused('AUTHORITIES_WITHDRAWN');
  });

  it('leaves the authority in its place until it is completed, and puts the candidate there then', () => {
    const before = fold(certificateDecider, [established(), started()]);
    expect(establishedAuthority(bayId, 'kubernetes', before)?.fingerprint).toBe('f1');
    expect(candidateAuthority(bayId, 'kubernetes', before)?.fingerprint).toBe('f9');
    const after = fold(certificateDecider, [established(), started(), completed()]);
    expect(establishedAuthority(bayId, 'kubernetes', after)).toEqual({ ...authority, secretRef: 'ca/new', fingerprint: 'f9', serial: '09' });
    expect(candidateAuthority(bayId, 'kubernetes', after)).toBeUndefined();
  });

  it('lets both authorities issue while it goes on, and only the new one afterwards', () => {
    for (const issuer of ['f1', 'f9']) {
      certificates
        .given(established(), started())
        .when(record({ issuer }))
        .then({ ...issued, data: { ...certificate, issuer } });
    }
    certificates
      .given(established(), started(), completed())
      .when(record({ issuer: 'f1' }))
      .thenRefused('AUTHORITY_REPLACED');
    certificates
      .given(established(), started(), completed())
      .when(record({ issuer: 'f9' }))
      .then({ ...issued, data: { ...certificate, issuer: 'f9' } });
  });

  it('remembers which keys are to be destroyed, those of candidates and former authorities too', () => {
    const twice = [started({ rotationId: 'o2', secretRef: 'ca/3', fingerprint: 'f5' })];
    const state = fold(certificateDecider, [established(), started(), completed(), ...twice]);
    expect(state).toMatchObject({ retiredSecretRefs: ['ca/1'] });
    expect(fold(certificateDecider, [established(), started(), completed(), ...twice, withdrawn])).toEqual({
      status: 'withdrawn',
      secretRefs: ['ca/new', 'ca/3', 'ca/1'],
    });
  });
});

describe('Certificate events of old', () => {
  const folder = join(import.meta.dirname, '__fixtures__');
  const samples = readdirSync(folder).map(
    (file) => [file, JSON.parse(readFileSync(join(folder, file), 'utf8')) as CertificateEvent] as const,
  );

  it('have a sample for every type and version ever shipped', () => {
    expect(samples.map(([file]) => file).sort()).toEqual([
      'authority-rotation-completed.v1.json',
      'authority-rotation-started.v1.json',
      'bay-authorities-withdrawn.v1.json',
      'bay-authority-established.v1.json',
      'bootstrap-token-minted.v1.json',
      'bootstrap-tokens-closed.v1.json',
      'certificate-issued.v1.json',
      'node-credential-handed-out.v1.json',
      'node-credential-in-use.v1.json',
    ]);
  });

  it('still read: the samples fold to the states they meant', () => {
    const sample = (type: CertificateEvent['type']) => samples.map(([, event]) => event).find((event) => event.type === type)!;
    const known = sample('BayAuthorityEstablished') as Extract<CertificateEvent, { type: 'BayAuthorityEstablished' }>;
    const active = fold(certificateDecider, [known, sample('CertificateIssued')]);
    expect(active).toMatchObject({ status: 'active', authorities: { kubernetes: known.data }, candidates: {} });
    const candidate = sample('AuthorityRotationStarted') as Extract<CertificateEvent, { type: 'AuthorityRotationStarted' }>;
    const rotated = fold(certificateDecider, [known, candidate, sample('AuthorityRotationCompleted')]);
    const { rotationId: completedRotationId, ...successor } = candidate.data;
    expect(rotated).toEqual({
      status: 'active',
      authorities: { kubernetes: successor },
      candidates: {},
      completedRotationId,
      retiredSecretRefs: [known.data.secretRef],
      nodes: {},
      bootstrapTokens: [],
    });
    const minted = sample('BootstrapTokenMinted') as Extract<CertificateEvent, { type: 'BootstrapTokenMinted' }>;
    const withToken = fold(certificateDecider, [minted, sample('BootstrapTokensClosed')]);
    expect(withToken).toMatchObject({ bootstrapTokens: [{ ...minted.data, closed: true, nodes: {} }] });
    const closed = fold(certificateDecider, [known, sample('CertificateIssued'), sample('BayAuthoritiesWithdrawn')]);
    expect(closed).toEqual({ status: 'withdrawn', secretRefs: [known.data.secretRef] });
  });
});
