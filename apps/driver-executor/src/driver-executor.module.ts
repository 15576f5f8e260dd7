import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { Module } from '@nestjs/common';
import type { BeforeApplicationShutdown, DynamicModule, OnApplicationBootstrap } from '@nestjs/common';
import type { DriverManifest } from '@jeroboam/driver-sdk';
import type { MessageClient } from '@jeroboam/messaging';
import type { Clock, Logger, Timers } from '@jeroboam/platform';
import { DriverExecutorController } from './driver-executor.controller.ts';
import { DriverHost } from './driver-host.service.ts';
import { DEFAULT_EXECUTOR_CONFIG } from './executor.config.ts';
import { BayCredentials } from './credentials/bay-credentials.ts';
import type { BayCredentialOptions } from './credentials/bay-credentials.ts';
import type { ExecutorConfig } from './executor.config.ts';
import { Executor } from './executor.service.ts';
import { ExtensionReader } from './extension-reader.service.ts';
import { StepRunner } from './step-runner.service.ts';

export interface DriverExecutorDependencies {
  readonly messages: MessageClient;
  readonly drivers: readonly DriverManifest[];
  readonly clock: Clock;
  readonly timers: Timers;
  readonly logger: Logger;
  /** How bays get credentials of their own. @default they get none, and act as the service */
  readonly credentials?: Omit<BayCredentialOptions, 'clock' | 'timers'> | null;
  readonly config: Partial<ExecutorConfig> & Pick<ExecutorConfig, 'dataDir'>;
}

/** Stops before the connections do, so that running steps can still report. */
class ExecutorLifecycle implements OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(private readonly executor: Executor) {}

  onApplicationBootstrap(): void {
    this.executor.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.executor.stop();
  }
}

@Module({})
export class DriverExecutorModule {
  static with({ messages, drivers, clock, timers, logger, credentials, config: given }: DriverExecutorDependencies): DynamicModule {
    const config = { ...DEFAULT_EXECUTOR_CONFIG, ...given };
    const host = new DriverHost(drivers, config.dataDir, logger);
    const runner = new StepRunner(messages, host, config, timers, logger, credentials ? new BayCredentials({ ...credentials, clock, timers }) : null);
    const executor = new Executor(`${hostname()}-${process.pid}-${randomUUID().slice(0, 8)}`, messages, host, runner, config, clock, timers, logger, randomUUID);
    return {
      module: DriverExecutorModule,
      controllers: [DriverExecutorController],
      providers: [
        { provide: DriverHost, useValue: host },
        { provide: ExtensionReader, useValue: new ExtensionReader(host, logger) },
        { provide: ExecutorLifecycle, useValue: new ExecutorLifecycle(executor) },
      ],
    };
  }
}
