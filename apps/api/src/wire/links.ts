import type { FastifyRequest } from 'fastify';

export interface Link {
  readonly href: string;
  readonly rel: string;
}

/** Where clients reach the API: scheme, host and, behind a proxy, a path prefix; without a slash at the end. */
export type BaseUrl = string;

/**
 * @param publicUrl as configured; without it the host the client named itself counts. Forwarding headers do not:
 * anybody could send them.
 */
export function baseUrlOf(request: FastifyRequest, publicUrl: string | undefined): BaseUrl {
  if (publicUrl !== undefined) return publicUrl;
  const host = request.headers.host ?? '';
  return `http://${/^[\w.:[\]-]{1,255}$/.test(host) ? host : 'localhost'}`;
}

/** The two links of a resource, e.g. `links(base, 'clusters/4f…')`. */
export function links(base: BaseUrl, path: string): readonly Link[] {
  return [
    { href: `${base}/v1/${path}`, rel: 'self' },
    { href: `${base}/${path}`, rel: 'bookmark' },
  ];
}
