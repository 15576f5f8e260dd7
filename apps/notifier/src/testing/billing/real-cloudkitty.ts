import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { ProcessGroup } from '../processes.ts';
import { cleanEnv, run, serve, serviceLogin } from './servers.ts';

export interface CloudKittyOptions {
  /** A folder of its own; `metrics.yml` in it is CloudKitty's. */
  readonly folder: string;
  readonly authUrl: string;
  /** The port of a RabbitMQ, through which its API talks to its processor. */
  readonly rabbitMqPort: number;
  readonly port: number;
  readonly databasePort: number;
  readonly databaseControlPort: number;
}

/** One metric of somebody else's, as a site that rates already has some. */
const METRICS = `metrics:
  volume.size:
    unit: GiB
    groupby: [id, user_id, project_id]
    extra_args:
      resource_type: generic
`;

/** A real CloudKitty of Debian's `python3-cloudkitty` with the InfluxDB that it keeps what it has rated in. */
export class RealCloudKitty {
  readonly #processes: ProcessGroup[] = [];
  #processor: ProcessGroup | undefined;

  private constructor(private readonly options: CloudKittyOptions) {}

  /** The API; the processor is started by itself. @throws with what went wrong, when it does not start. */
  static async start(options: CloudKittyOptions): Promise<RealCloudKitty> {
    const cloudKitty = new RealCloudKitty(options);
    try {
      await cloudKitty.#start();
      return cloudKitty;
    } catch (error) {
      await cloudKitty.stop();
      throw error;
    }
  }

  get lastWords(): string {
    return this.#all.map(({ name, said }) => `--- ${name}\n${said.slice(-3_000)}`).join('\n');
  }

  async stop(): Promise<void> {
    await Promise.all(this.#all.map((process) => process.end('SIGKILL')));
  }

  /**
   * Starts the processor, again where it runs: it looks for work at once then, and else once in a period.
   *
   * @param duty what it is to do: `again` are the tasks to rate a second time. One at a time, as both write into SQLite.
   */
  async restartProcessor(duty: 'rate' | 'rate again'): Promise<void> {
    await this.#processor?.end('SIGKILL');
    const { folder } = this.options;
    const workers = join(folder, 'workers.conf');
    writeFileSync(workers, `[orchestrator]\nmax_workers = ${duty === 'rate' ? 1 : 0}\nmax_workers_reprocessing = ${duty === 'rate' ? 0 : 1}\n`);
    const args = ['--config-file', join(folder, 'cloudkitty.conf'), '--config-file', workers];
    this.#processor = new ProcessGroup('cloudkitty-processor', '/usr/bin/cloudkitty-processor', args, { env: cleanEnv(folder), cwd: folder });
  }

  /** As if everything of a project were rated up to a moment: by itself it would begin with this month, a period at a time. */
  countAsRated(projectId: string, until: Date): void {
    const at = until.toISOString().slice(0, 19).replace('T', ' ');
    const database = this.#database();
    database.prepare(`INSERT INTO cloudkitty_storage_states
      (identifier, scope_key, fetcher, collector, last_processed_timestamp, scope_activation_toggle_date, active) VALUES (?, 'project_id', 'keystone', 'gnocchi', ?, ?, 1)`).run(projectId, at, at);
    database.close();
  }

  get #all(): readonly ProcessGroup[] {
    return this.#processor ? [...this.#processes, this.#processor] : this.#processes;
  }

  async #start(): Promise<void> {
    const { folder, port, databasePort } = this.options;
    const at = (name: string) => join(folder, name);
    mkdirSync(at('locks'));
    for (const [name, text] of Object.entries({ 'influxdb.conf': this.#influxConfiguration(), 'cloudkitty.conf': this.#configuration(), 'metrics.yml': METRICS, 'api_paste.ini': PASTE })) writeFileSync(at(name), text);
    this.#processes.push(await serve('influxd', '/usr/bin/influxd', ['-config', at('influxdb.conf')], folder, databasePort));
    const made = await fetch(`http://127.0.0.1:${databasePort}/query`, { method: 'POST', body: new URLSearchParams({ q: 'CREATE DATABASE cloudkitty' }) });
    if (!made.ok) throw new Error(`InfluxDB makes no database: ${await made.text()}`);
    await run('/usr/bin/cloudkitty-dbsync', ['--config-file', at('cloudkitty.conf'), 'upgrade'], folder);
    await run('/usr/bin/cloudkitty-storage-init', ['--config-file', at('cloudkitty.conf')], folder);
    const database = this.#database();
    // A property of the file: without a write-ahead log every reader shuts out the writers.
    database.exec('PRAGMA journal_mode = WAL');
    database.close();
    this.#processes.push(await serve('cloudkitty-api', '/usr/bin/cloudkitty-api', ['--host', '127.0.0.1', '--port', String(port), '--', '--config-file', at('cloudkitty.conf')], folder, port));
  }

  #database(): DatabaseSync {
    return new DatabaseSync(join(this.options.folder, 'cloudkitty.sqlite'), { timeout: 30_000 });
  }

  #influxConfiguration(): string {
    const { folder, databasePort, databaseControlPort } = this.options;
    return `reporting-disabled = true
bind-address = "127.0.0.1:${databaseControlPort}"
[meta]
dir = "${folder}/influx/meta"
[data]
dir = "${folder}/influx/data"
wal-dir = "${folder}/influx/wal"
query-log-enabled = false
[http]
bind-address = "127.0.0.1:${databasePort}"
log-enabled = false
[monitor]
store-enabled = false
`;
  }

  /** As packaged, but for where things are: `[collect] period` and `wait_periods` too. */
  #configuration(): string {
    const { folder, authUrl, rabbitMqPort, databasePort } = this.options;
    return `[DEFAULT]
transport_url = rabbit://guest:guest@127.0.0.1:${rabbitMqPort}//
api_paste_config = ${folder}/api_paste.ini
host = billing
use_stderr = true
[database]
connection = sqlite:///${folder}/cloudkitty.sqlite
[storage_influxdb]
database = cloudkitty
host = 127.0.0.1
port = ${databasePort}
[orchestrator]
coordination_url = file://${folder}/locks
[collect]
metrics_conf = ${folder}/metrics.yml
[fetcher_keystone]
auth_section = login
[collector_gnocchi]
auth_section = login
[keystone_authtoken]
auth_section = login
[login]
${serviceLogin(authUrl, 'cloudkitty')}`;
  }
}

const PASTE = `[pipeline:cloudkitty+keystone]
pipeline = authtoken cloudkitty_api
[app:cloudkitty_api]
paste.app_factory = cloudkitty.api.app:app_factory
[filter:authtoken]
paste.filter_factory = keystonemiddleware.auth_token:filter_factory
`;
