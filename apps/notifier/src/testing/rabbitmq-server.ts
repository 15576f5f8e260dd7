import { execFile } from 'node:child_process';
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { connect } from 'amqplib';
import { freePorts } from '@jeroboam/platform/testing';
import type { RecordingLogger } from '@jeroboam/platform/testing';
import { ProcessGroup, eventually, isListening } from './processes.ts';

/** Debian's wrapper in sbin changes the user; this is the server itself. */
const PROGRAM = '/usr/lib/rabbitmq/bin/rabbitmq-server';

/**
 * A real RabbitMQ on 127.0.0.1 with a folder, a node name and an epmd of its own, so that it meets no other one of this
 * host. Whoever starts it stops it. Starting takes some seconds.
 */
export class RabbitMqServer {
  #server: ProcessGroup | undefined;

  private constructor(
    private readonly folder: string,
    readonly port: number,
    private readonly distributionPort: number,
    private readonly epmdPort: number,
    private readonly epmd: ProcessGroup,
  ) {}

  static async start(): Promise<RabbitMqServer> {
    const folder = mkdtempSync(join(tmpdir(), 'jeroboam-rabbitmq-'));
    const [port, distributionPort, epmdPort] = (await freePorts(3)) as [number, number, number];
    const epmd = new ProcessGroup('epmd', 'epmd', ['-port', String(epmdPort), '-address', '127.0.0.1'], { env: process.env, cwd: folder });
    const server = new RabbitMqServer(folder, port, distributionPort, epmdPort, epmd);
    for (const part of ['mnesia', 'log']) mkdirSync(join(folder, part));
    writeFileSync(join(folder, 'rabbitmq.conf'), `listeners.tcp.default = 127.0.0.1:${port}\ndisk_free_limit.absolute = 1MB\nlog.console = false\n`);
    writeFileSync(join(folder, 'enabled_plugins'), '[].');
    writeFileSync(join(folder, 'env.conf'), '');
    await server.launch();
    return server;
  }

  get url(): string {
    return `amqp://guest:guest@127.0.0.1:${this.port}/`;
  }

  /** Starts it again, after `end`, with what it has kept on its disk. */
  async launch(): Promise<void> {
    this.#server = new ProcessGroup('rabbitmq', PROGRAM, [], { env: this.#env(), cwd: this.folder });
    await eventually(async () => {
      if (!this.#server!.isRunning) throw new Error(`RabbitMQ ended (is the package rabbitmq-server installed?): ${this.#server!.said}`);
      return isListening(this.port);
    }, { patienceMs: 120_000, complaint: () => `RabbitMQ did not come up:\n${this.#server!.said}` });
  }

  /** SIGKILL: as a crash, or the loss of power. */
  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    await this.#server?.end(signal);
    // The script is gone at once; the machine that it started may take a moment longer, and answers meanwhile.
    for (const port of [this.port, this.distributionPort]) await eventually(async () => ((await isListening(port)) ? undefined : true));
  }

  async stop(): Promise<void> {
    await this.end('SIGKILL');
    await this.epmd.end('SIGKILL');
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** `rabbitmqctl`. */
  async control(...args: readonly string[]): Promise<void> {
    await promisify(execFile)('/usr/lib/rabbitmq/bin/rabbitmqctl', ['-q', '-n', `jeroboam${this.port}@localhost`, ...args], { env: this.#env(), cwd: this.folder });
  }

  /** Resolves when a line like this was logged. */
  async untilLogged(logger: RecordingLogger, text: string): Promise<void> {
    await eventually(() => logger.lines.find(({ message }) => message.includes(text)), { complaint: () => `nobody has said ${text}` });
  }

  /** Consumers of a queue; undefined while there is no such queue. */
  async consumersOf(queue: string): Promise<number | undefined> {
    const connection = await connect(this.url);
    connection.on('error', () => undefined);
    try {
      const channel = await connection.createChannel();
      channel.on('error', () => undefined);
      return (await channel.checkQueue(queue)).consumerCount;
    } catch {
      return undefined;
    } finally {
      await connection.close();
    }
  }

  #env(): NodeJS.ProcessEnv {
    const at = (name: string) => join(this.folder, name);
    return {
      ...process.env, HOME: this.folder, RABBITMQ_NODENAME: `jeroboam${this.port}@localhost`, RABBITMQ_USE_LONGNAME: 'false',
      RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1', RABBITMQ_NODE_PORT: String(this.port), RABBITMQ_DIST_PORT: String(this.distributionPort),
      RABBITMQ_MNESIA_BASE: at('mnesia'), RABBITMQ_LOG_BASE: at('log'), RABBITMQ_PID_FILE: at('pid'),
      RABBITMQ_CONFIG_FILE: at('rabbitmq.conf'), RABBITMQ_ADVANCED_CONFIG_FILE: at('none.config'), RABBITMQ_ENABLED_PLUGINS_FILE: at('enabled_plugins'), RABBITMQ_CONF_ENV_FILE: at('env.conf'),
      RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '+S 2:2 -kernel inet_dist_use_interface {127,0,0,1}', ERL_EPMD_ADDRESS: '127.0.0.1', ERL_EPMD_PORT: String(this.epmdPort),
    };
  }
}
