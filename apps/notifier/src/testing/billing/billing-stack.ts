import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KEYSTONE_ADMIN, RealKeystone, asKeystoneAdmin, login } from '@jeroboam/openstack/testing';
import { freePorts } from '@jeroboam/platform/testing';
import { PACKAGE, complaintsOf, runAgent } from '../ceilometer-agent.ts';
import type { ProcessGroup } from '../processes.ts';
import { RabbitMqServer } from '../rabbitmq-server.ts';
import { RealCloudKitty } from './real-cloudkitty.ts';
import { RealGnocchi } from './real-gnocchi.ts';
import { appendIndented, run, serviceLogin } from './servers.ts';

const PROJECT = 'demo';
/** Services that ask Keystone about others' tokens, and each other. */
const SERVICES = ['gnocchi', 'ceilometer', 'cloudkitty'];

interface Urls {
  readonly metric: string;
  readonly rating: string;
}

/** What of the page goes into Ceilometer's files. */
export interface CeilometerSettings {
  /** Sections of ceilometer.conf. */
  readonly sections: string;
  /** The key `publishers` of a sink. */
  readonly publishers: string;
}

/**
 * An OpenStack that meters and bills, as the page takes it for granted: Keystone, RabbitMQ, Gnocchi, CloudKitty, and a
 * Ceilometer agent that is configured and started later. All are real, on 127.0.0.1, on free ports, in one folder.
 */
export class BillingStack {
  #agent: ProcessGroup | undefined;

  private constructor(
    readonly folder: string,
    readonly keystone: RealKeystone,
    readonly rabbitMq: RabbitMqServer,
    readonly gnocchi: RealGnocchi,
    readonly cloudKitty: RealCloudKitty,
    private readonly urls: Urls,
    /** The project that is billed. */
    readonly projectId: string,
  ) {}

  /** @throws with the last words of what does not start; the others are stopped then. */
  static async start(): Promise<BillingStack> {
    const folder = mkdtempSync(join(tmpdir(), 'jeroboam-billing-'));
    const [identity, metric, rating, mariadb, influx, control] = (await freePorts(6)) as [number, number, number, number, number, number];
    const authUrl = `http://127.0.0.1:${identity}/v3`;
    const urls = { metric: `http://127.0.0.1:${metric}`, rating: `http://127.0.0.1:${rating}` };
    for (const part of ['gnocchi', 'cloudkitty', 'ceilometer']) mkdirSync(join(folder, part));
    const rabbitMqStarts = RabbitMqServer.start();
    const started = await Promise.allSettled([
      RealKeystone.start({ port: identity, ...contents(urls) }),
      rabbitMqStarts,
      RealGnocchi.start({ folder: join(folder, 'gnocchi'), authUrl, port: metric, databasePort: mariadb }),
      rabbitMqStarts.then(({ port }) => RealCloudKitty.start({ folder: join(folder, 'cloudkitty'), authUrl, rabbitMqPort: port, port: rating, databasePort: influx, databaseControlPort: control })),
    ]);
    const failure = started.find(({ status }) => status === 'rejected');
    const [keystone, rabbitMq, gnocchi, cloudKitty] = started.map((one) => (one.status === 'fulfilled' ? one.value : undefined)) as [RealKeystone, RabbitMqServer, RealGnocchi, RealCloudKitty];
    if (failure) {
      await Promise.all([gnocchi?.stop(), cloudKitty?.stop()]);
      await Promise.all([keystone?.close(), rabbitMq?.stop()]);
      rmSync(folder, { recursive: true, force: true });
      throw (failure as PromiseRejectedResult).reason;
    }
    const { projects } = (await asKeystoneAdmin(authUrl, 'GET', `/projects?name=${PROJECT}`)) as { projects: { id: string }[] };
    return new BillingStack(folder, keystone, rabbitMq, gnocchi, cloudKitty, urls, projects[0]!.id);
  }

  /** Commands as an administrator types them into a shell, each of which must succeed. @returns what they wrote. */
  shell(commands: string): Promise<string> {
    const { username, password, projectName } = KEYSTONE_ADMIN;
    return run('/bin/bash', ['--norc', '-euc', commands], this.folder, {
      OS_AUTH_URL: this.keystone.authUrl, OS_AUTH_TYPE: 'password', OS_USERNAME: username, OS_PASSWORD: password, OS_PROJECT_NAME: projectName,
      OS_USER_DOMAIN_NAME: 'Default', OS_PROJECT_DOMAIN_NAME: 'Default', OS_IDENTITY_API_VERSION: '3', OS_REGION_NAME: 'RegionOne',
    });
  }

  async startCeilometer({ sections, publishers }: CeilometerSettings): Promise<void> {
    const folder = join(this.folder, 'ceilometer');
    for (const [file, kind] of [['pipeline.yaml', 'meters'], ['event_pipeline.yaml', 'events']] as const) {
      writeFileSync(join(folder, file), `sources:\n  - {name: all, ${kind}: ["*"], sinks: [here]}\nsinks:\n  - name: here\n`);
      appendIndented(join(folder, file), publishers, 4);
    }
    writeFileSync(join(folder, 'agent.log'), '');
    writeFileSync(join(folder, 'ceilometer.conf'), this.#agentConfiguration(folder, sections));
    this.#agent = await runAgent(folder, this.rabbitMq, 120_000);
  }

  /** What Ceilometer's agent has complained of. */
  get complaints(): readonly string[] {
    return complaintsOf(join(this.folder, 'ceilometer'));
  }

  /** Five-minute means (hourly sums, where `granularity` is 3600) of a metric, by when they begin; none while there is no such metric. */
  async measures(resourceType: string, resourceId: string, metric: string, granularity = 300): Promise<ReadonlyMap<number, number>> {
    const aggregation = granularity === 300 ? 'mean' : 'sum';
    const path = `resource/${resourceType}/${resourceId}/metric/${metric}/measures?granularity=${granularity}&aggregation=${aggregation}`;
    const measures = (await this.#says(`${this.urls.metric}/v1/${path}`)) as readonly (readonly [string, number, number])[] | undefined;
    return new Map((measures ?? []).map(([at, , value]) => [Date.parse(at), value]));
  }

  /** A resource as Gnocchi keeps it; undefined while there is none. */
  async resource(resourceType: string, resourceId: string): Promise<Readonly<Record<string, unknown>> | undefined> {
    return (await this.#says(`${this.urls.metric}/v1/resource/${resourceType}/${resourceId}`)) as Readonly<Record<string, unknown>> | undefined;
  }

  /** What everything in some time comes to so far. A client of OpenStack's needs seconds to start; this is for asking often. */
  async ratedSoFar(from: string, until: string): Promise<number> {
    const { total, results } = (await this.#says(`${this.urls.rating}/v2/summary?begin=${from}&end=${until}`)) as { total: number; results: readonly (readonly [string, string, number, number])[] };
    return total === 0 ? 0 : results[0]![3];
  }

  /** For a failure that needs an explanation. */
  get lastWords(): string {
    return [`--- ceilometer\n${this.complaints.filter((line) => !line.includes('amqpdriver')).slice(0, 40).join('\n')}`, this.gnocchi.lastWords, this.cloudKitty.lastWords].join('\n');
  }

  async stop(): Promise<void> {
    await Promise.all([this.#agent?.end('SIGKILL'), this.cloudKitty.stop(), this.gnocchi.stop()]);
    await Promise.all([this.rabbitMq.stop(), this.keystone.close()]);
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** undefined where there is nothing. */
  async #says(url: string): Promise<unknown> {
    const answer = await fetch(url, { headers: { 'x-auth-token': await this.#adminToken() } });
    if (answer.status === 404) return undefined;
    if (!answer.ok) throw new Error(`${url} gives ${answer.status}: ${await answer.text()}`);
    return answer.json();
  }

  #token: Promise<string> | undefined;
  #adminToken(): Promise<string> {
    this.#token ??= login(this.keystone.authUrl, KEYSTONE_ADMIN);
    return this.#token;
  }

  /** As packaged, but for where things are. */
  #agentConfiguration(folder: string, sections: string): string {
    return `[DEFAULT]
transport_url = rabbit://guest:guest@127.0.0.1:${this.rabbitMq.port}//
use_stderr = false
log_file = ${folder}/agent.log
pipeline_cfg_file = ${folder}/pipeline.yaml
event_pipeline_cfg_file = ${folder}/event_pipeline.yaml
[notification]
workers = 1
[service_credentials]
${serviceLogin(this.keystone.authUrl, 'ceilometer')}${sections}
`;
  }
}

/** Ceilometer's own folder of definitions, which the page calls P. */
export const CEILOMETER_PACKAGE = PACKAGE;

function contents(urls: Urls) {
  const service = ['admin', 'service'];
  return {
    projects: [{ name: 'service' }, { name: PROJECT }],
    users: SERVICES.map((name) => ({
      name, password: 'secret',
      // The role is there before anybody has it in a project that is billed.
      roles: { service: name === 'cloudkitty' ? [...service, 'rating'] : service },
    })),
    services: [{ type: 'metric', name: 'gnocchi', url: urls.metric }, { type: 'rating', name: 'cloudkitty', url: urls.rating }],
  };
}
