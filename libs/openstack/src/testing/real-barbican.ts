import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Login } from './login.ts';
import { freePort } from '@jeroboam/platform/testing';
import { RealKeystone } from './real-keystone.ts';
import { ServerProcess } from './server-process.ts';

/** For the hooks of tests: ready after fifteen seconds, Keystone included; on a busy machine after several times that. */
export const BARBICAN_START_TIMEOUT_MS = 180_000;

const PACKAGE = '/usr/lib/python3/dist-packages/barbican';
/** The same two folders up from the sources and from the built files. */
const LAUNCH = join(import.meta.dirname, '..', '..', 'real-barbican', 'launch.py');
const SERVICE: Login = { username: 'barbican', password: 'secret', projectName: 'service' };
const MEMBER: Login = { username: 'demo', password: 'secret', projectName: 'demo' };

/** A real Barbican 15 of Debian's `python3-barbican` with a real Keystone, on loopback, with SQLite in a directory of its own. */
export class RealBarbican {
  readonly authUrl: string;
  /** May keep secrets. */
  readonly member = MEMBER;
  #server: ServerProcess | undefined;
  readonly #directory = mkdtempSync(join(tmpdir(), 'jeroboam-barbican-'));

  private constructor(readonly keystone: RealKeystone, private readonly port: number) {
    this.authUrl = keystone.authUrl;
  }

  /** @throws when a package is missing, or with what the server wrote when it does not start. */
  static async start(): Promise<RealBarbican> {
    if (!existsSync(PACKAGE)) throw new Error(`${PACKAGE} is missing: install python3-barbican (Debian)`);
    const port = await freePort();
    const barbican = new RealBarbican(await RealKeystone.start(contents(port)), port);
    try {
      await barbican.#begin();
      return barbican;
    } catch (error) {
      await barbican.close();
      throw error;
    }
  }

  /** Takes Barbican away; Keystone stays. */
  async kill(): Promise<void> {
    await this.#server?.end();
    this.#server = undefined;
  }

  async close(): Promise<void> {
    await this.kill();
    await this.keystone.close();
    rmSync(this.#directory, { recursive: true, force: true });
  }

  async #begin(): Promise<void> {
    const paste = join(this.#directory, 'paste.ini');
    mkdirSync(join(this.#directory, '.barbican'));
    writeFileSync(join(this.#directory, '.barbican', 'barbican.conf'), configuration(this.#directory, this.authUrl, this.port));
    writeFileSync(paste, PASTE);
    this.#server = await ServerProcess.start({
      program: '/usr/bin/python3', args: [LAUNCH, paste, String(this.port)],
      env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C.UTF-8', HOME: this.#directory, PYTHONDONTWRITEBYTECODE: '1' },
      logFile: join(this.#directory, 'output.log'), readyUrl: `http://127.0.0.1:${this.port}/`,
    });
  }
}

function contents(port: number) {
  return {
    projects: [{ name: SERVICE.projectName }, { name: MEMBER.projectName }],
    users: [
      { name: SERVICE.username, password: SERVICE.password, roles: { [SERVICE.projectName]: ['admin', 'service'] } },
      { name: MEMBER.username, password: MEMBER.password, roles: { [MEMBER.projectName]: ['member', 'creator'] } },
    ],
    services: [{ type: 'key-manager', name: 'barbican', url: `http://127.0.0.1:${port}` }],
  };
}

const PASTE = `
[composite:main]
use = egg:Paste#urlmap
/: versions
/v1: api
[pipeline:versions]
pipeline = microversion versionapp
[pipeline:api]
pipeline = authtoken context microversion apiapp
[app:apiapp]
paste.app_factory = barbican.api.app:create_main_app
[app:versionapp]
paste.app_factory = barbican.api.app:create_version_app
[filter:authtoken]
paste.filter_factory = keystonemiddleware.auth_token:filter_factory
[filter:context]
paste.filter_factory = barbican.api.middleware.context:ContextMiddleware.factory
[filter:microversion]
paste.filter_factory = barbican.api.middleware.microversion:MicroversionMiddleware.factory
`;

function configuration(directory: string, authUrl: string, port: number): string {
  return [
    '[DEFAULT]', `log_file = ${directory}/barbican.log`, 'use_stderr = false',
    `sql_connection = sqlite:///${directory}/barbican.sqlite`, 'db_auto_create = true', `host_href = http://127.0.0.1:${port}`,
    '[keystone_authtoken]', `www_authenticate_uri = ${authUrl}`, 'auth_type = password', `auth_url = ${authUrl}`,
    `username = ${SERVICE.username}`, `password = ${SERVICE.password}`, 'user_domain_name = Default',
    `project_name = ${SERVICE.projectName}`, 'project_domain_name = Default', '',
  ].join('\n');
}
