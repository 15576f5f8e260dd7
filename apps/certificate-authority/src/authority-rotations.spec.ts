import { X509Certificate } from 'node:crypto';
import type { CertificateAuthority } from './certificate-authority.ts';
import { aCsr } from './testing/a-csr.ts';
import { aContext, aService, codeOf } from './testing/a-service.ts';

let service: ReturnType<typeof aService>;
let authority: CertificateAuthority;
beforeEach(() => {
  service = aService();
  authority = service.aProcess();
});

const ca = (which: 'kubernetes' | 'etcd' | 'front-proxy' = 'kubernetes') => authority.caCertificate(service.bay, which, aContext());
const start = (rotationId = 'o1') => authority.startRotation(service.bay, rotationId, aContext());
const complete = (rotationId = 'o1') => authority.completeRotation(service.bay.bayId, rotationId, aContext());
const trusted = () => authority.trustedCertificates(service.bay, 'kubernetes', aContext());
const forUser = (csr = aCsr().pem, context = aContext()) => authority.signClientCsr(service.bay, 'kubernetes', csr, context);
const forNode = (issuer?: 'candidate') => {
  const request = { csrPem: aCsr().pem, usages: ['client'], subjectAltNames: [], ...(issuer ? { issuer } : {}) } as const;
  return authority.signNodeCertificate(service.bay, request, aContext());
};
const isBy = (pem: string, issuerPem: string) => new X509Certificate(pem).verify(new X509Certificate(issuerPem).publicKey);

describe('A rotation', () => {
  it('makes a candidate for each authority the bay has: the same name, another key', async () => {
    const before = [await ca(), await ca('front-proxy')];
    const rotating = await start();
    expect(rotating.map(({ established }) => established.certificatePem)).toEqual(before);
    expect(rotating.map(({ candidate }) => candidate.authority)).toEqual(['kubernetes', 'front-proxy']);
    const keys = [...before, ...rotating.map(({ candidate }) => candidate.certificatePem)].map((pem) => new X509Certificate(pem));
    expect(new Set(keys.map(({ publicKey }) => publicKey.export({ format: 'pem', type: 'spki' }))).size).toBe(4);
    expect(new Set(keys.map(({ subject }) => subject))).toEqual(new Set(['CN=tx1']));
  });

  it('changes neither what is answered nor who signs, until it is completed', async () => {
    const old = await ca();
    const [{ candidate }] = (await start()) as [Awaited<ReturnType<typeof start>>[number]];
    expect(await ca()).toBe(old);
    expect([isBy(await forUser(), old), isBy(await forNode(), old)]).toEqual([true, true]);
    expect(await trusted()).toEqual([old, candidate.certificatePem]);
    expect(isBy(await forNode('candidate'), candidate.certificatePem)).toBe(true);
    await complete();
    expect(await ca()).toBe(candidate.certificatePem);
    expect([isBy(await forUser(), await ca()), isBy(await forNode(), await ca())]).toEqual([true, true]);
    expect(await trusted()).toEqual([candidate.certificatePem]);
  });

  it('puts all authorities in place and destroys all old keys', async () => {
    await ca();
    await ca('etcd');
    const old = await service.secrets.list('');
    const rotating = await start();
    await complete();
    expect([await ca(), await ca('etcd')]).toEqual(rotating.map(({ candidate }) => candidate.certificatePem));
    expect(await service.secrets.list('')).toEqual(rotating.map(({ candidate }) => candidate.secretRef).sort());
    expect(old.some((ref) => rotating.some(({ candidate }) => candidate.secretRef === ref))).toBe(false);
  });

  it('has one candidate, however many processes start it at once, and no key is left over', async () => {
    await ca();
    const started = await Promise.all([1, 2, 3].map(() => service.aProcess().startRotation(service.bay, 'o1', aContext())));
    expect(new Set(started.map(([first]) => first!.candidate.fingerprint)).size).toBe(1);
    expect(await service.types()).toEqual(['BayAuthorityEstablished', 'AuthorityRotationStarted']);
    expect(await service.secrets.list('')).toHaveLength(2);
  });

  it('that failed is taken up with the same candidate, also by another process', async () => {
    const old = await ca();
    const [first] = await start('o1');
    authority = service.aProcess();
    const [second] = await start('o2');
    expect(second!.candidate.certificatePem).toBe(first!.candidate.certificatePem);
    expect(await trusted()).toEqual([old, first!.candidate.certificatePem]);
    expect(await codeOf(complete('o1'))).toBe('AUTHORITY_ROTATION_NOT_STARTED');
    await complete('o2');
    expect(await ca()).toBe(first!.candidate.certificatePem);
  });

  it('is completed once, however often it is asked for', async () => {
    await start();
    await complete();
    await complete();
    const again = await ca();
    await complete();
    expect(await ca()).toBe(again);
    expect(await service.types()).toEqual(['BayAuthorityEstablished', 'AuthorityRotationStarted', 'AuthorityRotationCompleted']);
  });

  it('is finished by asking again when destroying the old key was cut short', async () => {
    await start();
    const destroy = service.secrets.destroy.bind(service.secrets);
    service.secrets.destroy = () => Promise.reject(new Error('disk'));
    await expect(complete()).rejects.toThrow('disk');
    service.secrets.destroy = destroy;
    expect(await service.secrets.list('')).toHaveLength(2);
    await complete();
    expect(await service.secrets.list('')).toHaveLength(1);
  });

  it('leaves no key behind when the bay goes in the middle of it', async () => {
    await start();
    await authority.withdraw(service.bay.bayId, aContext());
    expect(await service.secrets.list('')).toEqual([]);
    expect(await codeOf(start())).toBe('AUTHORITIES_WITHDRAWN');
    expect(await codeOf(complete())).toBe('AUTHORITIES_WITHDRAWN');
  });

  it('can follow another', async () => {
    const first = await ca();
    await start('o1');
    await complete('o1');
    const second = await ca();
    await start('o2');
    await complete('o2');
    expect(new Set([first, second, await ca()]).size).toBe(3);
    expect(await service.secrets.list('')).toHaveLength(1);
  });
});

describe('Signing around a rotation', () => {
  it('has no candidate to sign with where none is under way', async () => {
    expect(await codeOf(forNode('candidate'))).toBe('AUTHORITY_ROTATION_NOT_STARTED');
  });

  it('gives a command that is repeated after the rotation what the new authority signs', async () => {
    const context = aContext();
    const { pem: csr } = aCsr();
    const before = await forUser(csr, context);
    expect(await forUser(csr, context)).toBe(before);
    await start();
    expect(await forUser(csr, context)).toBe(before);
    await complete();
    const after = await forUser(csr, context);
    expect(isBy(after, await ca())).toBe(true);
    expect(await forUser(csr, context)).toBe(after);
  });

  it('signs anew when the authority is replaced just then, before its key was read', async () => {
    await start();
    const get = service.secrets.get.bind(service.secrets);
    service.secrets.get = async (ref) => {
      service.secrets.get = get;
      await service.aProcess().completeRotation(service.bay.bayId, 'o1', aContext());
      return get(ref);
    };
    expect(isBy(await forUser(), await ca())).toBe(true);
  });

  it('signs anew when the authority is replaced just then, after its key was read', async () => {
    await start();
    const get = service.secrets.get.bind(service.secrets);
    service.secrets.get = async (ref) => {
      service.secrets.get = get;
      const key = await get(ref);
      await service.aProcess().completeRotation(service.bay.bayId, 'o1', aContext());
      return key;
    };
    expect(isBy(await forUser(), await ca())).toBe(true);
    expect((await service.types()).filter((type) => type === 'CertificateIssued')).toHaveLength(1);
  });
});
