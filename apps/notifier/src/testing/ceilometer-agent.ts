import { once } from 'node:events';
import { appendFileSync, copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ProcessGroup, eventually } from './processes.ts';
import type { RabbitMqServer } from './rabbitmq-server.ts';

const PROGRAM = '/usr/bin/ceilometer-agent-notification';
/** Where Debian has Ceilometer's own definitions. */
export const PACKAGE = '/usr/lib/python3/dist-packages/ceilometer';
const OURS = join(import.meta.dirname, '../../../../infra/ceilometer');
/** Of the seven queues that the agent takes from, those that anything becomes of. */
const QUEUES = ['notifications.info', 'notifications.error', 'notifications.sample'];

/** An event as Ceilometer publishes it, with its traits by name. */
export interface CeilometerEvent {
  readonly id: string;
  readonly type: string;
  readonly traits: Readonly<Record<string, unknown>>;
}

export interface CeilometerSample {
  readonly id: string;
  readonly name: string;
  readonly volume: number;
  readonly resource_id: string | null;
  readonly project_id: string | null;
  readonly user_id: string | null;
  readonly timestamp: string;
}

/**
 * A real notification agent of Ceilometer, on a RabbitMQ of the test's, which posts all it makes of notifications to this
 * process. It may be killed and started again with other definitions.
 */
export class CeilometerAgent {
  readonly events: CeilometerEvent[] = [];
  readonly samples: CeilometerSample[] = [];
  #process: ProcessGroup | undefined;

  private constructor(
    private readonly folder: string,
    private readonly rabbitMq: RabbitMqServer,
    private readonly receiver: Server,
  ) {}

  static async open(rabbitMq: RabbitMqServer): Promise<CeilometerAgent> {
    const folder = mkdtempSync(join(tmpdir(), 'jeroboam-ceilometer-'));
    const receiver = createServer().listen(0, '127.0.0.1');
    await once(receiver, 'listening');
    const agent = new CeilometerAgent(folder, rabbitMq, receiver);
    receiver.on('request', (request: IncomingMessage, response: ServerResponse) => agent.#receive(request, response));
    return agent;
  }

  /** @param definitions `stock`: as it is packaged; `ours`: with those that `infra/ceilometer` offers. */
  async start(definitions: 'stock' | 'ours'): Promise<void> {
    this.#configure(definitions);
    this.#process = await runAgent(this.folder, this.rabbitMq);
  }

  async kill(): Promise<void> {
    await this.#process?.end('SIGKILL');
    // Its consumers are gone when the broker has seen the connection end.
    await eventually(async () => ((await this.rabbitMq.consumersOf(QUEUES[0]!)) ? undefined : true));
  }

  async stop(): Promise<void> {
    await this.#process?.end('SIGKILL');
    this.receiver.closeAllConnections();
    this.receiver.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** What the agent has complained of. */
  get complaints(): readonly string[] {
    return complaintsOf(this.folder);
  }

  #receive(request: IncomingMessage, response: ServerResponse): void {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const items = [JSON.parse(Buffer.concat(chunks).toString()) as unknown].flat();
      if (request.url?.startsWith('/events')) this.events.push(...items.map((item) => eventOf(item as RawEvent)));
      else this.samples.push(...(items as CeilometerSample[]));
      response.writeHead(204).end();
    });
  }

  #configure(definitions: 'stock' | 'ours'): void {
    const at = (name: string) => join(this.folder, name);
    rmSync(at('meters.d'), { recursive: true, force: true });
    mkdirSync(at('meters.d'));
    copyFileSync(join(PACKAGE, 'pipeline/data/event_definitions.yaml'), at('events.yaml'));
    if (definitions === 'ours') {
      copyFileSync(join(OURS, 'meters.magnum.yaml'), at('meters.d/magnum.yaml'));
      appendFileSync(at('events.yaml'), `\n${readFileSync(join(OURS, 'event_definitions.magnum.yaml'), 'utf8')}`);
    }
    const { port } = this.receiver.address() as AddressInfo;
    for (const [file, kind, sink] of [['pipeline.yaml', 'meters', 'samples'], ['event_pipeline.yaml', 'events', 'events']]) {
      writeFileSync(at(file!), `sources:\n  - {name: all, ${kind}: ["*"], sinks: [here]}\nsinks:\n  - {name: here, publishers: ["http://127.0.0.1:${port}/${sink}"]}\n`);
    }
    writeFileSync(at('agent.log'), '');
    writeFileSync(at('ceilometer.conf'), this.#conf());
  }

  /** As packaged, but for where things are; one message at a time, so that an order can be seen. */
  #conf(): string {
    const at = (name: string) => join(this.folder, name);
    return `[DEFAULT]
transport_url = rabbit://guest:guest@127.0.0.1:${this.rabbitMq.port}//
max_parallel_requests = 1
use_stderr = false
log_file = ${at('agent.log')}
pipeline_cfg_file = ${at('pipeline.yaml')}
event_pipeline_cfg_file = ${at('event_pipeline.yaml')}
[event]
definitions_cfg_file = ${at('events.yaml')}
[meter]
meter_definitions_dirs = ${at('meters.d')}
meter_definitions_dirs = ${join(PACKAGE, 'data/meters.d')}
[notification]
workers = 1
[oslo_messaging_rabbit]
amqp_durable_queues = True
`;
  }
}

/**
 * Starts an agent as `ceilometer.conf` in a folder says, with `agent.log` there as its log, and waits until it listens.
 *
 * @throws with its last words when it does not.
 */
export async function runAgent(folder: string, rabbitMq: RabbitMqServer, patienceMs = 60_000): Promise<ProcessGroup> {
  const agent = new ProcessGroup('ceilometer', PROGRAM, ['--config-file', join(folder, 'ceilometer.conf')], { env: process.env, cwd: folder });
  try {
    await eventually(async () => {
      if (!agent.isRunning) throw new Error(`the agent ended (is the package ceilometer-agent-notification installed?): ${agent.said}`);
      const consumers = await Promise.all(QUEUES.map((queue) => rabbitMq.consumersOf(queue)));
      return consumers.every((count) => (count ?? 0) > 0) ? true : undefined;
    }, { patienceMs, everyMs: 200, complaint: () => `the agent does not listen:\n${agent.said}\n${logOf(folder).slice(-4_000)}` });
  } catch (error) {
    await agent.end('SIGKILL');
    throw error;
  }
  return agent;
}

/** What the agent of a folder has complained of. */
export function complaintsOf(folder: string): readonly string[] {
  return logOf(folder).split('\n').filter((line) => / (ERROR|WARNING|CRITICAL) /.test(line));
}

function logOf(folder: string): string {
  return readFileSync(join(folder, 'agent.log'), 'utf8');
}

interface RawEvent {
  readonly message_id: string;
  readonly event_type: string;
  readonly traits: readonly (readonly [string, number, unknown])[];
}

function eventOf({ message_id: id, event_type: type, traits }: RawEvent): CeilometerEvent {
  return { id, type, traits: Object.fromEntries(traits.map(([name, , value]) => [name, value])) };
}
