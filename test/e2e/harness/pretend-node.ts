import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { readLog } from './history.ts';

const run = promisify(execFile);

interface Ignition {
  readonly storage: { readonly files: readonly { readonly path: string; readonly contents: { readonly source: string } }[] };
}

/** Files of the sandbox cloud, which knows what it gave its servers, as any cloud does. */
function documents(dataDir: string): { readonly collection: string; readonly document: string }[] {
  const directory = join(dataDir, 'sandbox');
  return readdirSync(directory).filter((name) => /\.sqlite$/.test(name)).flatMap((name) => {
    const database = new DatabaseSync(join(directory, name), { readOnly: true });
    try {
      return database.prepare('SELECT collection, document FROM documents').all() as { collection: string; document: string }[];
    } finally {
      database.close();
    }
  });
}

/** Everything secret that the cloud was given: tokens of stacks, shares of nodes. */
export function secretsIn(dataDir: string): string[] {
  const all = documents(dataDir).map(({ document }) => document).join('\n');
  const found = [...all.matchAll(/jeroboam-stack:([\w-]{43})|jeroboam-node:(?:master|worker):[\w.-]+:([0-9a-f]{64})/g)];
  return [...new Set(found.map(([, token, share]) => token ?? share!))];
}

/**
 * Where any of the secrets was written: the files of our services, all but the cloud's, their events, and what else there is.
 * @param more text by name: what was printed, say.
 */
export async function placesWith(secrets: readonly string[], dataDir: string, more: Readonly<Record<string, string>>): Promise<string[]> {
  const files = readdirSync(dataDir, { recursive: true, encoding: 'utf8' }).filter((name) => !name.startsWith('sandbox'))
    .map((name) => join(dataDir, name)).filter((path) => statSync(path).isFile());
  // The file of the log has its events in a form of its own.
  const events = JSON.stringify(await readLog(dataDir));
  const places = [...files.map((path) => [path, readFileSync(path, 'latin1')] as const), ['events', events] as const, ...Object.entries(more)];
  return places.filter(([, text]) => secrets.some((secret) => text.includes(secret))).map(([place]) => place);
}

/** The user data of a server, once the cloud has one whose name matches. */
export async function userDataOf(dataDir: string, name: RegExp): Promise<string> {
  for (const end = Date.now() + 60_000; ;) {
    const servers = documents(dataDir).map(({ document }) => JSON.parse(document) as { kind?: string; name?: string; status?: string; document?: { user_data?: string } });
    const text = servers.find((server) => name.test(server.name ?? '') && server.document?.user_data !== undefined)?.document?.user_data;
    if (text) return text;
    if (Date.now() > end) throw new Error(`no server is called ${name.source}`);
    await sleep(50);
  }
}

/** What it shows the API. */
export function nodeTokenIn(userData: string): string {
  const [found] = /jeroboam-node:(?:master|worker):[\w.-]+:[0-9a-f]{64}/.exec(userData) ?? [];
  if (found === undefined) throw new Error('there is no share of a token in the user data');
  return found;
}

/** A directory that stands for a machine's file system. */
export class PretendNode {
  readonly root: string;
  readonly token: string;

  constructor(directory: string, private readonly userData: string) {
    this.root = mkdtempSync(join(directory, 'node-'));
    this.token = nodeTokenIn(userData);
  }

  /**
   * Runs what the user data of a Kubernetes node does for its certificates: the script as it is but for where its files go,
   * and without a `kubectl`, which has nothing to do with them.
   */
  async kubernetesCertificates(): Promise<string> {
    const kubectl = join(this.root, 'kubectl');
    writeFileSync(kubectl, '#!/bin/sh\n');
    chmodSync(kubectl, 0o755);
    await this.#kubernetes('node-certificates');
    return join(this.root, 'etc/kubernetes/pki');
  }

  /** Runs what comes after that, and every few minutes, for what the node acts with in the cloud; the folder with it. */
  async kubernetesCredentials(): Promise<string> {
    await this.#kubernetes('node-credentials');
    return join(this.root, 'etc/kubernetes');
  }

  async #kubernetes(program: string): Promise<void> {
    const files = new Map((JSON.parse(this.userData) as Ignition).storage.files.map(({ path, contents }) => [path, textOf(contents.source)]));
    const [env, script] = ['/etc/kubernetes/node.env', `/usr/local/bin/${program}`].map((path) => this.#moved(files.get(path)!, '/etc/kubernetes'));
    await this.#bash(`set -a\n${env}\nset +a\n${script}`);
  }

  /** Runs the part of a Swarm node's user data that is about its certificate; the settings before it are those of the script. */
  async swarmCertificates(): Promise<string> {
    const script = this.#moved(this.userData, '/etc/docker');
    const settings = script.split('\n').filter((line) => /^(?:ROLE|PRIMARY|STORAGE_DRIVER|pki)=/.test(line) || line.startsWith('mkdir -p $pki'));
    const part = /^api\(\) \{[^]*?>\$pki\/cert\.pem$/m.exec(script)?.[0];
    if (part === undefined) throw new Error('the user data has no part about certificates');
    await this.#bash(`set -euo pipefail\numask 077\n${settings.join('\n')}\n${part}`);
    return join(this.root, 'etc/docker/pki');
  }

  #moved(text: string, directory: string): string {
    mkdirSync(join(this.root, directory), { recursive: true });
    return text.replaceAll(directory, join(this.root, directory));
  }

  /** On failure the error has what the script printed. */
  async #bash(script: string): Promise<void> {
    const file = join(this.root, 'script');
    writeFileSync(file, script, { mode: 0o700 });
    await run('bash', [file], { env: { PATH: `${this.root}:${process.env['PATH']}`, HOME: this.root }, timeout: 120_000 });
  }
}

function textOf(source: string): string {
  const [, base64, data = ''] = /^data:;?(base64)?,([^]*)$/.exec(source) ?? [];
  return base64 ? Buffer.from(data, 'base64').toString() : decodeURIComponent(data);
}

/** What `openssl` says of a certificate: whether this authority signed it, and whom it is for. */
export async function lookAt(certificate: string, authority: string): Promise<string> {
  await run('openssl', ['verify', '-CAfile', authority, certificate]);
  return (await run('openssl', ['x509', '-in', certificate, '-noout', '-subject', '-nameopt', 'RFC2253'])).stdout.trim();
}

/** A request for a certificate with a key of its own. */
export async function newRequest(directory: string, subject: string): Promise<string> {
  const file = join(mkdtempSync(join(directory, 'request-')), 'request.pem');
  await run('openssl', ['req', '-new', '-newkey', 'rsa:2048', '-nodes', '-keyout', '/dev/null', '-subj', subject, '-out', file]);
  return readFileSync(file, 'utf8');
}
