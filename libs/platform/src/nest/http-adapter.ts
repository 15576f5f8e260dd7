import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { errorBody, toHttpError, type HttpError } from '../errors/http-error.ts';
import { withLogContext } from '../log/context.ts';
import type { Logger } from '../log/logger.ts';
import type { Metrics } from '../metrics/metrics.ts';
import { newRequestId } from '../request-id.ts';
import { RouteTable } from './route-table.ts';

export interface HttpAdapterOptions {
  /** Larger bodies are refused with 413. @default 1048576 (1 MiB) */
  readonly bodyLimitBytes?: number;
  /** With it every request leaves one line. */
  readonly logger?: Logger;
  /** With it the duration of requests is measured, by route and status. */
  readonly metrics?: Metrics;
}

export interface HttpAdapter {
  readonly adapter: FastifyAdapter;
  /** For `MagnumErrorFilter`, so that a wrong verb is told from an unknown path. */
  readonly routes: RouteTable;
}

/** Cluster names have up to 242 characters, URL-encoded up to three times as many; beyond this a path is unknown. */
const MAX_PARAMETER_CHARS = 1_024;

/**
 * Fastify under Nest as every process of ours needs it: request ids in OpenStack's form on each answer and log line,
 * trailing and doubled slashes tolerated, no HEAD routes of its own making (Magnum has none).
 */
export function httpAdapter(options: HttpAdapterOptions = {}): HttpAdapter {
  const adapter = new FastifyAdapter({
    genReqId: newRequestId,
    bodyLimit: options.bodyLimitBytes ?? 1_048_576,
    exposeHeadRoutes: false,
    routerOptions: { ignoreTrailingSlash: true, ignoreDuplicateSlashes: true, maxParamLength: MAX_PARAMETER_CHARS },
    frameworkErrors: refuseUnroutable,
    clientErrorHandler: refuseUnreadable,
  });
  const routes = RouteTable.of(adapter.getInstance());
  addContextHooks(adapter);
  addReportHook(adapter, options);
  return { adapter, routes };
}

function addContextHooks(adapter: FastifyAdapter): void {
  const instance = adapter.getInstance();
  instance.addHook('onRequest', (request, reply, done) => {
    reply.header('x-openstack-request-id', request.id);
    withLogContext({ requestId: request.id }, done);
  });
  // Reading a body leaves the context it began in; what follows it, the handler above all, enters it again here.
  instance.addHook('preValidation', (request, _reply, done) => withLogContext({ requestId: request.id }, done));
}

function addReportHook(adapter: FastifyAdapter, { logger, metrics }: HttpAdapterOptions): void {
  const duration = metrics?.histogram('jeroboam_http_request_duration_seconds', 'Time from request to answer.', [
    'method',
    'route',
    'status',
  ]);
  adapter.getInstance().addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'none';
    duration?.observe({ method: request.method, route, status: String(reply.statusCode) }, reply.elapsedTime / 1_000);
    logger?.info('request handled', {
      requestId: request.id,
      method: request.method,
      path: request.url.split('?', 1)[0],
      status: reply.statusCode,
      durationMs: Math.round(reply.elapsedTime * 10) / 10,
    });
    done();
  });
}

/** A path that cannot be decoded fails before hooks and filters; it is answered here, in the same shape. */
function refuseUnroutable(error: Error, request: FastifyRequest, reply: FastifyReply): void {
  const shown = toHttpError(error);
  const body = Buffer.from(JSON.stringify(errorBody(shown, request.id)));
  reply.code(shown.status).headers({ 'x-openstack-request-id': request.id, 'content-type': 'application/json' }).send(body);
}

/** What is not even HTTP (or too long a header) never becomes a request; it is answered here, in the same shape. */
function refuseUnreadable(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const status = error.code === 'HPE_HEADER_OVERFLOW' ? 431 : error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : 400;
  const requestId = newRequestId();
  const title = STATUS_CODES[status] ?? '';
  const shown: HttpError = { status, code: 'client', title, detail: title, headers: {}, unexpected: false };
  const body = JSON.stringify(errorBody(shown, requestId));
  const head = [
    `HTTP/1.1 ${status} ${title}`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    `x-openstack-request-id: ${requestId}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
