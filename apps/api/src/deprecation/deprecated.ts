import { Catch, Inject, Injectable, UseFilters, UseGuards, applyDecorators } from '@nestjs/common';
import type { ArgumentsHost, CanActivate, ExceptionFilter, ExecutionContext, Type } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { RoutingError, errorBody, toHttpError } from '@jeroboam/platform';
import { API, type Api } from '../api-dependencies.ts';
import { sendJson } from '../wire/answer.ts';
import { baseUrlOf } from '../wire/links.ts';
import { deprecationHeaders, type Deprecation } from './deprecations.ts';

class NotInThisVersion extends Error {}

/** What is answered like an unknown path carries no version. */
const VERSION_HEADERS = ['openstack-api-version', 'openstack-api-minimum-version', 'openstack-api-maximum-version', 'vary'];

/** Answers as if the path were unknown. The usual filter would see that the path is known and complain of the verb. */
@Catch(NotInThisVersion)
class NotInThisVersionFilter implements ExceptionFilter {
  catch(_exception: unknown, host: ArgumentsHost): void {
    const { id } = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    for (const name of VERSION_HEADERS) reply.removeHeader(name);
    sendJson(reply.header('x-openstack-request-id', id), 404, errorBody(toHttpError(new RoutingError(404)), id));
  }
}

/** The routes of a controller exist up to the last version that has them, and every answer of theirs says that they will go. */
export function Deprecated(deprecation: Deprecation): ClassDecorator {
  return applyDecorators(UseGuards(announcing(deprecation)), UseFilters(NotInThisVersionFilter));
}

function announcing(deprecation: Deprecation): Type<CanActivate> {
  @Injectable()
  class Announcing implements CanActivate {
    constructor(@Inject(API) private readonly api: Api) {}

    canActivate(context: ExecutionContext): boolean {
      const request = context.switchToHttp().getRequest<FastifyRequest>();
      if (request.wire.minor > deprecation.lastMinor) throw new NotInThisVersion();
      const headers = deprecationHeaders(deprecation, baseUrlOf(request, this.api.config.publicUrl));
      context.switchToHttp().getResponse<FastifyReply>().headers(headers);
      return true;
    }
  }
  return Announcing;
}
