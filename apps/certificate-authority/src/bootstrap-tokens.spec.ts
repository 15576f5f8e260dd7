import { X509Certificate, createHash } from 'node:crypto';
import type { NamedBay } from './bay-authorities.ts';
import type { CertificateAuthority } from './certificate-authority.ts';
import { aCsr, aName } from './testing/a-csr.ts';
import { aContext, aService, codeOf } from './testing/a-service.ts';
import { utf8 } from './x509/der.ts';

const ORGANISATION = '2.5.4.10';
const COMMON_NAME = '2.5.4.3';

let service: ReturnType<typeof aService>;
beforeEach(() => (service = aService()));

const nodes = { stack: 'k1', masters: 1, workers: 2 };
const mint = (authority: CertificateAuthority, commandId?: string) => authority.mintBootstrapToken(service.bay, nodes, aContext(commandId));
/** What templates make of it. */
const shareOf = (token: string, node: string, role = 'worker') =>
  `jeroboam-node:${role}:${node}:${createHash('sha256').update(`${role}:${node}:${token}`).digest('hex')}`;
const kubeletCsr = (node: string) => aCsr({ subject: aName([ORGANISATION, utf8('system:nodes')], [COMMON_NAME, utf8(`system:node:${node}`)]) });
const sign = (authority: CertificateAuthority, nodeToken: string, csrPem: string, bay: NamedBay = service.bay) =>
  authority.signForNode(bay, nodeToken, { authority: 'kubernetes', csrPem }, aContext());
const reasonOf = (work: Promise<unknown>) => work.then(() => 'none', ({ code, details }: { code: string; details: { reason?: string } }) => `${code} ${details.reason ?? ''}`);

describe('A bootstrap token', () => {
  it('lets a node see the authority and have its certificate signed, whichever process is asked', async () => {
    const token = await mint(service.aProcess());
    const share = shareOf(token, 'k1-worker-0');
    const ca = await service.aProcess().caCertificateForNode(service.bay, 'kubernetes', share, aContext());
    const csr = kubeletCsr('k1-worker-0');
    const certificate = new X509Certificate(await sign(service.aProcess(), share, csr.pem));
    expect(certificate.verify(new X509Certificate(ca).publicKey)).toBe(true);
    expect(certificate.subject).toBe('O=system:nodes\nCN=system:node:k1-worker-0');
    expect((await service.events()).at(-1)).toMatchObject({
      type: 'CertificateIssued', data: { purpose: 'node', csrHash: csr.hash, bootstrap: { role: 'worker', node: 'k1-worker-0', at: service.clock.now().toISOString() } },
    });
  });

  it('gives the same certificate to the same request, and nothing to another', async () => {
    const authority = service.aProcess();
    const share = shareOf(await mint(authority), 'k1-worker-0');
    const csr = kubeletCsr('k1-worker-0');
    const pem = await sign(authority, share, csr.pem);
    expect(await sign(authority, share, csr.pem)).toBe(pem);
    expect(await sign(service.aProcess(), share, csr.pem)).toBe(pem);
    expect(await reasonOf(sign(authority, share, kubeletCsr('k1-worker-0').pem))).toBe('BOOTSTRAP_TOKEN_REFUSED used-up');
    expect((await service.types()).filter((type) => type === 'CertificateIssued')).toHaveLength(1);
  });

  it('is used once, however many processes are asked at once', async () => {
    const token = await mint(service.aProcess());
    const shares = Array.from({ length: 6 }, (_, number) => `k1-worker-${number}`);
    const outcomes = await Promise.all(
      shares.flatMap((node) => [1, 2].map(() => codeOf(sign(service.aProcess(), shareOf(token, node), kubeletCsr(node).pem)))),
    );
    expect(outcomes.filter((outcome) => outcome !== 'BOOTSTRAP_TOKEN_REFUSED')).toHaveLength(2);
    expect((await service.types()).filter((type) => type === 'CertificateIssued')).toHaveLength(2);
  });

  it('is worth nothing to another node, role or bay, nor as it is', async () => {
    const authority = service.aProcess();
    const token = await mint(authority);
    const csr = kubeletCsr('k1-worker-0').pem;
    const share = shareOf(token, 'k1-worker-0');
    for (const shown of [share.replace('worker-0', 'worker-1'), share.replace('node:worker', 'node:master'), token, 'jeroboam-node:', '']) {
      expect(await reasonOf(sign(authority, shown, csr))).toBe('BOOTSTRAP_TOKEN_REFUSED unknown');
      expect(await reasonOf(authority.caCertificateForNode(service.bay, 'kubernetes', shown, aContext()))).toBe('BOOTSTRAP_TOKEN_REFUSED unknown');
    }
    const other = { ...service.bay, bayId: `${service.bay.bayId.slice(0, -4)}0000` };
    expect(await reasonOf(sign(authority, share, csr, other))).toBe('BOOTSTRAP_TOKEN_REFUSED unknown');
    await authority.mintBootstrapToken(other, nodes, aContext());
    expect(await reasonOf(sign(authority, share, csr, other))).toBe('BOOTSTRAP_TOKEN_REFUSED unknown');
  });

  it('ends with its time, with its stack and with the bay', async () => {
    const authority = service.aProcess();
    const [late, done, gone] = [await mint(authority), await mint(authority), await mint(authority)];
    const ask = (token: string, node: string) => reasonOf(authority.caCertificateForNode(service.bay, 'kubernetes', shareOf(token, node), aContext()));
    await service.clock.advance(119 * 60_000);
    expect(await ask(late, 'k1-worker-0')).toBe('none');
    await service.clock.advance(60_000);
    expect(await ask(late, 'k1-worker-0')).toBe('BOOTSTRAP_TOKEN_REFUSED expired');
    await authority.closeBootstrapTokens(service.bay.bayId, 'k1', aContext());
    expect(await ask(done, 'k1-worker-0')).toBe('BOOTSTRAP_TOKEN_REFUSED closed');
    const fresh = await mint(authority);
    expect(await ask(fresh, 'k1-worker-0')).toBe('none');
    await authority.withdraw(service.bay.bayId, aContext());
    expect(await ask(gone, 'k1-worker-0')).toBe('BOOTSTRAP_TOKEN_REFUSED unknown');
  });

  it('ends with the authority it was made under', async () => {
    const authority = service.aProcess();
    const share = shareOf(await mint(authority), 'k1-worker-0');
    await authority.startRotation(service.bay, 'o1', aContext());
    expect(await reasonOf(authority.caCertificateForNode(service.bay, 'kubernetes', share, aContext()))).toBe('none');
    await authority.completeRotation(service.bay.bayId, 'o1', aContext());
    expect(await reasonOf(authority.caCertificateForNode(service.bay, 'kubernetes', share, aContext()))).toBe('BOOTSTRAP_TOKEN_REFUSED unknown');
  });

  it('is the same for the same command, and another for each other one', async () => {
    const first = await mint(service.aProcess(), 'c1');
    expect(await mint(service.aProcess(), 'c1')).toBe(first);
    expect(await mint(service.aProcess(), 'c2')).not.toBe(first);
    expect((await service.types()).filter((type) => type === 'BootstrapTokenMinted')).toHaveLength(2);
  });

  it('is in no event, only its fingerprint', async () => {
    const authority = service.aProcess();
    const token = await mint(authority);
    const share = shareOf(token, 'k1-worker-0');
    await sign(authority, share, kubeletCsr('k1-worker-0').pem);
    const log = JSON.stringify(await service.events());
    for (const secret of [token, token.slice('jeroboam-stack:'.length), share.split(':').at(-1)!]) expect(log).not.toContain(secret);
    expect(log).toContain(createHash('sha256').update(token).digest('hex'));
  });
});
