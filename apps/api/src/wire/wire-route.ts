import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyContextConfig } from 'fastify';
import type { Caller } from '../auth/caller.ts';

/** How the wire treats one route. */
export interface WireRoute {
  /** First minor version that has it. @default 1 */
  readonly since?: number;
  /** What Magnum calls its handler, for the refusal of an older version. */
  readonly handler?: string;
  /** Needs no token. */
  readonly public?: true;
  /** A node may ask with its share of a bootstrap token, which the handler has judged; nowhere else is that a token. */
  readonly nodes?: true;
  /** Takes part in no negotiation, of version or content: discovery and health. */
  readonly unversioned?: true;
  /** What it can answer with. @default application/json */
  readonly produces?: readonly string[];
}

/** What the hooks found out about a request before its handler runs. */
export interface WireContext {
  /** Minor version of the API that was agreed on. */
  readonly minor: number;
  readonly caller: Caller;
}

declare module 'fastify' {
  interface FastifyRequest {
    wire: WireContext;
  }
  interface FastifyContextConfig {
    wire?: WireRoute;
  }
}

/** What Fastify is told of a method. Nest takes it as a whole, so who adds to it must know what is there. */
const configs = new WeakMap<object, Partial<FastifyContextConfig>>();

export function addRouteConfig(config: Partial<FastifyContextConfig>): MethodDecorator {
  return (target, name, descriptor) => {
    const method = descriptor.value as object;
    const whole = { ...configs.get(method), ...config };
    configs.set(method, whole);
    RouteConfig(whole)(target, name, descriptor);
  };
}

/**
 * Says how the wire treats a controller's method. Without it a route needs a token, exists in every version and answers
 * in JSON.
 */
export function Wire(route: WireRoute): MethodDecorator {
  return addRouteConfig({ wire: route });
}

/** Magnum retries an unknown first segment below `/v1`, which is what makes its bookmark links work. */
export function resource(path: string): string[] {
  return [`v1/${path}`, path];
}
