import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { nestLogger } from '@jeroboam/platform';
import type { HttpAdapterOptions } from '@jeroboam/platform/nest';
import type { ApiDependencies } from './api-dependencies.ts';
import { apiFastifyAdapter } from './api-fastify-adapter.ts';
import { ApiModule } from './api.module.ts';

/** The API as an application of its own, not yet listening: call `listen`, or `init` and `inject`. */
export async function createApiApp(dependencies: ApiDependencies, http: HttpAdapterOptions = {}): Promise<NestFastifyApplication> {
  return NestFactory.create<NestFastifyApplication>(ApiModule.with(dependencies), apiFastifyAdapter(http), {
    bodyParser: false,
    abortOnError: false,
    logger: nestLogger(dependencies.logger),
  });
}
