import { NestFactory } from '@nestjs/core';
import type { INestApplication, INestMicroservice } from '@nestjs/common';
import { openMessaging } from '@jeroboam/messaging';
import type { Messaging } from '@jeroboam/messaging';
import { createLogger, nestLogger } from '@jeroboam/platform';
import type { Logger, LogLevel, Secret } from '@jeroboam/platform';
import { Closers } from './run-process.ts';

export interface ServiceConfig {
  readonly logLevel: LogLevel;
  readonly logFormat: 'json' | 'pretty';
  readonly natsServers: readonly string[];
  readonly natsToken?: Secret<string> | undefined;
}

/** What every separate process opens first. */
export interface Service {
  readonly logger: Logger;
  readonly messaging: Messaging;
  readonly closers: Closers;
}

/** Logger and bus of a service process; a NATS server that is not there yet is waited for. */
export function openService(service: string, { logLevel, logFormat, natsServers, natsToken }: ServiceConfig): Service {
  const logger = createLogger({ service, level: logLevel, format: logFormat });
  const closers = new Closers();
  const messaging = openMessaging({ profile: 'nats', servers: natsServers, queueGroup: service, logger, ...(natsToken ? { token: natsToken } : {}) });
  closers.add(messaging, (bus) => bus.close());
  return { logger, messaging, closers };
}

/** Runs a module that is reached over the bus alone. */
export async function runMicroservice(module: Parameters<typeof NestFactory.createMicroservice>[0], { logger, messaging, closers }: Service): Promise<INestMicroservice> {
  const app = await NestFactory.createMicroservice(module, { strategy: messaging.strategy(), abortOnError: false, logger: nestLogger(logger) });
  closers.add(app, (running: Pick<INestApplication, 'close'>) => running.close());
  await app.listen();
  logger.info('ready');
  return app;
}
