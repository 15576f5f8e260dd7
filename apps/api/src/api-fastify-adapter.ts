import type { FastifyAdapter } from '@nestjs/platform-fastify';
import { httpAdapter, type HttpAdapterOptions, type RouteTable } from '@jeroboam/platform/nest';
import { collectRoutes, type RegisteredRoute } from './openapi/registered-routes.ts';

declare module 'fastify' {
  interface FastifyInstance {
    /** Which verbs are answered at which path. */
    routeTable: RouteTable;
    /** All routes so far, for the OpenAPI document. */
    registeredRoutes: readonly RegisteredRoute[];
  }
}

/**
 * Fastify as the API needs it under Nest: the adapter of all our services, from which `ApiModule` finds out what a
 * wrong verb is. Every process that mounts `ApiModule` passes this to `NestFactory.create`.
 */
export function apiFastifyAdapter(options: HttpAdapterOptions = {}): FastifyAdapter {
  const { adapter, routes } = httpAdapter(options);
  const instance = adapter.getInstance();
  instance.decorate('routeTable', routes);
  instance.decorate('registeredRoutes', collectRoutes(instance));
  return adapter;
}
