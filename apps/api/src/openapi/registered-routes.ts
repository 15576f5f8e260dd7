import type { FastifyInstance } from 'fastify';
import type { WireRoute } from '../wire/wire-route.ts';
import type { DescribedRoute } from './describe.ts';

/** A route as Nest registered it with Fastify. */
export interface RegisteredRoute {
  /** One verb, or all there are for a route that answers to any. */
  readonly methods: readonly string[];
  /** In Fastify's syntax: `/v1/clusters/:ident`. */
  readonly url: string;
  readonly wire: WireRoute;
  readonly operation?: DescribedRoute;
}

/** Collects the routes of `instance` from here on: must come before the first one. */
export function collectRoutes(instance: FastifyInstance): readonly RegisteredRoute[] {
  const routes: RegisteredRoute[] = [];
  instance.addHook('onRoute', ({ method, url, config }) => {
    const { wire = {}, operation } = config ?? {};
    routes.push({ methods: Array.isArray(method) ? method : [method], url, wire, ...(operation ? { operation } : {}) });
  });
  return routes;
}
