import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bayDecider, fold } from '@jeroboam/domain';
import type { BayEvent, BaySpec, LiveBay } from '@jeroboam/domain';
import type { BayDriver } from '@jeroboam/driver-sdk';
import * as k8s from '@jeroboam/driver-k8s-fedora-coreos';
import * as mesos from '@jeroboam/driver-mesos-ubuntu';
import { HeatDriver, heatCloud } from '@jeroboam/heat-driver';
import { delay } from '@jeroboam/platform';
import { FakeClock, freePort } from '@jeroboam/platform/testing';
import { USAGE, apiProjections, openSqliteReadModel, runProjections } from '@jeroboam/read-model';
import type { Projector, ReadModel, UsageDocument } from '@jeroboam/read-model';
import { startSandboxCloud } from '@jeroboam/sandbox-cloud';
import type { SandboxCloud } from '@jeroboam/sandbox-cloud';
import { logIn } from '../../drivers/cloud-under-test.ts';
import type { CloudUnderTest } from '../../drivers/cloud-under-test.ts';
import { login } from './client.ts';
import { badlyEnded, neverStarted } from './history.ts';
import type { GroupOfBay } from './metering.ts';
import { SimulatedService } from './simulated-service.ts';

export const KINDS = [
  { manifest: k8s.k8sFedoraCoreosV1, blueprint: k8s.blueprint, image: 'fedora-coreos' },
  { manifest: mesos.mesosUbuntuV1, blueprint: mesos.blueprint, image: 'ubuntu' },
];
export const PROJECTS = ['demo', 'other'];

/** Jeroboam, its drivers and the cloud, all in one time that only the test lets pass. */
export class SimulatedWorld {
  readonly clock = new FakeClock(new Date().toISOString());
  readonly service: SimulatedService;
  readonly #clouds = new Map<string, CloudUnderTest>();
  readonly #drivers = new Map<string, BayDriver>();
  readonly #folder = mkdtempSync(join(tmpdir(), 'jeroboam-usage-'));
  #port = 0;
  #sandbox: SandboxCloud | undefined;
  #readModel: ReadModel | undefined;
  #projector: Projector | undefined;

  constructor() {
    this.service = new SimulatedService(this.clock, this.#drivers);
  }

  async open(): Promise<void> {
    this.#port = await freePort();
    await this.openSandbox();
    for (const projectName of PROJECTS) this.#clouds.set(projectName, logIn(this.authUrl, { username: projectName, password: 'secret', projectName }));
    const of = ({ projectId }: BaySpec) => this.#clouds.get(projectId)!;
    const access = { session: (bay: BaySpec) => of(bay).session, stacks: (bay: BaySpec) => of(bay).stacks, authUrl: this.authUrl, apiUrl: 'http://api.test/v1', simulated: true };
    for (const { manifest, blueprint } of KINDS) {
      const driver = new HeatDriver(blueprint, { dataDir: join(this.#folder, manifest.name) }, heatCloud(access), { pollMs: 1, patienceMs: 0 });
      this.#drivers.set(`${manifest.name}@${manifest.version}`, driver);
    }
    await this.service.start();
    this.#readModel = await openSqliteReadModel({ path: join(this.#folder, 'usage.sqlite') });
    this.#projector = project(this.service, this.#readModel);
  }

  get authUrl(): string {
    return `http://127.0.0.1:${this.#port}/v3`;
  }

  async openSandbox(): Promise<void> {
    const clock = { now: () => this.clock.now().getTime(), sleep: (ms: number, signal?: AbortSignal) => delay(this.clock, ms, signal) };
    this.#sandbox = await startSandboxCloud({ port: this.#port, containerInfraUrl: 'http://127.0.0.1:9511/v1', dataDir: join(this.#folder, 'sandbox'), clock });
  }

  async restartSandbox(): Promise<void> {
    await this.#sandbox!.close();
    await this.openSandbox();
  }

  async restartService(): Promise<void> {
    await this.service.stop();
    await this.service.start();
  }

  async admin<T>(method: string, path: string, body?: unknown): Promise<T> {
    const token = await login({ authUrl: this.authUrl, username: 'admin', projectName: 'admin' });
    const headers = { 'x-auth-token': token, ...(body === undefined ? {} : { 'content-type': 'application/json' }) };
    const response = await fetch(`http://127.0.0.1:${this.#port}/admin/${path}`, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }

  /** Bays that are there, by their events. */
  async bays(): Promise<readonly LiveBay[]> {
    const events = (await this.service.events()).filter(({ stream }) => stream.startsWith('bay-')) as unknown as (BayEvent & { stream: string })[];
    return [...Map.groupBy(events, ({ stream }) => stream).values()].map((story) => fold(bayDecider, story)).filter((bay) => bay.phase === 'live');
  }

  /** Every node group that there ever was. */
  async groups(): Promise<readonly GroupOfBay[]> {
    const specs = new Map<string, BaySpec>();
    return (await this.service.events()).flatMap((event): GroupOfBay[] => {
      const { type, data } = event as unknown as BayEvent;
      if (type === 'BayCreationRequested') specs.set(data.bayId, data.spec);
      if (type === 'BayCreationRequested') return data.nodeGroups.map((group) => ({ spec: data.spec, group }));
      return type === 'NodeGroupCreationRequested' ? [{ spec: specs.get(data.bayId)!, group: data.nodeGroup }] : [];
    });
  }

  /** Lets operations go on until each of them has ended. */
  async quieten(): Promise<void> {
    for (let round = 0; round < 3_000; round += 1) {
      while (await this.service.work());
      const events = (await this.service.events()) as Parameters<typeof badlyEnded>[0];
      if (badlyEnded(events).length === 0 && neverStarted(events).length === 0) return;
      await this.clock.advance(5_000);
    }
    throw new Error('operations go on for ever');
  }

  /** The intervals as they were written while everything went on. */
  async usage(): Promise<readonly UsageDocument[]> {
    await this.#projector!.caughtUp();
    return this.#readModel!.find<UsageDocument>(USAGE.name);
  }

  /** The same from the first event on. */
  async rebuiltUsage(): Promise<readonly UsageDocument[]> {
    const readModel = await openSqliteReadModel({ path: join(this.#folder, `rebuilt-${randomUUID()}.sqlite`) });
    const projector = project(this.service, readModel);
    await projector.caughtUp();
    const usage = await readModel.find<UsageDocument>(USAGE.name);
    await projector.stop();
    await readModel.close();
    return usage;
  }

  async close(): Promise<void> {
    await this.#projector?.stop();
    await this.#readModel?.close();
    await this.service.close();
    await this.#sandbox?.close();
    for (const { session } of this.#clouds.values()) session.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function project(service: SimulatedService, readModel: ReadModel): Projector {
  return runProjections({ log: service.log(), readModel, projections: apiProjections().filter(({ name }) => name === 'usage') });
}
