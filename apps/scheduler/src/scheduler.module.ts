import { hostname } from 'node:os';
import { Module } from '@nestjs/common';
import type { BeforeApplicationShutdown, DynamicModule, OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import type { EventLog } from '@jeroboam/event-log';
import type { Clock, Logger, Timers } from '@jeroboam/platform';
import type { ReadModel } from '@jeroboam/read-model';
import { BayCommands } from './bay-commands.service.ts';
import { CredentialRotations } from './credential-rotations.service.ts';
import { Dispatcher } from './dispatcher.service.ts';
import { weightsOf } from './project-turns.ts';
import { QuotaCommands } from './quota-commands.service.ts';
import { Reactor } from './reactor.service.ts';
import { Reservations } from './reservations.service.ts';
import { DEFAULT_SCHEDULER_CONFIG } from './scheduler.config.ts';
import type { SchedulerConfig } from './scheduler.config.ts';
import { SchedulerController } from './scheduler.controller.ts';
import { Status } from './status.service.ts';
import { StepReports } from './step-reports.service.ts';
import { WorkQueue } from './work-queue.ts';
import { writeSide } from './write-side.ts';

export interface SchedulerDependencies {
  readonly eventLog: EventLog;
  readonly readModel: ReadModel;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: Logger;
  readonly config?: Partial<SchedulerConfig>;
}

/** What starts with the service and stops with it. */
class SchedulerLifecycle implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown {
  constructor(
    private readonly dispatcher: Dispatcher,
    private readonly reservations: Reservations,
    private readonly rotations: CredentialRotations,
    private readonly reactor: Reactor,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.reactor.start();
    this.dispatcher.start();
    this.reservations.start();
    this.rotations.start();
  }

  /** Executors that wait for work are answered now; the bus would wait for them otherwise. Reports are still taken. */
  beforeApplicationShutdown(): void {
    this.dispatcher.stop();
  }

  async onApplicationShutdown(): Promise<void> {
    this.reservations.stop();
    this.rotations.stop();
    await this.reactor.stop();
  }
}

@Module({})
export class SchedulerModule {
  static with({ eventLog, readModel, clock, timers, logger, config: given }: SchedulerDependencies): DynamicModule {
    const config = { ...DEFAULT_SCHEDULER_CONFIG, ...given };
    const aggregates = writeSide(eventLog, clock);
    const queue = new WorkQueue({ ...config, projectWeights: weightsOf(config.projectWeights) });
    const dispatcher = new Dispatcher(aggregates, queue, config, clock, timers, logger);
    const reservations = new Reservations(aggregates, config, clock, timers, logger);
    const rotations = new CredentialRotations(aggregates, config, clock, timers, logger);
    const reactor = new Reactor(eventLog, readModel, aggregates, queue, dispatcher, reservations, rotations, config, clock, timers, logger);
    return {
      module: SchedulerModule,
      controllers: [SchedulerController],
      providers: [
        { provide: BayCommands, useValue: new BayCommands(aggregates, config) },
        { provide: Dispatcher, useValue: dispatcher },
        { provide: StepReports, useValue: new StepReports(aggregates) },
        { provide: QuotaCommands, useValue: new QuotaCommands(aggregates) },
        { provide: Status, useValue: new Status(hostname(), clock) },
        { provide: SchedulerLifecycle, useValue: new SchedulerLifecycle(dispatcher, reservations, rotations, reactor) },
      ],
    };
  }
}
