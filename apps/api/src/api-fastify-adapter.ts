import type { FastifyAdapter } from '@nestjs/platform-fastify';
import { httpAdapter, type HttpAdapterOptions, type RouteTable } from '@jeroboam/platform/nest';

declare module 'fastify' {
  interface FastifyInstance {
    /** Which verbs are answered at which path. */
    routeTable: RouteTable;
  }
}

/**
 * Fastify as the API needs it under Nest: the adapter of all our services, from which `ApiModule` finds out what a
 * wrong verb is. Every process that mounts `ApiModule` passes this to `NestFactory.create`.
 */
export function apiFastifyAdapter(options: HttpAdapterOptions = {}): FastifyAdapter {
  const { adapter, routes } = httpAdapter(options);
  adapter.getInstance().decorate('routeTable', routes);
  return adapter;
}
