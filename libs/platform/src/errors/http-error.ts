import { STATUS_CODES } from 'node:http';
import { isDomainError, type ErrorShape } from '@jeroboam/domain';
import { RoutingError } from './routing-error.ts';
import { statusOf } from './status.ts';

/** An error as Magnum shows it, short of the request id. Field rules: Magnum API contract, section 3.1. */
export interface HttpError {
  readonly status: number;
  /** `client` for 4xx raised while handling, `server` for 5xx, empty for routing and negotiation. */
  readonly code: 'client' | 'server' | '';
  readonly title: string;
  readonly detail: string;
  readonly headers: Readonly<Record<string, string>>;
  /** True for what nobody planned: someone must look at it, and the client learns nothing of its inside. */
  readonly unexpected: boolean;
}

/** What is known of the request when its error is shown. */
export interface FailedRequest {
  readonly contentType?: string | undefined;
}

export interface MagnumErrorBody {
  readonly errors: readonly [
    {
      readonly request_id: string;
      readonly code: string;
      readonly status: number;
      readonly title: string;
      readonly detail: string;
      readonly links: readonly [];
    },
  ];
}

/** The body of an error response. Magnum leaves `request_id` empty; ours is filled in, as it was meant to be. */
export function errorBody(error: HttpError, requestId: string): MagnumErrorBody {
  const { status, code, title, detail } = error;
  return { errors: [{ request_id: requestId, code, status, title, detail, links: [] }] };
}

const INTERNAL_DETAIL = 'An internal error occurred. The service log has more under this request id.';
const BAD_JSON = 'Request is not in valid JSON format';

/**
 * The one translation of errors into HTTP: refusals of the domain, exceptions of Nest, errors of Fastify (also wrapped
 * by Nest) and, as 500, everything else.
 */
export function toHttpError(error: unknown, request: FailedRequest = {}): HttpError {
  if (isDomainError(error) && statusOf(error.kind) !== undefined) return ofDomain(error);
  if (error instanceof RoutingError) return ofRouting(error.status, error.detail, error.headers);
  const fastify = fastifyError(error);
  if (fastify) return ofFastify(fastify, request);
  if (isHttpException(error)) return ofHttpException(error);
  return internal();
}

/** Routing and negotiation: no code, and a title that is the name of the status. */
function ofRouting(status: number, detail = '', headers: Readonly<Record<string, string>> = {}): HttpError {
  return { status, code: '', title: STATUS_CODES[status] ?? '', detail, headers, unexpected: false };
}

function ofDomain(error: ErrorShape): HttpError {
  const headers: Record<string, string> = { 'x-jeroboam-error-code': error.code };
  // Whoever refuses for now may know when to try again.
  const { retryAfterSeconds } = error.details;
  if (typeof retryAfterSeconds === 'number') headers['retry-after'] = String(Math.ceil(retryAfterSeconds));
  return handled(statusOf(error.kind), error.message, headers);
}

function handled(status: number, detail: string, headers: Readonly<Record<string, string>> = {}): HttpError {
  const code = status < 500 ? 'client' : 'server';
  return { status, code, title: titleOf(detail), detail, headers, unexpected: false };
}

/** Magnum cuts the title at the first full stop, also inside an address or a file name. */
function titleOf(detail: string): string {
  return detail.split('.', 1)[0] ?? '';
}

function internal(): HttpError {
  return { ...handled(500, INTERNAL_DETAIL), unexpected: true };
}

interface FastifyErrorShape {
  readonly code: string;
  readonly statusCode: number;
  readonly message: string;
}

/** Fastify's own error, bare or as the cause of the exception Nest wraps around it. */
function fastifyError(error: unknown): FastifyErrorShape | undefined {
  if (!(error instanceof Error)) return undefined;
  if ('code' in error && typeof error.code === 'string' && error.code.startsWith('FST_') && 'statusCode' in error) {
    return error as Error & FastifyErrorShape;
  }
  return isHttpException(error) ? fastifyError(error.cause) : undefined;
}

function ofFastify(error: FastifyErrorShape, request: FailedRequest): HttpError {
  switch (error.code) {
    case 'FST_ERR_CTP_INVALID_JSON_BODY':
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
      return handled(400, BAD_JSON);
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return handled(413, 'Request is too large.');
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return handled(415, `Unknown mimetype: ${request.contentType?.split(';', 1)[0]?.trim() ?? ''}`);
    default:
      return error.statusCode < 500 ? handled(error.statusCode, error.message) : internal();
  }
}

/** An exception of Nest, known by its shape: this file must not pull the framework in. */
interface HttpExceptionShape extends Error {
  getStatus(): number;
  getResponse(): unknown;
}

function isHttpException(error: unknown): error is HttpExceptionShape {
  return error instanceof Error && 'getStatus' in error && typeof error.getStatus === 'function' && 'getResponse' in error;
}

function ofHttpException(error: HttpExceptionShape): HttpError {
  const status = error.getStatus();
  if (status === 500) return internal();
  const detail = detailOf(error.getResponse()) ?? error.message;
  // A parser's complaint that Nest passed on: the words differ, Magnum has one text for it.
  if (status === 400 && error.cause instanceof SyntaxError) return handled(400, BAD_JSON);
  const isDefault = detail === STATUS_CODES[status] || /^Cannot [A-Z]+ \//.test(detail);
  if (status === 405 || status === 406 || (status === 404 && isDefault)) return ofRouting(status, isDefault ? '' : detail);
  return handled(status, detail);
}

/** Text of an exception's response: a string, or an object whose `message` is one or several. */
function detailOf(response: unknown): string | undefined {
  if (typeof response === 'string') return response;
  if (typeof response !== 'object' || response === null || !('message' in response)) return undefined;
  const { message } = response;
  return Array.isArray(message) ? message.join('. ') : typeof message === 'string' ? message : undefined;
}
