import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SYSTEM_ACTOR, bayDecider, derivedId } from '@jeroboam/domain';
import type { BayCommand, BayEvent, BaySpec, BayState, DomainEvent, RecordedEvent } from '@jeroboam/domain';
import { baySamples } from '@jeroboam/domain/testing';
import { Aggregates } from '@jeroboam/event-log';
import { InMemoryEventLog, InMemoryStore, collect } from '@jeroboam/event-log/testing';
import { reportBayHealth } from '@jeroboam/messaging';
import type { MessageClient, MessageContract, SendOptions } from '@jeroboam/messaging';
import { Metrics } from '@jeroboam/platform';
import { FakeClock, recordingLogger } from '@jeroboam/platform/testing';
import type { RecordingLogger } from '@jeroboam/platform/testing';
import { BAYS, PROJECTIONS, openSqliteReadModel } from '@jeroboam/read-model';
import type { ReadModel } from '@jeroboam/read-model';
import { DEFAULT_TELEMETRY_CONFIG } from '../telemetry.config.ts';
import type { TelemetryConfig } from '../telemetry.config.ts';
import { Telemetry } from '../telemetry.service.ts';
import { ScriptedDriver } from './scripted-driver.ts';

/** The scheduler as far as health goes: decides by the bay's own rule and records. Other services answer as a test says. */
export class FakeScheduler implements MessageClient {
  readonly sent: unknown[] = [];
  /** Thrown at whoever sends, while it is set. */
  refusal: Error | undefined;
  /** What other services answer, by pattern. */
  readonly answers = new Map<string, (payload: unknown) => unknown>();
  readonly #bays: Aggregates<BayState, BayCommand, BayEvent>;

  constructor(log: InMemoryEventLog, now: () => Date) {
    this.#bays = new Aggregates({ log, decider: bayDecider, category: 'bay', now, cacheSize: 20_000 });
  }

  async send<Request, Reply>({ pattern }: MessageContract<Request, Reply>, payload: Request, { context }: SendOptions): Promise<Reply> {
    if (this.refusal) throw this.refusal;
    const answer = this.answers.get(pattern);
    if (answer) return answer(payload) as Reply;
    if (pattern !== reportBayHealth.pattern) throw new Error(`telemetry sends no ${pattern}`);
    this.sent.push(payload);
    const { bayId, ...data } = payload as { bayId: string } & Extract<BayCommand, { type: 'ReportBayHealth' }>['data'];
    const { position } = await this.#bays.execute(bayId, { type: 'ReportBayHealth', data }, context);
    return { position, operationId: null } as Reply;
  }

  async close(): Promise<void> {}
}

/** A telemetry on a clock, a log and a driver of the test's. */
export class TelemetryWorld {
  readonly clock = new FakeClock();
  readonly log = new InMemoryEventLog(new InMemoryStore(), () => this.clock.now());
  readonly driver = new ScriptedDriver(this.clock);
  readonly scheduler = new FakeScheduler(this.log, () => this.clock.now());
  readonly logger: RecordingLogger = recordingLogger();
  readonly metrics = new Metrics();
  readonly #running = new Set<Telemetry>();
  #events = 0;

  private constructor(
    private readonly folder: string,
    readonly readModel: ReadModel,
  ) {}

  static async open(): Promise<TelemetryWorld> {
    const folder = await mkdtemp(join(tmpdir(), 'telemetry-'));
    return new TelemetryWorld(folder, await openSqliteReadModel({ path: join(folder, 'read-model.sqlite') }));
  }

  async close(): Promise<void> {
    for (const telemetry of this.#running) await this.stop(telemetry);
    await this.log.close();
    await this.readModel.close();
    await rm(this.folder, { recursive: true });
  }

  /** Starts one; `random` is always in the middle, so that there is no jitter. */
  async start(config: Partial<TelemetryConfig> = {}, random: () => number = () => 0.5): Promise<Telemetry> {
    const { log: eventLog, readModel, scheduler: messages, clock, metrics, logger } = this;
    const bounds = { ...DEFAULT_TELEMETRY_CONFIG, dataDir: '/nowhere', ...config };
    const parts = { eventLog, readModel, messages, clock, timers: clock, random, metrics, logger };
    const telemetry = new Telemetry({ ...parts, drivers: [this.driver.manifest], config: bounds });
    telemetry.start();
    this.#running.add(telemetry);
    await turns();
    return telemetry;
  }

  async stop(telemetry: Telemetry): Promise<void> {
    this.#running.delete(telemetry);
    await telemetry.stop();
  }

  /** Writes facts of a bay into the log, and gives everybody a turn. */
  async happen(bayId: string, ...events: readonly BayEvent[]): Promise<void> {
    await this.record(bayId, events);
    await turns();
  }

  async record(bayId: string, events: readonly BayEvent[]): Promise<void> {
    await this.log.append(`bay-${bayId}`, events.map((event) => this.#event(bayId, event)), 'any');
  }

  /** A bay that is complete, in the log only. */
  async make(bayId: string, spec: Partial<BaySpec> = {}, ...more: readonly BayEvent[]): Promise<void> {
    await this.happen(bayId, ...completeBay({ ...baySamples.aSpec, name: bayId, ...spec, bayId }), ...more);
  }

  /** Shows bays in the read model, which is then as far as the log. */
  async project(bayIds: readonly string[], status = 'CREATE_COMPLETE'): Promise<void> {
    await this.readModel.ensure([BAYS]);
    const position = (await this.log.head())!;
    const before = await this.readModel.checkpoint(PROJECTIONS.bays);
    const changes = bayIds.map((id) => ({ kind: 'upsert' as const, collection: BAYS.name, document: { id, status }, position }));
    await this.readModel.commit(PROJECTIONS.bays, before, position, changes);
  }

  /** Lets time pass and everybody have a turn. */
  async pass(seconds: number): Promise<void> {
    await this.clock.advance(seconds * 1_000);
    await turns();
  }

  events(bayId: string): Promise<readonly RecordedEvent[]> {
    return collect(this.log.readStream(`bay-${bayId}`));
  }

  #event(bayId: string, event: DomainEvent) {
    const eventId = derivedId('spec', bayId, (this.#events += 1));
    const ids = { requestId: `req-${eventId}`, commandId: eventId, correlationId: eventId, causationId: null };
    return { ...event, eventId, occurredAt: this.clock.now().toISOString(), actor: SYSTEM_ACTOR, ...ids };
  }
}

export function completeBay(spec: BaySpec): readonly BayEvent[] {
  const { bayId } = spec;
  const of = { bayId, operationId: 'op-create' };
  const nodeGroups = [baySamples.group('default-master', 1), baySamples.group('default-worker', 2)];
  return [
    { type: 'BayCreationRequested', schemaVersion: 1, data: { ...of, spec, nodeGroups } },
    { type: 'BayProvisioned', schemaVersion: 1, data: { ...of, outputs: { apiAddress: 'tcp://10.88.0.2:2376' }, nodeCount: 2, masterCount: 1 } },
  ];
}

/** Until everything that is ready to go on has gone on. */
export async function turns(count = 20): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise<void>((resolve) => setImmediate(resolve));
}
