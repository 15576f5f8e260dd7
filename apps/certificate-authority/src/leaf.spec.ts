import { X509Certificate } from 'node:crypto';
import forge from 'node-forge';
import { aCsr, aName, anEcKey, anExtension, anRsaKey } from './testing/a-csr.ts';
import { aContext, aService, codeOf } from './testing/a-service.ts';
import { bits, boolean, integer, octets, oid, sequence, setOf, taggedBytes, utf8 } from './x509/der.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const KEY_USAGE = '2.5.29.15';
const PRINTABLE = forge.asn1.Type.PRINTABLESTRING;
const CONSTRAINTS = '2.5.29.19';

let service: ReturnType<typeof aService>;
beforeEach(() => (service = aService()));

describe('A signed client CSR', () => {
  const issued = async (csr: { pem: string }) =>
    new X509Certificate(await service.aProcess().signClientCsr(service.bay, 'kubernetes', csr.pem, aContext()));
  const issuedEvent = async () => (await service.events()).at(-1)!.data as Record<string, unknown>;

  it('has the CSR’s subject and key, and Magnum’s validity, issuer and lack of limits', async () => {
    const csr = aCsr({ key: anRsaKey() });
    const certificate = await issued(csr);
    const ca = new X509Certificate(await service.aProcess().caCertificate(service.bay, 'kubernetes', aContext()));
    expect(certificate).toMatchObject({
      subject: 'CN=admin\nO=system:masters',
      issuer: 'CN=tx1',
      ca: false,
      keyUsage: undefined,
      subjectAltName: undefined,
    });
    expect(certificate.verify(ca.publicKey)).toBe(true);
    expect(certificate.publicKey.equals(csr.publicKey)).toBe(true);
    expect([certificate.validFromDate, certificate.validToDate]).toEqual([ca.validFromDate, ca.validToDate]);
  });

  it('is entered in the ledger with who asked for it', async () => {
    const csr = aCsr({
      extensions: [
        anExtension('2.5.29.17', sequence(taggedBytes(2, Buffer.from('a.example')), taggedBytes(7, Buffer.from([10, 0, 0, 1])))),
        anExtension('2.5.29.37', sequence(oid('1.3.6.1.5.5.7.3.2'))),
      ],
    });
    const certificate = await issued(csr);
    expect(await issuedEvent()).toEqual({
      bayId: service.bay.bayId,
      authority: 'kubernetes',
      issuer: expect.stringMatching(/^[0-9a-f]{64}$/),
      requester: { userId: 'ann', projectId: 'demo' },
      subject: 'CN=admin, O=system:masters',
      subjectAltNames: ['DNS:a.example', 'IP:10.0.0.1'],
      usages: ['clientAuth'],
      csrHash: csr.hash,
      serial: certificate.serialNumber.toLowerCase().padStart(32, '0'),
      fingerprint: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
      notAfter: '2031-01-30T12:00:00.000Z',
    });
    expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.2']);
    expect(certificate.subjectAltName).toBe('DNS:a.example, IP Address:10.0.0.1');
  });

  it('keeps the very bytes of the subject', async () => {
    const name = aName(['2.5.4.6', { ...utf8('DE'), type: PRINTABLE }], ['2.5.4.3', utf8('Zoë')], ['1.2.3.4', utf8('x')]);
    const [certificate, reference] = [await issued(aCsr({ subject: name })), aCsr({ subject: name })];
    const bytes = Buffer.from(reference.pem.split('\n').slice(1, -2).join(''), 'base64');
    const from = bytes.indexOf(Buffer.from('550406', 'hex')) - 8;
    expect(certificate.raw.includes(bytes.subarray(from, from + 40))).toBe(true);
  });

  it('carries its key’s own identifier, not the one the CSR claims', async () => {
    const csr = aCsr({ extensions: [anExtension('2.5.29.14', octets(Buffer.from('claimed identifier')))] });
    const certificate = await issued(csr);
    expect(certificate.raw.includes('claimed identifier')).toBe(false);
    expect(certificate.raw.includes(Buffer.from('0603551d0e', 'hex'))).toBe(true);
  });

  it('never is an authority', async () => {
    const csr = aCsr({
      extensions: [
        anExtension(CONSTRAINTS, sequence(boolean(true), integer('0'))),
        anExtension(KEY_USAGE, bits(Buffer.from([0b10000110]), 1)),
      ],
    });
    const certificate = await issued(csr);
    expect(certificate.ca).toBe(false);
    expect(certificate.raw.includes(Buffer.from('0603551d0f040403020780', 'hex'))).toBe(true);
  });

  it.each([
    ['an authority', [anExtension(CONSTRAINTS, sequence(boolean(true)), true)], 'EXTENSION_NOT_ALLOWED'],
    ['an authority’s key usage', [anExtension(KEY_USAGE, bits(Buffer.from([0b00000100]), 2), true)], 'EXTENSION_NOT_ALLOWED'],
    ['an unknown extension', [anExtension('1.2.3.4', octets(Buffer.from('x')), true)], 'EXTENSION_NOT_ALLOWED'],
    ['a broken extension', [anExtension('2.5.29.17', Buffer.from('x'))], 'INVALID_CSR'],
  ])('is refused where the CSR insists on %s, and nothing is changed', async (_, extensions, code) => {
    expect(await codeOf(service.aProcess().signClientCsr(service.bay, 'kubernetes', aCsr({ extensions }).pem, aContext()))).toBe(code);
    expect([await service.types(), await service.secrets.list('')]).toEqual([[], []]);
  });

  it('is refused in Magnum’s words where there is no CSR', async () => {
    await expect(service.aProcess().signClientCsr(service.bay, 'kubernetes', 'junk', aContext())).rejects.toMatchObject({
      kind: 'invalid',
      message: "Received invalid csr b'junk'.",
    });
  });

  it('is refused where its parts make no certificate that can be read', async () => {
    // An attribute type that begins with a superfluous byte: DER that only OpenSSL minds.
    const type = { ...oid('2.5.4.3'), value: '\x80\x55\x04\x03' };
    const subject = sequence(setOf(sequence(type, utf8('x'))));
    expect(await codeOf(service.aProcess().signClientCsr(service.bay, 'kubernetes', aCsr({ subject }).pem, aContext()))).toBe(
      'INVALID_CSR',
    );
  });

  it('is made again for the same CSR asked for again, with a serial number of its own', async () => {
    const csr = aCsr();
    const serials = [await issued(csr), await issued(csr)].map(({ serialNumber }) => serialNumber);
    expect(new Set(serials).size).toBe(2);
  });

  it('is the same certificate, byte for byte, when the command is repeated, however late and wherever', async () => {
    const csr = aCsr();
    const context = aContext();
    const first = await service.aProcess().signClientCsr(service.bay, 'kubernetes', csr.pem, context);
    await service.aProcess().signClientCsr(service.bay, 'kubernetes', csr.pem, aContext());
    await service.clock.advance(3 * DAY_MS);
    expect(await service.aProcess().signClientCsr(service.bay, 'kubernetes', csr.pem, context)).toBe(first);
    expect(await service.types()).toEqual(['BayAuthorityEstablished', 'CertificateIssued', 'CertificateIssued']);
  });

  it('is found again when it was unknown whether the log took it', async () => {
    await service.aProcess().caCertificate(service.bay, 'kubernetes', aContext());
    const context = aContext();
    const csr = aCsr();
    service.log.failNextAppend({ written: true });
    expect(await codeOf(service.aProcess(service.log).signClientCsr(service.bay, 'kubernetes', csr.pem, context))).toBe('LOG_UNAVAILABLE');
    const certificate = new X509Certificate(await service.aProcess().signClientCsr(service.bay, 'kubernetes', csr.pem, context));
    expect((await issuedEvent()).serial).toBe(certificate.serialNumber.toLowerCase().padStart(32, '0'));
    expect(await service.types()).toEqual(['BayAuthorityEstablished', 'CertificateIssued']);
  });

  it('is signed by the authority that was asked for', async () => {
    const authority = service.aProcess();
    const certificate = new X509Certificate(await authority.signClientCsr(service.bay, 'etcd', aCsr().pem, aContext()));
    expect(certificate.verify(new X509Certificate(await authority.caCertificate(service.bay, 'etcd', aContext())).publicKey)).toBe(true);
    expect(certificate.verify(new X509Certificate(await authority.caCertificate(service.bay, 'kubernetes', aContext())).publicKey)).toBe(
      false,
    );
  });

  it('is there for everyone when many are signed at once by several processes', async () => {
    const processes = [service.aProcess(), service.aProcess(), service.aProcess()];
    const csr = aCsr();
    const pems = await Promise.all(
      Array.from({ length: 60 }, (_, index) => processes[index % 3]!.signClientCsr(service.bay, 'kubernetes', csr.pem, aContext())),
    );
    expect(new Set(pems).size).toBe(60);
    expect((await service.types()).filter((type) => type === 'CertificateIssued')).toHaveLength(60);
  });
});

describe('A node’s certificate', () => {
  const csr = aCsr({
    subject: aName(['2.5.4.3', utf8('default-worker-0')]),
    extensions: [
      anExtension('2.5.29.17', sequence(taggedBytes(2, Buffer.from('evil.example'))), true),
      anExtension(CONSTRAINTS, sequence(boolean(true)), true),
    ],
  });
  const wanted = {
    csrPem: csr.pem,
    usages: ['server', 'client'] as const,
    subjectAltNames: [
      { type: 'ip', value: '10.0.0.5' },
      { type: 'ip', value: 'fd00::5' },
      { type: 'dns', value: 'node-0.bay' },
    ] as const,
  };

  it('says what the driver asked for, whatever the CSR says', async () => {
    const certificate = new X509Certificate(await service.aProcess().signNodeCertificate(service.bay, wanted, aContext()));
    expect(certificate).toMatchObject({
      subject: 'CN=default-worker-0',
      ca: false,
      keyUsage: ['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2'],
      subjectAltName: 'IP Address:10.0.0.5, IP Address:FD00:0:0:0:0:0:0:5, DNS:node-0.bay',
    });
    expect((await service.events()).at(-1)!.data).toMatchObject({
      purpose: 'node',
      authority: 'kubernetes',
      subjectAltNames: ['IP:10.0.0.5', 'IP:fd00::5', 'DNS:node-0.bay'],
      usages: ['serverAuth', 'clientAuth'],
      csrHash: csr.hash,
    });
  });

  it('promises to encipher keys with an RSA key only', async () => {
    const usageOf = async (key: ReturnType<typeof anRsaKey>) => {
      const { raw } = new X509Certificate(
        await service.aProcess().signNodeCertificate(service.bay, { ...wanted, csrPem: aCsr({ key }).pem }, aContext()),
      );
      return raw
        .subarray(raw.indexOf(Buffer.from('0603551d0f0101ff0404', 'hex')) + 10)
        .subarray(0, 4)
        .toString('hex');
    };
    expect(await usageOf(anRsaKey())).toBe('030205a0');
    expect(await usageOf(anEcKey())).toBe('03020780');
  });

  it.each([
    ['no usage', { usages: [] }],
    ['a server without a name', { subjectAltNames: [] }],
    ['an address that is none', { subjectAltNames: [{ type: 'ip', value: '10.0.0' }] }],
    ['an address with a zone', { subjectAltNames: [{ type: 'ip', value: 'fe80::1%eth0' }] }],
    ['a name that is none', { subjectAltNames: [{ type: 'dns', value: 'a b' }] }],
    ['an endless name', { subjectAltNames: [{ type: 'dns', value: 'a.'.repeat(130) + 'a' }] }],
  ] as const)('is refused for %s', async (_, change) => {
    expect(await codeOf(service.aProcess().signNodeCertificate(service.bay, { ...wanted, ...change }, aContext()))).toBe(
      'INVALID_CERTIFICATE_REQUEST',
    );
    expect(await service.types()).toEqual([]);
  });

  it('is another for other names asked for by the same command', async () => {
    const context = aContext();
    const authority = service.aProcess();
    const pems = [
      await authority.signNodeCertificate(service.bay, wanted, context),
      await authority.signNodeCertificate(service.bay, { ...wanted, subjectAltNames: [{ type: 'ip', value: '10.0.0.6' }] }, context),
    ];
    expect(pems.map((pem) => new X509Certificate(pem).checkIP('10.0.0.6'))).toEqual([undefined, '10.0.0.6']);
  });
});
