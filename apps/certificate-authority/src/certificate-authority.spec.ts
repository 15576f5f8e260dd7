import { X509Certificate } from 'node:crypto';
import type { NewEvent } from '@jeroboam/domain';
import { InMemoryEventLog } from '@jeroboam/event-log/testing';
import { aCsr } from './testing/a-csr.ts';
import { aContext, aService, codeOf } from './testing/a-service.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

let service: ReturnType<typeof aService>;
beforeEach(() => (service = aService()));

describe('A bay’s CA certificate', () => {
  it('is made on first use and stays the same', async () => {
    const authority = service.aProcess();
    const pem = await authority.caCertificate(service.bay, 'kubernetes', aContext());
    expect(await authority.caCertificate({ bayId: service.bay.bayId, bayName: 'renamed' }, 'kubernetes', aContext())).toBe(pem);
    expect(await service.aProcess().caCertificate(service.bay, 'kubernetes', aContext())).toBe(pem);
    expect(await service.types()).toEqual(['BayAuthorityEstablished']);
  });

  it('is what Magnum makes: named after the service.bay, self-signed, five years, an authority for leaves only', async () => {
    const pem = await service.aProcess().caCertificate(service.bay, 'kubernetes', aContext());
    expect(pem).toMatch(/^-----BEGIN CERTIFICATE-----\n([A-Za-z0-9+/=]{1,64}\n)+-----END CERTIFICATE-----$/);
    const certificate = new X509Certificate(pem);
    expect(certificate).toMatchObject({ subject: 'CN=tx1', issuer: 'CN=tx1', ca: true });
    expect(certificate.publicKey.asymmetricKeyDetails).toEqual({ modulusLength: 2048, publicExponent: 65537n });
    expect(certificate.validFromDate).toEqual(new Date(service.clock.now().getTime() - DAY_MS));
    expect(certificate.validToDate).toEqual(new Date(service.clock.now().getTime() + 1825 * DAY_MS));
    expect(certificate.verify(certificate.publicKey)).toBe(true);
  });

  it('carries the bay’s id where the bay has no name', async () => {
    expect(
      new X509Certificate(await service.aProcess().caCertificate({ bayId: service.bay.bayId, bayName: '' }, 'etcd', aContext())).subject,
    ).toBe(`CN=${service.bay.bayId}`);
  });

  it('keeps a name of any length and alphabet', async () => {
    const bayName = `баржа-${'x'.repeat(230)}`;
    expect(
      new X509Certificate(await service.aProcess().caCertificate({ bayId: service.bay.bayId, bayName }, 'kubernetes', aContext())).subject,
    ).toBe(`CN=${bayName}`);
  });

  it('is another, with another key and the same name, for each of the three authorities', async () => {
    const authority = service.aProcess();
    const pems = await Promise.all(
      (['kubernetes', 'etcd', 'front-proxy'] as const).map((which) => authority.caCertificate(service.bay, which, aContext())),
    );
    const certificates = pems.map((pem) => new X509Certificate(pem));
    expect(new Set(certificates.map(({ publicKey }) => publicKey.export({ format: 'pem', type: 'spki' }))).size).toBe(3);
    expect(new Set(certificates.map(({ subject }) => subject))).toEqual(new Set(['CN=tx1']));
  });

  it('is one, however many processes are asked at once, and no key is left over', async () => {
    const processes = [service.aProcess(), service.aProcess(), service.aProcess()];
    const pems = await Promise.all([...processes, ...processes].map((each) => each.caCertificate(service.bay, 'kubernetes', aContext())));
    expect(new Set(pems).size).toBe(1);
    expect(await service.types()).toEqual(['BayAuthorityEstablished']);
    expect(await service.secrets.list('')).toHaveLength(1);
  });

  it('is recorded with who asked, and without its key', async () => {
    const context = aContext();
    await service.aProcess().caCertificate(service.bay, 'kubernetes', context);
    const [event] = await service.events();
    const [secretRef] = await service.secrets.list(`certificate-authority/${service.bay.bayId}/kubernetes-`);
    expect(event).toMatchObject({
      type: 'BayAuthorityEstablished',
      occurredAt: service.clock.now().toISOString(),
      actor: context.actor,
      requestId: 'req-1',
      correlationId: 'cor-1',
      causationId: context.commandId,
      data: {
        bayId: service.bay.bayId,
        authority: 'kubernetes',
        secretRef,
        notAfter: '2031-01-30T12:00:00.000Z',
        serial: expect.stringMatching(/^[0-9a-f]{32}$/),
      },
    });
    const pkcs8 = (await service.secrets.get(secretRef!))!;
    const stored = JSON.stringify(service.store.rows);
    for (const encoding of ['base64', 'base64url', 'hex'] as const)
      expect(stored).not.toContain(pkcs8.subarray(40, 80).toString(encoding).slice(0, 40));
  });

  it('keeps its key when it is unknown whether the log took it, so that a later look finds both', async () => {
    service.log.failNextAppend({ written: true });
    expect(await codeOf(service.aProcess(service.log).caCertificate(service.bay, 'kubernetes', aContext()))).toBe('LOG_UNAVAILABLE');
    const authority = service.aProcess();
    await authority.caCertificate(service.bay, 'kubernetes', aContext());
    await authority.signClientCsr(service.bay, 'kubernetes', aCsr().pem, aContext());
    expect(await service.types()).toEqual(['BayAuthorityEstablished', 'CertificateIssued']);
  });

  it('is not made where the log did not take it', async () => {
    service.log.failNextAppend({ written: false });
    expect(await codeOf(service.aProcess(service.log).caCertificate(service.bay, 'kubernetes', aContext()))).toBe('LOG_UNAVAILABLE');
    expect(await service.types()).toEqual([]);
  });
});

describe('Withdrawing a bay’s authorities', () => {
  it('destroys every key, and nothing is signed any more', async () => {
    const authority = service.aProcess();
    await authority.caCertificate(service.bay, 'kubernetes', aContext());
    await authority.caCertificate(service.bay, 'etcd', aContext());
    await service.secrets.put(`certificate-authority/${service.bay.bayId}/kubernetes-left-by-a-crash`, 'key');
    await service.secrets.put('certificate-authority/another-bay/kubernetes-1', 'key');
    await authority.withdraw(service.bay.bayId, aContext());
    expect(await service.secrets.list('')).toEqual(['certificate-authority/another-bay/kubernetes-1']);
    expect(await codeOf(authority.signClientCsr(service.bay, 'kubernetes', aCsr().pem, aContext()))).toBe('AUTHORITIES_WITHDRAWN');
    expect(await codeOf(service.aProcess().caCertificate(service.bay, 'front-proxy', aContext()))).toBe('AUTHORITIES_WITHDRAWN');
    expect((await service.types()).at(-1)).toBe('BayAuthoritiesWithdrawn');
  });

  it('is done once, however often it is asked for', async () => {
    const context = aContext();
    await service.aProcess().caCertificate(service.bay, 'kubernetes', aContext());
    await service.aProcess().withdraw(service.bay.bayId, context);
    await service.aProcess().withdraw(service.bay.bayId, context);
    await service.aProcess().withdraw(service.bay.bayId, aContext());
    expect(await service.types()).toEqual(['BayAuthorityEstablished', 'BayAuthoritiesWithdrawn']);
  });

  it('is fine for a bay that never had any', async () => {
    await service.aProcess().withdraw(service.bay.bayId, aContext());
    expect(await codeOf(service.aProcess().caCertificate(service.bay, 'kubernetes', aContext()))).toBe('AUTHORITIES_WITHDRAWN');
    expect(await service.secrets.list('')).toEqual([]);
  });

  it('is finished by asking again when destroying the keys was cut short', async () => {
    await service.aProcess().caCertificate(service.bay, 'kubernetes', aContext());
    const context = aContext();
    const destroy = service.secrets.destroy.bind(service.secrets);
    service.secrets.destroy = () => Promise.reject(new Error('disk'));
    await expect(service.aProcess().withdraw(service.bay.bayId, context)).rejects.toThrow('disk');
    service.secrets.destroy = destroy;
    await service.aProcess().withdraw(service.bay.bayId, context);
    expect(await service.secrets.list('')).toEqual([]);
  });

  it('leaves no key behind when an authority is being made at that moment', async () => {
    const making = new Gate(service.log);
    const made = service.aProcess(making).caCertificate(service.bay, 'kubernetes', aContext());
    await making.reached;
    await service.aProcess().withdraw(service.bay.bayId, aContext());
    making.open();
    expect(await codeOf(made)).toBe('AUTHORITIES_WITHDRAWN');
    expect(await service.secrets.list('')).toEqual([]);
  });

  it('refuses a signature under way rather than missing its key', async () => {
    const authority = service.aProcess();
    await authority.caCertificate(service.bay, 'kubernetes', aContext());
    const get = service.secrets.get.bind(service.secrets);
    service.secrets.get = async (ref) => {
      await service.aProcess().withdraw(service.bay.bayId, aContext());
      return get(ref);
    };
    expect(await codeOf(authority.signClientCsr(service.bay, 'kubernetes', aCsr().pem, aContext()))).toBe('AUTHORITIES_WITHDRAWN');
  });
});

describe('A key that the secret store has lost', () => {
  it('is no refusal but a bug to be woken for', async () => {
    const authority = service.aProcess();
    await authority.caCertificate(service.bay, 'kubernetes', aContext());
    for (const ref of await service.secrets.list('')) await service.secrets.destroy(ref);
    const outcome = await codeOf(authority.signClientCsr(service.bay, 'kubernetes', aCsr().pem, aContext()));
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
    super(service.store);
  }

  override async append(stream: string, batch: readonly NewEvent[], expected: number | 'none' | 'any') {
    this.#arrived();
    await this.#opened;
    return this.behind.append(stream, batch, expected);
  }
}
