import { execFile } from 'node:child_process';
import { X509Certificate, randomUUID } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, createServer } from 'node:tls';
import type { ConnectionOptions, TlsOptions } from 'node:tls';
import { promisify } from 'node:util';
import { InMemoryEventLog } from '@jeroboam/event-log/testing';
import { systemClock } from '@jeroboam/platform';
import { openLocalSecretStore } from '@jeroboam/secrets';
import { CertificateAuthority } from './certificate-authority.ts';
import { aCsr, anEcKey, anRsaKey } from './testing/a-csr.ts';
import { aContext } from './testing/a-service.ts';

/** OpenSSL as everyone has it: the second opinion on what we make. */
const OPENSSL = 'openssl';
const MISSING = 'openssl is missing: install it (Debian: apt-get install openssl) to run this test';
const run = promisify(execFile);

let directory: string;
let authority: CertificateAuthority;
const bay = { bayId: randomUUID(), bayName: 'tx1' };

async function openssl(...args: string[]): Promise<string> {
  try {
    const { stdout, stderr } = await run(OPENSSL, args, { cwd: directory });
    return stdout + stderr;
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ENOENT') throw new Error(MISSING, { cause: error });
    throw error;
  }
}

const file = async (name: string, content: string) => {
  await writeFile(join(directory, name), content);
  return name;
};
const pemOf = (key: KeyObject) => key.export({ format: 'pem', type: 'pkcs8' });
/** The lines between the validity and the signature, without what differs from run to run. */
const essence = (text: string) =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => /^(Version|Signature Algorithm|Issuer|Subject|X509v3|CA:|Digital|Certificate Sign|TLS Web|IP Address)/.test(line));

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ca-'));
  const secrets = await openLocalSecretStore({ directory: join(directory, 'secrets'), masterKeyFile: join(directory, 'master.key') });
  authority = new CertificateAuthority({ eventLog: new InMemoryEventLog(), secrets, clock: systemClock });
  await file('ca.pem', await authority.caCertificate(bay, 'kubernetes', aContext()));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

describe('OpenSSL', () => {
  it('sees in a CA certificate exactly what Magnum puts there, in that order', async () => {
    expect(essence(await openssl('x509', '-in', 'ca.pem', '-noout', '-text', '-certopt', 'no_pubkey,no_sigdump'))).toEqual([
      'Version: 3 (0x2)',
      'Signature Algorithm: sha256WithRSAEncryption',
      'Issuer: CN = tx1',
      'Subject: CN = tx1',
      'X509v3 extensions:',
      'X509v3 Basic Constraints: critical',
      'CA:TRUE, pathlen:0',
      'X509v3 Key Usage: critical',
      'Certificate Sign',
      'X509v3 Subject Key Identifier:',
    ]);
  });

  it('makes a CSR as Magnum’s client does, and takes its certificate, which says nothing of usages', async () => {
    await openssl(
      'req',
      '-new',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-keyout',
      'client.key',
      '-subj',
      '/CN=admin/O=system:masters',
      '-out',
      'client.csr',
    );
    const csr = await readFile(join(directory, 'client.csr'), 'utf8');
    await file('client.pem', await authority.signClientCsr(bay, 'kubernetes', csr, aContext()));
    expect(await openssl('verify', '-CAfile', 'ca.pem', 'client.pem')).toContain('client.pem: OK');
    expect(await openssl('verify', '-purpose', 'sslclient', '-CAfile', 'ca.pem', 'client.pem')).toContain('OK');
    expect(essence(await openssl('x509', '-in', 'client.pem', '-noout', '-text', '-certopt', 'no_pubkey,no_sigdump'))).toEqual([
      'Version: 3 (0x2)',
      'Signature Algorithm: sha256WithRSAEncryption',
      'Issuer: CN = tx1',
      'Subject: CN = admin, O = system:masters',
      'X509v3 extensions:',
      'X509v3 Subject Key Identifier:',
    ]);
  });

  it('keeps the extensions its own CSR asks for, its own key identifier excepted', async () => {
    const add = [
      'subjectAltName=DNS:node-1,IP:10.0.0.7',
      'extendedKeyUsage=serverAuth',
      'keyUsage=critical,digitalSignature',
      'subjectKeyIdentifier=hash',
    ].flatMap((extension) => ['-addext', extension]);
    await openssl(
      'req',
      '-new',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-keyout',
      'kubelet.key',
      '-subj',
      '/O=system:nodes/CN=system:node:node-1',
      ...add,
      '-out',
      'kubelet.csr',
    );
    await file(
      'kubelet.pem',
      await authority.signClientCsr(bay, 'kubernetes', await readFile(join(directory, 'kubelet.csr'), 'utf8'), aContext()),
    );
    const text = await openssl('x509', '-in', 'kubelet.pem', '-noout', '-text');
    expect(text).toMatch(/Subject: O = system:nodes, CN = system:node:node-1/);
    expect(text).toMatch(/DNS:node-1, IP Address:10\.0\.0\.7/);
    expect(text).toMatch(/TLS Web Server Authentication/);
    expect(text.match(/Subject Key Identifier/g)).toHaveLength(1);
    expect(await openssl('verify', '-CAfile', 'ca.pem', 'kubelet.pem')).toContain('OK');
  });

  it('takes node certificates also when it keeps strictly to RFC 5280', async () => {
    const csr = aCsr({ key: anRsaKey() });
    await file(
      'node.pem',
      await authority.signNodeCertificate(
        bay,
        { csrPem: csr.pem, usages: ['server', 'client'], subjectAltNames: [{ type: 'ip', value: '127.0.0.1' }] },
        aContext(),
      ),
    );
    for (const purpose of ['sslserver', 'sslclient'])
      expect(await openssl('verify', '-x509_strict', '-purpose', purpose, '-CAfile', 'ca.pem', 'node.pem')).toContain('OK');
    expect(await openssl('verify', '-verify_ip', '127.0.0.1', '-CAfile', 'ca.pem', 'node.pem')).toContain('OK');
  });

  it('takes no certificate of one authority for another’s, although they bear one name', async () => {
    await file('etcd-ca.pem', await authority.caCertificate(bay, 'etcd', aContext()));
    await file('other.pem', await authority.signClientCsr(bay, 'kubernetes', aCsr().pem, aContext()));
    await expect(openssl('verify', '-CAfile', 'etcd-ca.pem', 'other.pem')).rejects.toThrow(/verification failed/);
    expect(await openssl('verify', '-CAfile', 'ca.pem', 'other.pem')).toContain('OK');
  });
});

describe('A TLS server that demands client certificates', () => {
  const key = anEcKey();
  const user = aCsr({ key: anRsaKey() });

  async function server(): Promise<TlsOptions> {
    const csr = aCsr({ key });
    const cert = await authority.signNodeCertificate(
      bay,
      {
        csrPem: csr.pem,
        usages: ['server'],
        subjectAltNames: [
          { type: 'ip', value: '127.0.0.1' },
          { type: 'dns', value: 'localhost' },
        ],
      },
      aContext(),
    );
    const ca = await authority.caCertificate(bay, 'kubernetes', aContext());
    return { key: pemOf(key.privateKey), cert, ca, requestCert: true, rejectUnauthorized: true };
  }

  /** What the server greets the client with, or why there was no handshake. */
  async function greeting(client: ConnectionOptions): Promise<string> {
    const listener = createServer(await server(), (socket) => {
      socket.on('error', () => socket.destroy());
      socket.end(`hello ${String(socket.getPeerCertificate().subject.CN)}`);
    });
    listener.listen(0, '127.0.0.1');
    await once(listener, 'listening');
    const { port } = listener.address() as AddressInfo;
    const socket = connect({ ...client, host: '127.0.0.1', port });
    try {
      let text = '';
      for await (const chunk of socket) text += String(chunk);
      // With TLS 1.3 a client may see no more of a refusal than the end.
      return text || 'no handshake: closed';
    } catch (error) {
      return `no handshake: ${(error as { code?: string }).code}`;
    } finally {
      socket.destroy();
      listener.close();
    }
  }

  it('talks to a user with a certificate made from a plain CSR, and the user to it', async () => {
    const cert = await authority.signClientCsr(bay, 'kubernetes', user.pem, aContext());
    const ca = await authority.caCertificate(bay, 'kubernetes', aContext());
    // No extended key usage at all: servers written in Go, dockerd among them, take such a certificate for any use.
    expect(new X509Certificate(cert).keyUsage).toBeUndefined();
    expect(await greeting({ ca, cert, key: pemOf(user.privateKey) })).toBe('hello admin');
  });

  it('turns away a certificate of another bay, even of the same name', async () => {
    const other = { bayId: randomUUID(), bayName: bay.bayName };
    const cert = await authority.signClientCsr(other, 'kubernetes', user.pem, aContext());
    const ca = await authority.caCertificate(bay, 'kubernetes', aContext());
    expect(await greeting({ ca, cert, key: pemOf(user.privateKey) })).toMatch(/^no handshake/);
  });

  it('is not trusted by a client that knows another bay’s CA', async () => {
    const cert = await authority.signClientCsr(bay, 'kubernetes', user.pem, aContext());
    const ca = await authority.caCertificate({ bayId: randomUUID(), bayName: bay.bayName }, 'kubernetes', aContext());
    expect(await greeting({ ca, cert, key: pemOf(user.privateKey) })).toMatch(/^no handshake/);
  });
});
