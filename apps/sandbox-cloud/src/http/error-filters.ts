import { Catch, HttpException } from '@nestjs/common';
import type { ArgumentsHost, ExceptionFilter } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { heatErrorBody, heatMessage } from '../orchestration/api/heat-error.ts';
import { ApiError, NOT_FOUND } from './api-error.ts';

/** Nova's names for a refusal, which wrap its body. */
const NOVA_KEYS: Readonly<Record<number, string>> = { 400: 'badRequest', 403: 'forbidden', 404: 'itemNotFound', 409: 'conflictingRequest' };

interface Answer {
  readonly body: unknown;
  /** @default application/json */
  readonly type?: string;
}

/** Writes each refusal the way the service that was asked writes it. */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  /** @param identityUrl where a client gets a token. */
  constructor(private readonly identityUrl: () => string) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const reply = http.getResponse<FastifyReply>();
    const error = apiErrorOf(thrown);
    // As keystonemiddleware and Keystone both do: says where to get a token.
    if (error.status === 401) void reply.header('www-authenticate', `Keystone uri="${this.identityUrl()}"`);
    const { body, type } = answerOf(http.getRequest<{ url: string }>().url, error);
    void reply.status(error.status).type(type ?? 'application/json').send(body);
  }
}

/** The body in which the service at that address says so. */
export function answerOf(url: string, error: ApiError): Answer {
  // A missing token is refused before the service itself is reached, in the shape of the middleware in front of it.
  const service = (error.status === 401 ? undefined : url.split(/[/?]/)[1]) ?? 'v3';
  const { status, title, message } = error;
  switch (service) {
    case 'image': return { body: `${status} ${title}\n\n${message}\n\n`, type: 'text/plain' };
    case 'compute': return { body: { [NOVA_KEYS[status] ?? 'computeFault']: { code: status, message } } };
    case 'network': return { body: { NeutronError: { type: status === 404 ? 'HTTPNotFound' : 'HTTPError', message, detail: '' } } };
    case 'orchestration':
      if (status === 404) return { body: heatMessage(status, title, message) };
      return { body: heatErrorBody(status, `HTTP${title.replaceAll(' ', '')}`, message) };
    default: return { body: { error: { code: status, message, title } } };
  }
}

function apiErrorOf(thrown: unknown): ApiError {
  if (thrown instanceof ApiError) return thrown;
  if (thrown instanceof HttpException) return new ApiError(thrown.getStatus(), thrown.getStatus() === 404 ? NOT_FOUND : thrown.message);
  // Fastify's own refusals (a body too large, no JSON, a malformed address) carry a status.
  const status = thrown instanceof Error && 'statusCode' in thrown && typeof thrown.statusCode === 'number' ? thrown.statusCode : 500;
  if (status < 500 && thrown instanceof Error) return new ApiError(status, thrown.message);
  return new ApiError(500, 'An unexpected error prevented the server from fulfilling your request.');
}
