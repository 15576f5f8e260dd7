import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fold } from '../kernel/decider.ts';
import { deciderSpec } from '../testing/decider-spec.ts';
import { certificateDecider } from './certificate.decider.ts';
import type { CertificateCommand } from './certificate.decider.ts';
import type { CertificateEvent, EstablishedAuthority, IssuedCertificate } from './certificate.events.ts';

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

describe('Certificate events of old', () => {
  const folder = join(import.meta.dirname, '__fixtures__');
  const samples = readdirSync(folder).map(
    (file) => [file, JSON.parse(readFileSync(join(folder, file), 'utf8')) as CertificateEvent] as const,
  );

  it('have a sample for every type and version ever shipped', () => {
    expect(samples.map(([file]) => file).sort()).toEqual([
      'bay-authorities-withdrawn.v1.json',
      'bay-authority-established.v1.json',
      'certificate-issued.v1.json',
    ]);
  });

  it('still read: the samples fold to the states they meant', () => {
    const sample = (type: CertificateEvent['type']) => samples.map(([, event]) => event).find((event) => event.type === type)!;
    const known = sample('BayAuthorityEstablished') as Extract<CertificateEvent, { type: 'BayAuthorityEstablished' }>;
    const active = fold(certificateDecider, [known, sample('CertificateIssued')]);
    expect(active).toEqual({ status: 'active', authorities: { kubernetes: known.data } });
    const closed = fold(certificateDecider, [known, sample('CertificateIssued'), sample('BayAuthoritiesWithdrawn')]);
    expect(closed).toEqual({ status: 'withdrawn', secretRefs: [known.data.secretRef] });
  });
});
