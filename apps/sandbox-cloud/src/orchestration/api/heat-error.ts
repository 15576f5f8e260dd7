import { Catch } from '@nestjs/common';
import type { ArgumentsHost, ExceptionFilter } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { CloudError } from '../../inventory/cloud-error.ts';
import { StackRefusal } from '../engine/failures.ts';
import { HotError } from '../hot/hot-error.ts';

const EXPLANATIONS: Readonly<Record<number, readonly [string, string]>> = {
  400: ['Bad Request', 'The server could not comply with the request since it is either malformed or otherwise incorrect.'],
  403: ['Forbidden', 'Access was denied to this resource.'],
  404: ['Not Found', 'The resource could not be found.'],
  409: ['Conflict', 'There was a conflict when trying to complete your request.'],
  503: ['Service Unavailable', 'The server is currently unavailable. Please try again at a later time.'],
};
const INTERNAL = ['Internal Server Error', 'The server has either erred or is incapable of performing the requested operation.'] as const;

/** How Heat's API writes a refusal. */
export function heatErrorBody(status: number, type: string, message: string): unknown {
  const [title, explanation] = EXPLANATIONS[status] ?? INTERNAL;
  return { code: status, title, explanation, error: { type, traceback: null, message } };
}

/** How it writes what its front end says, without the engine. */
export function heatMessage(status: number, title: string, text: string): unknown {
  return { message: `${text}<br /><br />\n\n\n`, code: `${status} ${title}`, title };
}

export function badRequest(message: string): StackRefusal {
  return new StackRefusal('HTTPBadRequest', 400, message);
}

export function notFound(entity: string, name: string): StackRefusal {
  return new StackRefusal('EntityNotFound', 404, `The ${entity} (${name}) could not be found.`);
}

/** Refusals of the orchestration service in Heat's shape; all others go to the filter of the whole sandbox. */
@Catch(StackRefusal, HotError, CloudError)
export class HeatErrorFilter implements ExceptionFilter {
  catch(error: StackRefusal | HotError | CloudError, host: ArgumentsHost): void {
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    // Also for a circle of dependencies, to which Heat itself answers 500: nobody should rely on that.
    const status = error instanceof HotError ? 400 : error.status;
    void reply.status(status).type('application/json').send(heatErrorBody(status, error.type, error.message));
  }
}
