import type { ServerResponse } from 'node:http';
import { Catch } from '@nestjs/common';
import type { ArgumentsHost, ExceptionFilter } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { errorBody, toHttpError, type HttpError } from '../errors/http-error.ts';
import { RoutingError } from '../errors/routing-error.ts';
import type { Logger } from '../log/logger.ts';
import { isRequestId, newRequestId } from '../request-id.ts';

/** A whole answer, for the few errors that do not have Magnum's usual shape. */
export interface ErrorResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
}

export interface MagnumErrorFilterOptions {
  readonly logger: Logger;
  /** Which verbs a path answers to, e.g. `['DELETE', 'GET']`; with it a wrong verb is 405 and not 404. */
  readonly allowedMethods?: (path: string) => readonly string[];
  /** Answers of another shape (401, microversions); asked first, undefined leaves the error to the usual shape. */
  readonly special?: (exception: unknown) => ErrorResponse | undefined;
}

/** The parts of a request that Fastify's, and the bare one that middleware sees, have in common. */
interface AnyRequest {
  readonly id?: unknown;
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** Magnum's answers before a handler was found carry none of these. */
const VERSION_HEADERS = ['openstack-api-version', 'openstack-api-minimum-version', 'openstack-api-maximum-version', 'vary'];
/** Exactly what Magnum answers to HEAD; 14 bytes. */
const EMPTY_BODY = '{"errors": []}';

/** The one place where errors become answers over HTTP. What nobody planned is logged here, with its stack. */
@Catch()
export class MagnumErrorFilter implements ExceptionFilter {
  constructor(private readonly options: MagnumErrorFilterOptions) {}

  catch(exception: unknown, host: ArgumentsHost): void {
    // A message handler's errors travel back as a reply; they are not ours to answer.
    if (host.getType() !== 'http') throw exception;
    const request = host.switchToHttp().getRequest<AnyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply | ServerResponse>();
    const requestId = isRequestId(request.id) ? request.id : newRequestId();
    const answer = this.answerTo(exception, request, requestId);
    if (isUnderWay(reply)) return cutOff(reply);
    send(reply, { ...answer, headers: { 'x-openstack-request-id': requestId, ...answer.headers } }, request.method === 'HEAD');
  }

  private answerTo(exception: unknown, request: AnyRequest, requestId: string): ErrorResponse & { readonly routing?: boolean } {
    const special = this.options.special?.(exception);
    if (special) return special;
    const error = this.withAllowedMethods(toHttpError(exception, { contentType: first(request.headers['content-type']) }), request);
    if (error.unexpected) {
      this.options.logger.error('request failed unexpectedly', {
        error: exception,
        requestId,
        method: request.method,
        path: pathOf(request),
      });
    }
    return { status: error.status, headers: error.headers, body: errorBody(error, requestId), routing: error.code === '' };
  }

  private withAllowedMethods(error: HttpError, request: AnyRequest): HttpError {
    if (error.status !== 404 || error.code !== '') return error;
    const allowed = this.options.allowedMethods?.(pathOf(request)) ?? [];
    return allowed.length > 0 ? toHttpError(new RoutingError(405, '', { allow: allowed.join(', ') })) : error;
  }
}

function pathOf(request: AnyRequest): string {
  return request.url.split('?', 1)[0] ?? '';
}

function first(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}

function rawOf(reply: FastifyReply | ServerResponse): ServerResponse {
  return 'raw' in reply ? reply.raw : reply;
}

function isUnderWay(reply: FastifyReply | ServerResponse): boolean {
  return ('raw' in reply && reply.sent) || rawOf(reply).headersSent;
}

/** Half an answer is out: only breaking off tells the client that it is not whole. */
function cutOff(reply: FastifyReply | ServerResponse): void {
  if (!rawOf(reply).writableEnded) rawOf(reply).destroy();
}

function send(reply: FastifyReply | ServerResponse, answer: ErrorResponse & { readonly routing?: boolean }, isHead: boolean): void {
  const headers = { ...answer.headers, 'content-type': 'application/json' };
  // Bytes, because Fastify adds a charset to the content type of JSON text, and Magnum has none.
  const body = Buffer.from(isHead ? EMPTY_BODY : JSON.stringify(answer.body));
  if (answer.routing) for (const name of VERSION_HEADERS) reply.removeHeader(name);
  if ('raw' in reply) {
    reply.code(answer.status).headers(headers).send(body);
  } else {
    reply.writeHead(answer.status, { ...headers, 'content-length': body.length }).end(body);
  }
}
