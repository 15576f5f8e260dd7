import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SYSTEM_ACTOR, isDomainError } from '@jeroboam/domain';
import type { RecordedEvent } from '@jeroboam/domain';
import { StepFailed } from '@jeroboam/driver-sdk';
import type { BayDriver, ResourceLedger, StepResult } from '@jeroboam/driver-sdk';
import { FakeCertificates } from '@jeroboam/driver-sdk/testing';
import { InMemoryEventLog, InMemoryStore, collect } from '@jeroboam/event-log/testing';
import {
  claimStep, inProcessTransport, intendResources, recordResources, releaseResources, reportPlan, reportStepFailed, reportStepSucceeded,
} from '@jeroboam/messaging';
import type { HeldLease, MessageContract, Messaging, StepAssignment } from '@jeroboam/messaging';
import { silentLogger } from '@jeroboam/platform';
import type { FakeClock } from '@jeroboam/platform/testing';
import { openSqliteReadModel } from '@jeroboam/read-model';
import type { ReadModel } from '@jeroboam/read-model';
import { SchedulerModule } from '@jeroboam/scheduler';
import type { INestMicroservice } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';

/**
 * The real scheduler on a clock that only a test moves, with an executor that does one step at a time and when it is told to. The
 * log outlives every restart.
 */
export class SimulatedService {
  readonly #store = new InMemoryStore();
  readonly #folder = mkdtempSync(join(tmpdir(), 'jeroboam-simulated-'));
  readonly #certificates = new FakeCertificates();
  #readModel: ReadModel | undefined;
  #messaging: Messaging | undefined;
  #scheduler: INestMicroservice | undefined;

  /** @param drivers by `name@version`. */
  constructor(
    private readonly clock: FakeClock,
    private readonly drivers: ReadonlyMap<string, BayDriver>,
  ) {}

  async start(): Promise<void> {
    this.#readModel = await openSqliteReadModel({ path: join(this.#folder, 'scheduler.sqlite') });
    this.#messaging = inProcessTransport();
    const eventLog = new InMemoryEventLog(this.#store, () => this.clock.now());
    const config = { defaultQuota: 1_000, executorsShareProcess: true };
    const module = SchedulerModule.with({ eventLog, readModel: this.#readModel, clock: this.clock, timers: this.clock, logger: silentLogger, config });
    this.#scheduler = await NestFactory.createMicroservice(module, { strategy: this.#messaging.strategy(), logger: false });
    await this.#scheduler.listen();
    await this.settled();
  }

  /** Ends the process, as it were; what it was about to do is lost. */
  async stop(): Promise<void> {
    await this.#scheduler?.close();
    await this.#messaging?.close();
    await this.#readModel?.close();
  }

  async close(): Promise<void> {
    await this.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  events(): Promise<readonly RecordedEvent[]> {
    return collect(new InMemoryEventLog(this.#store).readAll());
  }

  /** For projections. */
  log(): InMemoryEventLog {
    return new InMemoryEventLog(this.#store, () => this.clock.now());
  }

  /** Sends a command. @returns false where it was refused, as many of a random history are. */
  async tell<Request>(contract: MessageContract<Request, unknown>, payload: Request): Promise<boolean> {
    try {
      await this.#send(contract, payload);
      await this.settled();
      return true;
    } catch (error) {
      if (isDomainError(error) && error.kind !== 'unavailable') return false;
      throw error;
    }
  }

  /**
   * Takes the next step that is due and does it.
   * @param lost its outcome is told to nobody, as when the executor dies right then.
   * @returns false where nothing is due.
   */
  async work(lost = false): Promise<boolean> {
    const claim = this.#send(claimStep, { executorId: 'e1', drivers: [...this.drivers.keys()], waitMs: 1 });
    const turns = this.#turnsUntil(claim);
    const assignment = await claim;
    await turns;
    if (!assignment) return false;
    const told = await this.#done(assignment);
    if (!lost) await told();
    await this.settled();
    return true;
  }

  /** Resolves when nothing has been added to the log for a while: whatever is there has had its effect, or waits for the clock. */
  async settled(): Promise<void> {
    const log = this.log();
    let head = await log.head();
    for (let quiet = 0; quiet < 60; quiet += 1) {
      await new Promise<void>((resolve) => setImmediate(resolve));
      const now = await log.head();
      if (now !== head) quiet = 0;
      head = now;
    }
  }

  /** A claim waits for a moment of the clock's. */
  async #turnsUntil(claim: Promise<unknown>): Promise<void> {
    const claimed = { isOver: false };
    const over = () => void (claimed.isOver = true);
    claim.then(over, over);
    while (!claimed.isOver) {
      await new Promise<void>((resolve) => setImmediate(resolve));
      await this.clock.advance(1);
    }
  }

  /** @returns what reports the outcome. */
  async #done({ lease, bay, operation, step }: StepAssignment): Promise<() => Promise<unknown>> {
    const { name, version } = bay.spec.driver;
    const driver = this.drivers.get(`${name}@${version}`)!;
    const held: HeldLease = { bayId: bay.spec.bayId, token: lease.token };
    if (step.name === 'plan') {
      const steps = operation.kind === 'delete' && !(bay.hadResources ?? bay.resources.length > 0) ? [] : driver.plan(operation, bay);
      return () => this.#send(reportPlan, { ...held, steps });
    }
    try {
      const outcome: StepResult = await driver.run(step, {
        bay, operation, attempt: lease.attempt, fencingToken: lease.token, signal: new AbortController().signal, ledger: this.#ledger(held),
        certificates: this.#certificates, log: silentLogger,
      });
      return () => this.#send(reportStepSucceeded, { ...held, outcome });
    } catch (error) {
      if (!(error instanceof StepFailed)) throw error;
      const { message: reason, retryable, blockedBy, machines } = error;
      return () => this.#send(reportStepFailed, { ...held, reason, retryable, maxAttempts: null, blockedBy, machines });
    }
  }

  #ledger(held: HeldLease): ResourceLedger {
    return {
      intend: async (resources) => void (await this.#send(intendResources, { ...held, resources })),
      record: async (resources) => void (await this.#send(recordResources, { ...held, resources })),
      release: async (resourceIds) => void (await this.#send(releaseResources, { ...held, resourceIds })),
    };
  }

  #send<Request, Reply>(contract: MessageContract<Request, Reply>, payload: Request): Promise<Reply> {
    const commandId = randomUUID();
    const context = { actor: SYSTEM_ACTOR, requestId: `req-${commandId}`, commandId, correlationId: commandId, causationId: null };
    return this.#messaging!.client.send(contract, payload, { context, timeoutMs: 60_000 });
  }
}
