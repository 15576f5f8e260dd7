import type { ArgumentsHost } from '@nestjs/common';
import { Catch } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { isDomainError } from '@jeroboam/domain';
import type { Logger } from '@jeroboam/platform';
import { MagnumErrorFilter } from '@jeroboam/platform/nest';
import type { ErrorResponse, RouteTable } from '@jeroboam/platform/nest';
import { MicroversionUnsupported } from './microversion.ts';
import { ContentNotAcceptable } from './wire-hooks.ts';

/** After an outage nobody can tell the length of. */
const RETRY_AFTER_SECONDS = 1;

/** Errors of the API: those of every service of ours, and the two shapes that only Magnum's negotiation has. */
@Catch()
export class ApiErrorFilter extends MagnumErrorFilter {
  constructor(logger: Logger, routes: RouteTable) {
    super({ logger, allowedMethods: routes.allowedMethods, special });
  }

  override catch(exception: unknown, host: ArgumentsHost): void {
    if (host.getType() === 'http' && isDomainError(exception) && exception.kind === 'unavailable') {
      const reply = host.switchToHttp().getResponse<FastifyReply>();
      if (!reply.sent) reply.header('retry-after', RETRY_AFTER_SECONDS);
    }
    super.catch(exception, host);
  }
}

function special(exception: unknown): ErrorResponse | undefined {
  if (exception instanceof MicroversionUnsupported) return exception;
  if (!(exception instanceof ContentNotAcceptable)) return undefined;
  const { status, requestId } = exception;
  return { status, body: { errors: [{ request_id: requestId, code: '', status, title: '', detail: '', links: [] }] } };
}
