import { execFile, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePort } from '@jeroboam/platform/testing';
import { fillKeystone } from './keystone-admin.ts';
import type { KeystoneContents } from './keystone-admin.ts';

export interface RealKeystoneOptions extends KeystoneContents {
  /** @default any free one */
  readonly port?: number;
  /** @default 3600 */
  readonly tokenTtlSeconds?: number;
}

/** For the hooks of tests: it is ready after eight seconds, on a busy machine after several times that. */
export const KEYSTONE_START_TIMEOUT_MS = 120_000;

const SERVER = '/usr/bin/keystone-wsgi-public';
const REGION = 'RegionOne';
const BOOTSTRAP = { username: 'admin', password: 'secret', projectName: 'admin' };
/** Keystone's scripts are for Debian's own Python, whatever another one in the caller's path may be. */
const PATH = '/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * A real Keystone of Debian's `python3-keystone`, on loopback, with SQLite and Fernet tokens in a directory of its own.
 * One request at a time, as its development server does; ready in about eight seconds. Tokens outlive a restart.
 */
export class RealKeystone {
  readonly authUrl: string;
  readonly #directory = mkdtempSync(join(tmpdir(), 'jeroboam-keystone-'));
  #child: ChildProcess | undefined;

  private constructor(private readonly port: number) {
    this.authUrl = `http://127.0.0.1:${port}/v3`;
  }

  /** @throws when the package is missing, or with what Keystone wrote when it does not start. */
  static async start(options: RealKeystoneOptions): Promise<RealKeystone> {
    if (!existsSync(SERVER)) throw new Error(`${SERVER} is missing: install python3-keystone (Debian)`);
    const keystone = new RealKeystone(options.port ?? (await freePort()));
    try {
      await keystone.#prepare();
      await keystone.resume(options);
      await fillKeystone(keystone.authUrl, BOOTSTRAP, REGION, options);
      return keystone;
    } catch (error) {
      await keystone.close();
      throw error;
    }
  }

  /** The process, for a test that stops it with signals; undefined while it is away. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Takes it away, by default without letting it finish anything. What it knows stays on disk. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await once(child, 'exit');
  }

  /** Brings it back at the same address with the same contents. Tokens issued from now on live for `tokenTtlSeconds`. */
  async resume({ tokenTtlSeconds = 3_600 }: { readonly tokenTtlSeconds?: number } = {}): Promise<void> {
    writeFileSync(this.#path('keystone.conf'), configuration(this.#directory, tokenTtlSeconds));
    const log = openSync(this.#path('server.log'), 'a');
    const child = spawn(SERVER, ['--host', '127.0.0.1', '--port', String(this.port)], { env: this.#env(), stdio: ['ignore', 'pipe', log] });
    closeSync(log);
    this.#child = child;
    await new Promise<void>((resolve, reject) => {
      // It says where it is once it listens.
      child.stdout!.on('data', (chunk: Buffer) => chunk.includes('Available at') && resolve());
      child.once('error', reject);
      child.once('exit', (code, signal) => reject(new Error(`Keystone ended before it was ready (${signal ?? code}):\n${this.#lastWords()}`)));
    });
  }

  /** Ends it and removes its data. */
  async close(): Promise<void> {
    await this.kill();
    rmSync(this.#directory, { recursive: true, force: true });
  }

  /** An expired token of this user, got by living through the end of its life. Keystone is away meanwhile. */
  async expired(logIn: () => Promise<string>): Promise<string> {
    await this.kill();
    await this.resume({ tokenTtlSeconds: 1 });
    const token = await logIn();
    await this.kill();
    await this.resume();
    while (await this.#takes(token)) await setTimeout(50);
    return token;
  }

  async #takes(token: string): Promise<boolean> {
    return (await fetch(`${this.authUrl}/auth/tokens`, { headers: { 'x-auth-token': token, 'x-subject-token': token } })).ok;
  }

  async #prepare(): Promise<void> {
    for (const repository of ['fernet-keys', 'credential-keys']) {
      mkdirSync(this.#path(repository), { mode: 0o700 });
      // Key 0 is the next one, the highest number signs.
      for (const key of ['0', '1']) writeFileSync(join(this.#path(repository), key), fernetKey(), { mode: 0o600 });
    }
    writeFileSync(this.#path('keystone.conf'), configuration(this.#directory, 3_600));
    await this.#manage('db_sync');
    this.#letReadersAndWritersMeet();
    await this.#manage(
      'bootstrap', '--bootstrap-username', BOOTSTRAP.username, '--bootstrap-password', BOOTSTRAP.password, '--bootstrap-project-name', BOOTSTRAP.projectName,
      '--bootstrap-region-id', REGION, ...['public', 'internal', 'admin'].flatMap((face) => [`--bootstrap-${face}-url`, this.authUrl]),
    );
  }

  /** Keystone keeps a finished reader's connection for a while; without a write-ahead log (a property of the file) that shuts writers out. */
  #letReadersAndWritersMeet(): void {
    const database = new DatabaseSync(this.#path('keystone.sqlite'));
    database.exec('PRAGMA journal_mode = WAL');
    database.close();
  }

  async #manage(...words: readonly string[]): Promise<void> {
    await promisify(execFile)('/usr/bin/keystone-manage', ['--config-file', this.#path('keystone.conf'), ...words], { env: this.#env() });
  }

  #env(): NodeJS.ProcessEnv {
    return { PATH, LC_ALL: 'C.UTF-8', HOME: this.#directory, OS_KEYSTONE_CONFIG_DIR: this.#directory };
  }

  #path(name: string): string {
    return join(this.#directory, name);
  }

  #lastWords(): string {
    return readFileSync(this.#path('server.log'), 'utf8').slice(-2_000);
  }
}

function configuration(directory: string, tokenTtlSeconds: number): string {
  return [
    '[DEFAULT]', `log_file = ${directory}/keystone.log`,
    '[database]', `connection = sqlite:///${directory}/keystone.sqlite`,
    '[token]', 'provider = fernet', `expiration = ${tokenTtlSeconds}`,
    '[fernet_tokens]', `key_repository = ${directory}/fernet-keys`,
    '[fernet_receipts]', `key_repository = ${directory}/fernet-keys`,
    '[credential]', `key_repository = ${directory}/credential-keys`,
    // The least there may be: a test's passwords need no protection, and each round doubles the time of a login.
    '[identity]', 'password_hash_rounds = 4',
    // Within the one process, so that a revocation is felt at once; without a cache a validation takes a second.
    '[cache]', 'enabled = true', 'backend = oslo_cache.dict', '',
  ].join('\n');
}

function fernetKey(): string {
  return randomBytes(32).toString('base64').replaceAll('+', '-').replaceAll('/', '_');
}
