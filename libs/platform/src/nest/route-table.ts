import type { FastifyInstance } from 'fastify';

/** Which verbs are answered at which path, learnt while routes are registered. */
export class RouteTable {
  private readonly routes: { readonly methods: readonly string[]; readonly pattern: RegExp }[] = [];

  /** Must come before the first route of `instance`. */
  static of(instance: FastifyInstance): RouteTable {
    const table = new RouteTable();
    instance.addHook('onRoute', ({ method, url }) => {
      table.routes.push({ methods: Array.isArray(method) ? method : [method], pattern: patternOf(url) });
    });
    return table;
  }

  /** Verbs answered at `path` (without query), sorted; empty for an unknown path. */
  readonly allowedMethods = (path: string): readonly string[] => {
    const methods = this.routes.filter(({ pattern }) => pattern.test(path)).flatMap((route) => route.methods);
    return [...new Set(methods)].sort();
  };
}

/** Fastify's path syntax (`/v1/clusters/:ident`, `/static/*`) as an expression that also takes a trailing slash. */
function patternOf(url: string): RegExp {
  const segments = url
    .replace(/\/$/, '')
    .split('/')
    .map((segment) => {
      if (segment.startsWith(':')) return '[^/]+';
      return segment === '*' ? '.*' : segment.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    });
  return new RegExp(`^${segments.join('/')}/?$`);
}
