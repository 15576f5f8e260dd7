import { Module } from '@nestjs/common';
import type { DynamicModule, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { CustomTransportStrategy } from '@nestjs/microservices';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Config, ConfigSchema } from '../config/config.ts';
import { ConfigInvalid } from '../config/config-invalid.ts';
import { loadConfig, type Environment } from '../config/load-config.ts';
import { HealthRegistry } from '../health/health-registry.ts';
import { createLogger, type LogDestination } from '../log/create-logger.ts';
import type { Logger } from '../log/logger.ts';
import { nestLogger } from '../log/nest-logger.ts';
import { Metrics } from '../metrics/metrics.ts';
import { onShutdown, type ProcessHost } from '../service/on-shutdown.ts';
import type { serviceFields } from '../service/service-fields.ts';
import { httpAdapter } from './http-adapter.ts';
import { MagnumErrorFilter } from './magnum-error.filter.ts';
import { PlatformHttpModule } from './platform-http.module.ts';

/** sysexits.h: the configuration is wrong; starting again would not help. */
const EX_CONFIG = 78;

/** What a service is made with. */
export interface ServiceContext<C> {
  readonly config: C;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly health: HealthRegistry;
  /** Has `close` called when the service has ended, last opened first. */
  readonly later: (close: () => unknown) => void;
}

export interface ServiceParts {
  /** Everything of the service that Nest wires. */
  readonly module: DynamicModule | Type;
  /** Where its messages come from. */
  readonly strategies?: readonly CustomTransportStrategy[];
}

export interface ServiceDescription<S extends ConfigSchema<typeof serviceFields>> {
  readonly name: string;
  readonly config: S;
  /** Opens what the service needs and says what it is made of. */
  open(context: ServiceContext<Config<S>>): ServiceParts | Promise<ServiceParts>;
}

export interface RunServiceOptions {
  readonly env?: Environment;
  readonly host?: ProcessHost;
  /** Where the log goes. @default stdout */
  readonly destination?: LogDestination;
  /** Where a configuration that is wrong is told of. @default stderr */
  readonly complain?: (text: string) => void;
}

export interface RunningService {
  /** Base of `/healthz`, `/readyz` and `/metrics`. */
  readonly opsUrl: string;
  close(): Promise<void>;
}

/**
 * The whole life of a service process: reads its configuration (all that is wrong is listed, exit code 78), answers
 * for its health from the first moment, is ready when its messages arrive, and ends in order on SIGTERM or SIGINT.
 *
 * @returns undefined when the process was told to exit.
 */
export async function runService<S extends ConfigSchema<typeof serviceFields>>(
  description: ServiceDescription<S>,
  options: RunServiceOptions = {},
): Promise<RunningService | undefined> {
  const { host = process, complain = (text) => void process.stderr.write(text) } = options;
  let logger: Logger | undefined;
  try {
    const warnings: string[] = [];
    const config = loadConfig(description.config, options.env ?? process.env, { warn: (warning) => warnings.push(warning) });
    const { logLevel, logFormat, shutdownTimeoutMs } = config as Config<ConfigSchema<typeof serviceFields>>;
    logger = createLogger({ service: description.name, level: logLevel, format: logFormat, destination: options.destination ?? 'stdout' });
    for (const warning of warnings) logger.warn('unknown variable', { warning });
    const running = await boot(description, config, logger);
    onShutdown(() => running.close(), { logger, host, timeoutMs: shutdownTimeoutMs });
    return running;
  } catch (error) {
    if (error instanceof ConfigInvalid) complain(`${description.name} cannot start. ${error.message}\n`);
    else if (logger) logger.fatal('service cannot start', { error });
    else throw error;
    host.exit(error instanceof ConfigInvalid ? EX_CONFIG : 1);
    return undefined;
  }
}

async function boot<S extends ConfigSchema<typeof serviceFields>>(
  description: ServiceDescription<S>,
  config: Config<S>,
  logger: Logger,
): Promise<RunningService> {
  const health = new HealthRegistry();
  const metrics = new Metrics().collectProcess();
  const closers: (() => unknown)[] = [];
  const context: ServiceContext<Config<S>> = { config, logger, metrics, health, later: (close) => void closers.unshift(close) };
  const close = once(async () => {
    for (const closer of closers.splice(0)) await closer();
  });
  try {
    const { module, strategies = [] } = await description.open(context);
    const app = await createApp(module, { health, metrics, logger });
    context.later(() => app.close());
    for (const strategy of strategies) app.connectMicroservice({ strategy }, { inheritAppConfig: false });
    const started = health.addReadiness('started', () => {
      throw new Error('messages do not arrive yet');
    });
    const { opsHost, opsPort } = config as Config<ConfigSchema<typeof serviceFields>>;
    await app.listen(opsPort, opsHost);
    // Who waits for the bus answers for its health meanwhile.
    await app.startAllMicroservices();
    started();
    logger.info('ready', { opsUrl: await app.getUrl() });
    context.later(() =>
      health.addReadiness('closing', () => {
        throw new Error('shutting down');
      }),
    );
    return { opsUrl: await app.getUrl(), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function createApp(
  module: DynamicModule | Type,
  parts: { health: HealthRegistry; metrics: Metrics; logger: Logger },
): Promise<NestFastifyApplication> {
  @Module({ imports: [module, PlatformHttpModule.with(parts)] })
  class ServiceModule {}

  const { adapter, routes } = httpAdapter({ metrics: parts.metrics });
  const app = await NestFactory.create<NestFastifyApplication>(ServiceModule, adapter, {
    logger: nestLogger(parts.logger),
    abortOnError: false,
  });
  app.useGlobalFilters(new MagnumErrorFilter({ logger: parts.logger, allowedMethods: routes.allowedMethods }));
  return app;
}

/** Several callers, one run. */
function once(work: () => Promise<void>): () => Promise<void> {
  let run: Promise<void> | undefined;
  return () => (run ??= work());
}
