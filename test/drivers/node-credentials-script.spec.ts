import { execFile } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CertificateAuthority } from '@jeroboam/certificate-authority';
import type { NewEvent, RecordedEvent } from '@jeroboam/domain';
import { InMemoryEventLog } from '@jeroboam/event-log/testing';
import { credentialName, credentialRefs, writeCredential } from '@jeroboam/openstack';
import { Secret, systemClock } from '@jeroboam/platform';
import { InMemorySecretStore } from '@jeroboam/secrets/testing';
import { heatDrivers } from './heat-drivers.ts';

const run = promisify(execFile);
const SCRIPT = join(import.meta.dirname, '../../libs/heat-driver/scripts/node-credentials.sh');
const REAL_CURL = ['/usr/bin/curl', '/bin/curl'].find((path) => existsSync(path)) ?? 'curl';
const bayId = randomUUID();
const bay = { bayId, bayName: 'k1' };
const context = () => ({ actor: { userId: 'ann', projectId: 'demo', roles: [] }, requestId: 'req-1', commandId: randomUUID(), correlationId: 'cor', causationId: null });

/** A node with a folder for a file system, the authority that it asks, and a Keystone that takes what it is told to. */
class World {
  readonly log = new InMemoryEventLog();
  readonly secrets = new InMemorySecretStore();
  readonly authority = new CertificateAuthority({ eventLog: this.log, secrets: this.secrets, clock: systemClock });
  readonly root = mkdtempSync(join(tmpdir(), 'jeroboam-renewal-'));
  readonly file = join(this.root, 'etc/cloud-volume.conf');
  /** Secrets that Keystone takes. */
  readonly taken = new Set<string>();
  readonly answered: number[] = [];
  keystone = 201;
  share = '';
  readonly #server: Server = createServer((request, response) => void this.#answer(request, response));
  #url = '';
  #count = 0;

  async open(key: readonly string[]): Promise<void> {
    await new Promise<void>((resolve) => { this.#server.listen(0, '127.0.0.1', resolve); });
    this.#url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    const token = await this.authority.mintBootstrapToken(bay, { stack: 'k1', masters: 1, workers: 1 }, context());
    this.share = `jeroboam-node:worker:k1-worker-0:${createHash('sha256').update(`worker:k1-worker-0:${token}`).digest('hex')}`;
    for (const folder of ['bin', 'etc', 'tmp']) mkdirSync(join(this.root, folder));
    await run('openssl', [...key, '-out', join(this.root, 'node.key')]);
    await run('openssl', ['req', '-new', '-key', join(this.root, 'node.key'), '-subj', '/O=system:nodes/CN=system:node:k1-worker-0', '-out', join(this.root, 'node.csr')]);
    const pem = await this.authority.signForNode(bay, this.share, { authority: 'kubernetes', csrPem: readFileSync(join(this.root, 'node.csr'), 'utf8') }, context());
    writeFileSync(join(this.root, 'node.crt'), `${pem}\n`);
    // Says what every program was called with that others on the node would see.
    this.program('bin/curl', `printf '%s\\n' "$@" >>"${join(this.root, 'arguments')}"\nexec ${REAL_CURL} "$@"`);
  }

  async close(): Promise<void> {
    await new Promise((resolve) => { this.#server.close(resolve); });
    rmSync(this.root, { recursive: true, force: true });
  }

  program(path: string, text: string): void {
    mkdirSync(join(this.root, path, '..'), { recursive: true });
    writeFileSync(join(this.root, path), `#!/bin/bash\n${text}\n`);
    chmodSync(join(this.root, path), 0o755);
  }

  /** Makes the next generation, as driver execution does; Keystone takes it beside those before. */
  async rotate(generation: number): Promise<void> {
    const secret = `secret-${generation}`;
    const credentialRef = credentialRefs.secret(bayId, 'volume', generation);
    await this.secrets.put(credentialRef, writeCredential({ kind: 'application-credential', id: `ac-${generation}`, secret: new Secret(secret) }));
    await this.secrets.put(credentialRefs.current(bayId, 'volume'), JSON.stringify({ generation }));
    const fingerprint = createHash('sha256').update(secret).digest('hex');
    const data = { bayId, name: credentialName(bayId, 'volume', generation), purpose: 'volume', credentialRef, fingerprint, expiresAt: '2027-02-01T00:00:00.000Z' };
    const event = { type: 'CredentialMinted', schemaVersion: 1, data, eventId: randomUUID(), occurredAt: systemClock.now().toISOString(), ...context() } as unknown as NewEvent;
    await this.log.append(`bay-${bayId}`, [event], this.#count === 0 ? 'none' : this.#count - 1);
    this.#count += 1;
    this.taken.add(secret);
  }

  /** Runs the script as a unit of systemd does: what it ends with and what it says. */
  async runs(settings: Readonly<Record<string, string>> = {}, script = SCRIPT): Promise<{ code: number; said: string }> {
    const env = {
      PATH: `${join(this.root, 'bin')}:${process.env['PATH']}`, TMPDIR: join(this.root, 'tmp'), API_URL: `${this.#url}/v1`, CLUSTER_UUID: bayId, NODE_CREDENTIALS: 'volume',
      CREDENTIALS: join(this.root, 'etc'), NODE_NAME: 'k1-worker-0', NODE_KEY: join(this.root, 'node.key'), NODE_CERTIFICATE: join(this.root, 'node.crt'), ...settings,
    };
    this.answered.length = 0;
    return run('bash', [script], { env, timeout: 60_000 }).then(({ stderr }) => ({ code: 0, said: stderr }), ({ code, stderr }: { code: number; stderr: string }) => ({ code, said: stderr }));
  }

  has(): string | undefined {
    return existsSync(this.file) ? /^application-credential-secret=(.*)$/m.exec(readFileSync(this.file, 'utf8'))?.[1] : undefined;
  }

  async told(): Promise<string[]> {
    const found: RecordedEvent[] = [];
    for await (const event of this.log.readStream(`certificates-${bayId}`)) found.push(event);
    return found.filter(({ type }) => type.startsWith('NodeCredential')).map(({ type, data }) => `${type.replace('NodeCredential', '')} ${(data as { credential: string }).credential.slice(-1)}`);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const part of request) body += String(part);
    const reply = (status: number, headers: Record<string, string>, text: string) => {
      this.answered.push(status);
      response.writeHead(status, headers).end(text);
    };
    if (request.url === '/v3/auth/tokens') {
      const { secret } = (JSON.parse(body) as { auth: { identity: { application_credential: { secret: string } } } }).auth.identity.application_credential;
      return reply(this.taken.has(secret) ? this.keystone : 401, {}, '{}');
    }
    if (request.url === '/v1/certificates') {
      const { cluster_uuid: ident, csr } = JSON.parse(body) as { cluster_uuid: string; csr: string };
      const pem = await this.authority.signForNode({ bayId: ident, bayName: 'k1' }, String(request.headers['x-auth-token']), { authority: 'kubernetes', csrPem: csr }, context());
      return reply(201, {}, JSON.stringify({ cluster_uuid: ident, pem, csr }));
    }
    const [, ident, purpose] = /^\/v1\/clusters\/([^/]+)\/credentials\/([^/]+)$/.exec(request.url ?? '') ?? [];
    const holds = /^"([\w-]+)"$/.exec(request.headers['if-none-match'] ?? '')?.[1] ?? null;
    try {
      const { tag, credential } = await this.authority.credentialForNode(ident!, String(request.headers['x-auth-token']), { purpose: purpose!, needed: ['volume'], holds }, context());
      if (!credential) return reply(304, { etag: `"${tag}"` }, '');
      const { id, secret, expiresAt } = credential;
      reply(200, { etag: `"${tag}"` }, JSON.stringify({ cluster_uuid: ident, purpose, auth_url: `${this.#url}/v3`, region: null, id, secret: secret.reveal(), expires_at: expiresAt }));
    } catch (error) {
      reply((error as { kind?: string }).kind === 'not-found' ? 404 : 403, {}, JSON.stringify({ errors: [{ detail: String(error) }] }));
    }
  }
}

describe.each([
  ['an RSA key', ['genrsa']],
  ['a key on a curve', ['ecparam', '-name', 'prime256v1', '-genkey', '-noout']],
])('The script of nodes for their credentials, with %s', (_kind, key) => {
  let node: World;
  beforeEach(async () => {
    node = new World();
    await node.open(key);
    await node.rotate(1);
  });
  afterEach(() => node.close());

  it('fetches the first by its share, then says by its key that it uses it, and nothing more', async () => {
    expect(await node.runs({ BOOTSTRAP_TOKEN: node.share })).toEqual({ code: 0, said: '' });
    expect([node.has(), statSync(node.file).mode & 0o777, node.answered]).toEqual(['secret-1', 0o600, [200, 304]]);
    for (let poll = 0; poll < 2; poll += 1) expect(await node.runs({ BOOTSTRAP_TOKEN: node.share })).toEqual({ code: 0, said: '' });
    expect(node.answered).toEqual([304]);
    expect(await node.told()).toEqual(['HandedOut 1', 'InUse 1']);
  });

  it('takes a new one once Keystone takes it, has everything told, and says so', async () => {
    await node.runs({ BOOTSTRAP_TOKEN: node.share });
    await node.authority.closeBootstrapTokens(bayId, 'k1', context());
    node.program('etc/credential-hooks.d/restart', `echo "$1 $(grep -c secret-2 "$2")" >>"${join(node.root, 'hooked')}"`);
    await node.rotate(2);
    expect(await node.runs()).toEqual({ code: 0, said: '' });
    expect([node.has(), node.answered, readFileSync(join(node.root, 'hooked'), 'utf8')]).toEqual(['secret-2', [200, 201, 304], 'volume 1\n']);
    expect(await node.told()).toEqual(['HandedOut 1', 'InUse 1', 'HandedOut 2', 'InUse 2']);
  });

  it('keeps the old one where Keystone does not take the new one or cannot be asked, and tries again', async () => {
    await node.runs({ BOOTSTRAP_TOKEN: node.share });
    await node.rotate(2);
    for (const status of [401, 403]) {
      node.keystone = status;
      expect(await node.runs()).toEqual({ code: 1, said: 'Keystone does not take the new credential for volume; the old one stays\n' });
    }
    expect([node.has(), await node.told()]).toEqual(['secret-1', ['HandedOut 1', 'InUse 1', 'HandedOut 2']]);
    node.keystone = 201;
    expect((await node.runs()).code).toBe(0);
    expect([node.has(), (await node.told()).at(-1)]).toEqual(['secret-2', 'InUse 2']);
  });

  it('puts the old one back where something does not take the new one, and says nothing', async () => {
    await node.runs({ BOOTSTRAP_TOKEN: node.share });
    await node.rotate(2);
    node.program('etc/credential-hooks.d/restart', 'exit 3');
    expect(await node.runs()).toEqual({ code: 1, said: 'not everything has taken the new credential for volume; the old one is back\n' });
    expect([node.has(), (await node.told()).at(-1)]).toEqual(['secret-1', 'HandedOut 2']);
    node.program('etc/credential-hooks.d/restart', 'exit 0');
    await node.runs();
    expect([node.has(), (await node.told()).at(-1)]).toEqual(['secret-2', 'InUse 2']);
  });

  it('comes by its key to what it lost, or came too late for', async () => {
    await node.authority.closeBootstrapTokens(bayId, 'k1', context());
    expect(await node.runs({ BOOTSTRAP_TOKEN: node.share })).toEqual({ code: 0, said: '' });
    expect([node.has(), node.answered]).toEqual(['secret-1', [403, 200, 304]]);
  });

  it('has a certificate made for its key where nothing else on the node did', async () => {
    const own = { NODE_KEY: join(node.root, 'etc/own.key'), NODE_CERTIFICATE: join(node.root, 'etc/own.crt'), BOOTSTRAP_TOKEN: node.share };
    expect(await node.runs(own)).toEqual({ code: 0, said: '' });
    expect((await run('openssl', ['x509', '-in', own.NODE_CERTIFICATE, '-noout', '-subject', '-nameopt', 'RFC2253'])).stdout).toBe('subject=CN=k1-worker-0\n');
    expect(statSync(own.NODE_KEY).mode & 0o777).toBe(0o600);
    await node.authority.closeBootstrapTokens(bayId, 'k1', context());
    await node.rotate(2);
    expect(await node.runs(own)).toEqual({ code: 0, said: '' });
    expect([node.has(), (await node.told()).at(-1)]).toEqual(['secret-2', 'InUse 2']);
  });

  it('goes on without what it may not have, and fails where it is let in no more to what it has', async () => {
    expect(await node.runs({ NODE_CREDENTIALS: 'network volume' })).toEqual({ code: 0, said: 'this node gets no credential for network (403)\n' });
    expect(node.has()).toBe('secret-1');
    await node.authority.withdraw(bayId, context());
    expect(await node.runs()).toEqual({ code: 1, said: 'this node gets no credential for volume (403)\n' });
    expect(node.has()).toBe('secret-1');
  });

  it('shows nothing secret to who lists programs, and leaves nothing behind', async () => {
    await node.runs({ BOOTSTRAP_TOKEN: node.share });
    await node.rotate(2);
    await node.runs();
    const seen = readFileSync(join(node.root, 'arguments'), 'utf8');
    expect(seen).toContain('/credentials/volume');
    expect(seen).not.toMatch(/secret-|jeroboam-node/);
    expect([readdirSync(join(node.root, 'etc')), readdirSync(join(node.root, 'tmp'))]).toEqual([['cloud-volume.conf'], []]);
  });
});

const SET_UP = /^(?:NODE_KEY|CLUSTER_UUID)=.*NODE_CERTIFICATE=.*\n# --- what the node acts with in the cloud[^]*?^fi$/m;
const withPart = (await heatDrivers()).flatMap(({ manifest: { name, bundles } }) => (
  bundles!.flatMap(({ version, files }) => (SET_UP.test(files['node.sh'] ?? '') ? [[`${name}, template ${version}`, files['node.sh']!] as const] : []))));

it('is on the nodes of every driver with plugins that need a credential', async () => {
  const needing = (await heatDrivers()).filter(({ manifest: { capabilities } }) => capabilities.plugins?.some(({ needsCredential = [] }) => needsCredential.length > 0));
  for (const { manifest: { bundles } } of needing) {
    for (const { files } of bundles!) expect(Object.values(files).some((text) => SET_UP.test(text) || text.includes('/usr/local/bin/node-credentials'))).toBe(true);
  }
  expect(withPart.map(([title]) => title)).toHaveLength(3);
});

describe.each(withPart)('User data of %s', (_title, userData) => {
  let node: World;
  beforeEach(async () => {
    node = new World();
    await node.open(['genrsa']);
    await node.rotate(1);
  });
  afterEach(() => node.close());

  /** Runs the part with the folders of a machine that is a directory, and a systemd that starts what it is told to. */
  async function setsUp(purposes: string): Promise<string> {
    const moved = (text: string) => ['/etc/jeroboam', '/usr/local/bin', '/etc/systemd/system'].reduce((all, folder) => all.replaceAll(folder, join(node.root, folder)), text);
    for (const folder of ['usr/local/bin', 'etc/systemd/system']) mkdirSync(join(node.root, folder), { recursive: true });
    node.program('bin/systemctl', `echo "$@" >>"${join(node.root, 'systemctl')}"\n[ "$*" != 'start node-credentials.service' ] || exec env -i PATH="$PATH" $(tr -d '"' <"${join(node.root, 'etc/jeroboam/node.env')}") bash "${join(node.root, 'usr/local/bin/node-credentials')}"`);
    // As the swarm drivers' nodes have them by then; others make their own.
    const settings = `set -euo pipefail\nTOKEN=$BOOTSTRAP_TOKEN BAY=$CLUSTER_UUID pki=${node.root}\n`;
    const script = join(node.root, 'user-data');
    writeFileSync(script, settings + moved(SET_UP.exec(userData)![0]).replaceAll(`$pki/key.pem`, join(node.root, 'node.key')).replaceAll('$pki/cert.pem', join(node.root, 'node.crt')));
    await run('bash', ['-n', script]);
    expect(await node.runs({ BOOTSTRAP_TOKEN: node.share, NODE_CREDENTIALS: purposes }, script)).toEqual({ code: 0, said: '' });
    return script;
  }

  it('has the node fetch its credential, and a timer renew it', async () => {
    await setsUp('volume');
    const folder = join(node.root, 'etc/jeroboam');
    expect(readFileSync(join(folder, 'cloud-volume.conf'), 'utf8')).toContain('application-credential-secret=secret-1\n');
    for (const name of ['node.env', 'cloud-volume.conf']) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
    expect(await node.told()).toEqual(['HandedOut 1', 'InUse 1']);
    expect(readFileSync(join(node.root, 'systemctl'), 'utf8').split('\n').filter(Boolean)).toEqual([
      'daemon-reload', 'enable node-credentials.timer', 'start node-credentials.timer', 'start node-credentials.service',
    ]);
  });

  it('leaves a node alone that needs none', async () => {
    await setsUp('');
    expect([existsSync(join(node.root, 'systemctl')), existsSync(join(node.root, 'etc/jeroboam'))]).toEqual([false, false]);
  });
});
