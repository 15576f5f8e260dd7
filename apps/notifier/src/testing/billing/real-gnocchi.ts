import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ProcessGroup } from '../processes.ts';
import { cleanEnv, run, serve, serviceLogin } from './servers.ts';

export interface GnocchiOptions {
  /** A folder of its own. */
  readonly folder: string;
  readonly authUrl: string;
  readonly port: number;
  readonly databasePort: number;
}

/** By its own port only; nothing of the host's MariaDB is read or written. What it writes need not outlive it. */
const MARIADB = ['--no-defaults', '--user=root', '--bind-address=127.0.0.1', '--skip-name-resolve', '--skip-log-bin', '--innodb-flush-log-at-trx-commit=0', '--innodb-buffer-pool-size=32M'];

/** A real Gnocchi of Debian's `python3-gnocchi`: its API, metricd, file storage, and the MariaDB that its index needs. */
export class RealGnocchi {
  readonly #processes: ProcessGroup[] = [];

  private constructor(private readonly options: GnocchiOptions) {}

  /** @throws with what went wrong, when it does not start. */
  static async start(options: GnocchiOptions): Promise<RealGnocchi> {
    const gnocchi = new RealGnocchi(options);
    try {
      await gnocchi.#start();
      return gnocchi;
    } catch (error) {
      await gnocchi.stop();
      throw error;
    }
  }

  /** The last that each of its processes wrote. */
  get lastWords(): string {
    return this.#processes.map(({ name, said }) => `--- ${name}\n${said.slice(-2_000)}`).join('\n');
  }

  async stop(): Promise<void> {
    await Promise.all(this.#processes.map((process) => process.end('SIGKILL')));
  }

  async #start(): Promise<void> {
    const { folder, port, databasePort } = this.options;
    const at = (name: string) => join(folder, name);
    mkdirSync(at('storage'));
    writeFileSync(at('gnocchi.conf'), this.#configuration());
    await run('/usr/bin/mariadb-install-db', ['--no-defaults', '--user=root', `--datadir=${at('mysql')}`, '--skip-test-db', '--auth-root-authentication-method=normal'], folder);
    const files = [`--datadir=${at('mysql')}`, `--socket=${at('mysql.sock')}`, `--pid-file=${at('mysql.pid')}`, `--port=${databasePort}`];
    this.#processes.push(await serve('mariadb', '/usr/sbin/mariadbd', [...MARIADB, ...files], folder, databasePort));
    const create = `import pymysql; pymysql.connect(host='127.0.0.1', port=${databasePort}, user='root').cursor().execute('CREATE DATABASE gnocchi CHARACTER SET utf8mb3')`;
    await run('/usr/bin/python3', ['-c', create], folder);
    await run('/usr/bin/gnocchi-upgrade', ['--config-file', at('gnocchi.conf')], folder);
    this.#processes.push(new ProcessGroup('gnocchi-metricd', '/usr/bin/gnocchi-metricd', ['--config-file', at('gnocchi.conf')], { env: cleanEnv(folder), cwd: folder }));
    this.#processes.push(await serve('gnocchi-api', '/usr/bin/python3', [join(import.meta.dirname, 'gnocchi-api.py'), String(port), '--config-file', at('gnocchi.conf')], folder, port));
  }

  /** As packaged, but for where things are, one worker, and a second between two looks for new measures instead of a minute. */
  #configuration(): string {
    const { folder, authUrl, databasePort } = this.options;
    return `[DEFAULT]
coordination_url = file://${folder}/locks
[api]
auth_mode = keystone
[indexer]
url = mysql+pymysql://root@127.0.0.1:${databasePort}/gnocchi?charset=utf8
[storage]
driver = file
file_basepath = ${folder}/storage
[metricd]
workers = 1
metric_processing_delay = 1
[keystone_authtoken]
${serviceLogin(authUrl, 'gnocchi')}`;
  }
}
