import { X509Certificate, randomUUID } from 'node:crypto';
import type { EventContext, NewEvent, RecordedEvent } from '@jeroboam/domain';
import { InMemoryEventLog, InMemoryStore } from '@jeroboam/event-log/testing';
import { FakeClock } from '@jeroboam/platform/testing';
import { InMemorySecretStore } from '@jeroboam/secrets/testing';
import { CertificateAuthority } from './certificate-authority.ts';
import { RsaKeySource } from './rsa-key-source.ts';
import { aCsr, aName, anEcKey, anExtension, anRsaKey } from './testing/a-csr.ts';
import { bits, boolean, integer, octets, oid, sequence, taggedBytes, utf8 } from './x509/der.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const KEY_USAGE = '2.5.29.15';
const CONSTRAINTS = '2.5.29.19';

let bayId: string;
let bay: { bayId: string; bayName: string };
let store: InMemoryStore;
let log: InMemoryEventLog;
let secrets: InMemorySecretStore;
let clock: FakeClock;

beforeEach(() => {
  bayId = randomUUID();
  bay = { bayId, bayName: 'tx1' };
  store = new InMemoryStore();
  log = new InMemoryEventLog(store);
  secrets = new InMemorySecretStore();
  clock = new FakeClock();
});

/** One process of the service; all share log and secrets. */
const aProcess = (eventLog = new InMemoryEventLog(store)) => new CertificateAuthority({ eventLog, secrets, clock, keySource: new RsaKeySource(0) });
const aContext = (commandId: string = randomUUID()): EventContext => ({
  actor: { userId: 'ann', projectId: 'demo', roles: ['member'] }, requestId: 'req-1', commandId, correlationId: 'cor-1', causationId: null,
});
const events = async () => {
  const found: RecordedEvent[] = [];
  for await (const event of log.readStream(`certificates-${bayId}`)) found.push(event);
  return found;
};
const types = async () => (await events()).map(({ type }) => type);
const codeOf = (work: Promise<unknown>) => work.then((value) => ({ value }), (error: unknown) => (error as { code?: string }).code ?? error);

describe('A bay’s CA certificate', () => {
  it('is made on first use and stays the same', async () => {
    const authority = aProcess();
    const pem = await authority.caCertificate(bay, 'kubernetes', aContext());
    expect(await authority.caCertificate({ bayId, bayName: 'renamed' }, 'kubernetes', aContext())).toBe(pem);
    expect(await aProcess().caCertificate(bay, 'kubernetes', aContext())).toBe(pem);
    expect(await types()).toEqual(['BayAuthorityEstablished']);
  });

  it('is what Magnum makes: named after the bay, self-signed, five years, an authority for leaves only', async () => {
    const pem = await aProcess().caCertificate(bay, 'kubernetes', aContext());
    expect(pem).toMatch(/^-----BEGIN CERTIFICATE-----\n([A-Za-z0-9+/=]{1,64}\n)+-----END CERTIFICATE-----$/);
    const certificate = new X509Certificate(pem);
    expect(certificate).toMatchObject({ subject: 'CN=tx1', issuer: 'CN=tx1', ca: true });
    expect(certificate.publicKey.asymmetricKeyDetails).toEqual({ modulusLength: 2048, publicExponent: 65537n });
    expect(certificate.validFromDate).toEqual(new Date(clock.now().getTime() - DAY_MS));
    expect(certificate.validToDate).toEqual(new Date(clock.now().getTime() + 1825 * DAY_MS));
    expect(certificate.verify(certificate.publicKey)).toBe(true);
  });

  it('carries the bay’s id where the bay has no name', async () => {
    expect(new X509Certificate(await aProcess().caCertificate({ bayId, bayName: '' }, 'etcd', aContext())).subject).toBe(`CN=${bayId}`);
  });

  it('keeps a name of any length and alphabet', async () => {
    const bayName = `баржа-${'x'.repeat(230)}`;
    expect(new X509Certificate(await aProcess().caCertificate({ bayId, bayName }, 'kubernetes', aContext())).subject).toBe(`CN=${bayName}`);
  });

  it('is another, with another key and the same name, for each of the three authorities', async () => {
    const authority = aProcess();
    const pems = await Promise.all((['kubernetes', 'etcd', 'front-proxy'] as const).map((which) => authority.caCertificate(bay, which, aContext())));
    const certificates = pems.map((pem) => new X509Certificate(pem));
    expect(new Set(certificates.map(({ publicKey }) => publicKey.export({ format: 'pem', type: 'spki' }))).size).toBe(3);
    expect(new Set(certificates.map(({ subject }) => subject))).toEqual(new Set(['CN=tx1']));
  });

  it('is one, however many processes are asked at once, and no key is left over', async () => {
    const processes = [aProcess(), aProcess(), aProcess()];
    const pems = await Promise.all([...processes, ...processes].map((each) => each.caCertificate(bay, 'kubernetes', aContext())));
    expect(new Set(pems).size).toBe(1);
    expect(await types()).toEqual(['BayAuthorityEstablished']);
    expect(await secrets.list('')).toHaveLength(1);
  });

  it('is recorded with who asked, and without its key', async () => {
    const context = aContext();
    await aProcess().caCertificate(bay, 'kubernetes', context);
    const [event] = await events();
    const [secretRef] = await secrets.list(`certificate-authority/${bayId}/kubernetes-`);
    expect(event).toMatchObject({
      type: 'BayAuthorityEstablished', occurredAt: clock.now().toISOString(), actor: context.actor, requestId: 'req-1', correlationId: 'cor-1', causationId: context.commandId,
      data: { bayId, authority: 'kubernetes', secretRef, notAfter: '2031-01-30T12:00:00.000Z', serial: expect.stringMatching(/^[0-9a-f]{32}$/) },
    });
    const pkcs8 = (await secrets.get(secretRef!))!;
    const stored = JSON.stringify(store.rows);
    for (const encoding of ['base64', 'base64url', 'hex'] as const) expect(stored).not.toContain(pkcs8.subarray(40, 80).toString(encoding).slice(0, 40));
  });

  it('keeps its key when it is unknown whether the log took it, so that a later look finds both', async () => {
    log.failNextAppend({ written: true });
    expect(await codeOf(aProcess(log).caCertificate(bay, 'kubernetes', aContext()))).toBe('LOG_UNAVAILABLE');
    const authority = aProcess();
    await authority.caCertificate(bay, 'kubernetes', aContext());
    await authority.signClientCsr(bay, 'kubernetes', aCsr().pem, aContext());
    expect(await types()).toEqual(['BayAuthorityEstablished', 'CertificateIssued']);
  });

  it('is not made where the log did not take it', async () => {
    log.failNextAppend({ written: false });
    expect(await codeOf(aProcess(log).caCertificate(bay, 'kubernetes', aContext()))).toBe('LOG_UNAVAILABLE');
    expect(await types()).toEqual([]);
  });
});

describe('A signed client CSR', () => {
  const issued = async (csr: { pem: string }) => new X509Certificate(await aProcess().signClientCsr(bay, 'kubernetes', csr.pem, aContext()));
  const issuedEvent = async () => (await events()).at(-1)!.data as Record<string, unknown>;

  it('has the CSR’s subject and key, and Magnum’s validity, issuer and lack of limits', async () => {
    const csr = aCsr({ key: anRsaKey() });
    const certificate = await issued(csr);
    const ca = new X509Certificate(await aProcess().caCertificate(bay, 'kubernetes', aContext()));
    expect(certificate).toMatchObject({ subject: 'CN=admin\nO=system:masters', issuer: 'CN=tx1', ca: false, keyUsage: undefined, subjectAltName: undefined });
    expect(certificate.verify(ca.publicKey)).toBe(true);
    expect(certificate.publicKey.equals(csr.publicKey)).toBe(true);
    expect([certificate.validFromDate, certificate.validToDate]).toEqual([ca.validFromDate, ca.validToDate]);
  });

  it('is entered in the ledger with who asked for it', async () => {
    const csr = aCsr({ extensions: [anExtension('2.5.29.17', sequence(taggedBytes(2, Buffer.from('a.example')), taggedBytes(7, Buffer.from([10, 0, 0, 1])))), anExtension('2.5.29.37', sequence(oid('1.3.6.1.5.5.7.3.2')))] });
    const certificate = await issued(csr);
    expect(await issuedEvent()).toEqual({
      bayId, authority: 'kubernetes', requester: { userId: 'ann', projectId: 'demo' }, subject: 'CN=admin, O=system:masters', subjectAltNames: ['DNS:a.example', 'IP:10.0.0.1'],
      usages: ['clientAuth'], csrHash: csr.hash, serial: certificate.serialNumber.toLowerCase().padStart(32, '0'),
      fingerprint: certificate.fingerprint256.replaceAll(':', '').toLowerCase(), notAfter: '2031-01-30T12:00:00.000Z',
    });
    expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.2']);
    expect(certificate.subjectAltName).toBe('DNS:a.example, IP Address:10.0.0.1');
  });

  it('keeps the very bytes of the subject', async () => {
    const name = aName(['2.5.4.6', { ...utf8('DE'), type: 19 }], ['2.5.4.3', utf8('Zoë')], ['1.2.3.4', utf8('x')]);
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
    const csr = aCsr({ extensions: [anExtension(CONSTRAINTS, sequence(boolean(true), integer('0'))), anExtension(KEY_USAGE, bits(Buffer.from([0b10000110]), 1))] });
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
    expect(await codeOf(aProcess().signClientCsr(bay, 'kubernetes', aCsr({ extensions }).pem, aContext()))).toBe(code);
    expect([await types(), await secrets.list('')]).toEqual([[], []]);
  });

  it('is refused in Magnum’s words where there is no CSR', async () => {
    await expect(aProcess().signClientCsr(bay, 'kubernetes', 'junk', aContext())).rejects.toMatchObject({ kind: 'invalid', message: "Received invalid csr b'junk'." });
  });

  it('is refused where its parts make no certificate that can be read', async () => {
    // An attribute type that begins with a superfluous byte: DER that only OpenSSL minds.
    const type = { ...oid('2.5.4.3'), value: '\x80\x55\x04\x03' };
    const subject = sequence({ ...sequence(sequence(type, utf8('x'))), type: 17 });
    expect(await codeOf(aProcess().signClientCsr(bay, 'kubernetes', aCsr({ subject }).pem, aContext()))).toBe('INVALID_CSR');
  });

  it('is made again for the same CSR asked for again, with a serial number of its own', async () => {
    const csr = aCsr();
    const serials = [await issued(csr), await issued(csr)].map(({ serialNumber }) => serialNumber);
    expect(new Set(serials).size).toBe(2);
  });

  it('is the same certificate, byte for byte, when the command is repeated, however late and wherever', async () => {
    const csr = aCsr();
    const context = aContext();
    const first = await aProcess().signClientCsr(bay, 'kubernetes', csr.pem, context);
    await aProcess().signClientCsr(bay, 'kubernetes', csr.pem, aContext());
    await clock.advance(3 * DAY_MS);
    expect(await aProcess().signClientCsr(bay, 'kubernetes', csr.pem, context)).toBe(first);
    expect(await types()).toEqual(['BayAuthorityEstablished', 'CertificateIssued', 'CertificateIssued']);
  });

  it('is found again when it was unknown whether the log took it', async () => {
    await aProcess().caCertificate(bay, 'kubernetes', aContext());
    const context = aContext();
    const csr = aCsr();
    log.failNextAppend({ written: true });
    expect(await codeOf(aProcess(log).signClientCsr(bay, 'kubernetes', csr.pem, context))).toBe('LOG_UNAVAILABLE');
    const certificate = new X509Certificate(await aProcess().signClientCsr(bay, 'kubernetes', csr.pem, context));
    expect((await issuedEvent()).serial).toBe(certificate.serialNumber.toLowerCase().padStart(32, '0'));
    expect(await types()).toEqual(['BayAuthorityEstablished', 'CertificateIssued']);
  });

  it('is signed by the authority that was asked for', async () => {
    const authority = aProcess();
    const certificate = new X509Certificate(await authority.signClientCsr(bay, 'etcd', aCsr().pem, aContext()));
    expect(certificate.verify(new X509Certificate(await authority.caCertificate(bay, 'etcd', aContext())).publicKey)).toBe(true);
    expect(certificate.verify(new X509Certificate(await authority.caCertificate(bay, 'kubernetes', aContext())).publicKey)).toBe(false);
  });

  it('is there for everyone when many are signed at once by several processes', async () => {
    const processes = [aProcess(), aProcess(), aProcess()];
    const csr = aCsr();
    const pems = await Promise.all(Array.from({ length: 60 }, (_, index) => processes[index % 3]!.signClientCsr(bay, 'kubernetes', csr.pem, aContext())));
    expect(new Set(pems).size).toBe(60);
    expect((await types()).filter((type) => type === 'CertificateIssued')).toHaveLength(60);
  });
});

describe('A node’s certificate', () => {
  const csr = aCsr({
    subject: aName(['2.5.4.3', utf8('default-worker-0')]),
    extensions: [anExtension('2.5.29.17', sequence(taggedBytes(2, Buffer.from('evil.example'))), true), anExtension(CONSTRAINTS, sequence(boolean(true)), true)],
  });
  const wanted = { csrPem: csr.pem, usages: ['server', 'client'] as const, subjectAltNames: [{ type: 'ip', value: '10.0.0.5' }, { type: 'ip', value: 'fd00::5' }, { type: 'dns', value: 'node-0.bay' }] as const };

  it('says what the driver asked for, whatever the CSR says', async () => {
    const certificate = new X509Certificate(await aProcess().signNodeCertificate(bay, wanted, aContext()));
    expect(certificate).toMatchObject({
      subject: 'CN=default-worker-0', ca: false, keyUsage: ['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2'],
      subjectAltName: 'IP Address:10.0.0.5, IP Address:FD00:0:0:0:0:0:0:5, DNS:node-0.bay',
    });
    expect((await events()).at(-1)!.data).toMatchObject({
      purpose: 'node', authority: 'kubernetes', subjectAltNames: ['IP:10.0.0.5', 'IP:fd00::5', 'DNS:node-0.bay'], usages: ['serverAuth', 'clientAuth'], csrHash: csr.hash,
    });
  });

  it('promises to encipher keys with an RSA key only', async () => {
    const usageOf = async (key: ReturnType<typeof anRsaKey>) => {
      const { raw } = new X509Certificate(await aProcess().signNodeCertificate(bay, { ...wanted, csrPem: aCsr({ key }).pem }, aContext()));
      return raw.subarray(raw.indexOf(Buffer.from('0603551d0f0101ff0404', 'hex')) + 10).subarray(0, 4).toString('hex');
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
    expect(await codeOf(aProcess().signNodeCertificate(bay, { ...wanted, ...change }, aContext()))).toBe('INVALID_CERTIFICATE_REQUEST');
    expect(await types()).toEqual([]);
  });

  it('is another for other names asked for by the same command', async () => {
    const context = aContext();
    const authority = aProcess();
    const pems = [await authority.signNodeCertificate(bay, wanted, context), await authority.signNodeCertificate(bay, { ...wanted, subjectAltNames: [{ type: 'ip', value: '10.0.0.6' }] }, context)];
    expect(pems.map((pem) => new X509Certificate(pem).checkIP('10.0.0.6'))).toEqual([undefined, '10.0.0.6']);
  });
});

describe('Withdrawing a bay’s authorities', () => {
  it('destroys every key, and nothing is signed any more', async () => {
    const authority = aProcess();
    await authority.caCertificate(bay, 'kubernetes', aContext());
    await authority.caCertificate(bay, 'etcd', aContext());
    await secrets.put(`certificate-authority/${bayId}/kubernetes-left-by-a-crash`, 'key');
    await secrets.put('certificate-authority/another-bay/kubernetes-1', 'key');
    await authority.withdraw(bayId, aContext());
    expect(await secrets.list('')).toEqual(['certificate-authority/another-bay/kubernetes-1']);
    expect(await codeOf(authority.signClientCsr(bay, 'kubernetes', aCsr().pem, aContext()))).toBe('AUTHORITIES_WITHDRAWN');
    expect(await codeOf(aProcess().caCertificate(bay, 'front-proxy', aContext()))).toBe('AUTHORITIES_WITHDRAWN');
    expect((await types()).at(-1)).toBe('BayAuthoritiesWithdrawn');
  });

  it('is done once, however often it is asked for', async () => {
    const context = aContext();
    await aProcess().caCertificate(bay, 'kubernetes', aContext());
    await aProcess().withdraw(bayId, context);
    await aProcess().withdraw(bayId, context);
    await aProcess().withdraw(bayId, aContext());
    expect(await types()).toEqual(['BayAuthorityEstablished', 'BayAuthoritiesWithdrawn']);
  });

  it('is fine for a bay that never had any', async () => {
    await aProcess().withdraw(bayId, aContext());
    expect(await codeOf(aProcess().caCertificate(bay, 'kubernetes', aContext()))).toBe('AUTHORITIES_WITHDRAWN');
    expect(await secrets.list('')).toEqual([]);
  });

  it('is finished by asking again when destroying the keys was cut short', async () => {
    await aProcess().caCertificate(bay, 'kubernetes', aContext());
    const context = aContext();
    secrets.destroy = () => Promise.reject(new Error('disk'));
    await expect(aProcess().withdraw(bayId, context)).rejects.toThrow('disk');
    secrets.destroy = InMemorySecretStore.prototype.destroy;
    await aProcess().withdraw(bayId, context);
    expect(await secrets.list('')).toEqual([]);
  });

  it('leaves no key behind when an authority is being made at that moment', async () => {
    const making = new Gate(log);
    const made = aProcess(making).caCertificate(bay, 'kubernetes', aContext());
    await making.reached;
    await aProcess().withdraw(bayId, aContext());
    making.open();
    expect(await codeOf(made)).toBe('AUTHORITIES_WITHDRAWN');
    expect(await secrets.list('')).toEqual([]);
  });

  it('refuses a signature under way rather than missing its key', async () => {
    const authority = aProcess();
    await authority.caCertificate(bay, 'kubernetes', aContext());
    secrets.get = async (ref) => {
      await aProcess().withdraw(bayId, aContext());
      return InMemorySecretStore.prototype.get.call(secrets, ref);
    };
    expect(await codeOf(authority.signClientCsr(bay, 'kubernetes', aCsr().pem, aContext()))).toBe('AUTHORITIES_WITHDRAWN');
  });
});

describe('A key that the secret store has lost', () => {
  it('is no refusal but a bug to be woken for', async () => {
    const authority = aProcess();
    await authority.caCertificate(bay, 'kubernetes', aContext());
    for (const ref of await secrets.list('')) await secrets.destroy(ref);
    const outcome = await codeOf(authority.signClientCsr(bay, 'kubernetes', aCsr().pem, aContext()));
    expect(String(outcome)).toContain('is not in the secret store');
  });
});

/** A log whose first append waits until the test opens it. */
class Gate extends InMemoryEventLog {
  open!: () => void;
  readonly #opened = new Promise<void>((resolve) => (this.open = resolve));
  #arrived!: () => void;
  readonly reached = new Promise<void>((resolve) => (this.#arrived = resolve));

  constructor(private readonly behind: InMemoryEventLog) {
    super(store);
  }

  override async append(stream: string, batch: readonly NewEvent[], expected: number | 'none' | 'any') {
    this.#arrived();
    await this.#opened;
    return this.behind.append(stream, batch, expected);
  }
}
