import { Catch, Inject, Injectable, UseFilters, UseGuards, applyDecorators } from '@nestjs/common';
import type { ArgumentsHost, CanActivate, ExceptionFilter, ExecutionContext, Type } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { RoutingError, errorBody, toHttpError } from '@jeroboam/platform';
import { API, type Api } from '../api-dependencies.ts';
import { sendJson } from '../wire/answer.ts';
import { baseUrlOf } from '../wire/links.ts';
import { deprecationHeaders, isOver, type EndpointDeprecation } from './deprecations.ts';
import { deprecationsOf } from './used-deprecations.ts';

class NotThere extends Error {}

class Gone extends Error {
  constructor(
    readonly deprecation: EndpointDeprecation,
    readonly base: string,
  ) {
    super(`${deprecation.name} is gone`);
  }
}

/** What is answered like an unknown path carries no version. */
const VERSION_HEADERS = ['openstack-api-version', 'openstack-api-minimum-version', 'openstack-api-maximum-version', 'vary'];

/** Answers as if the path were unknown. The usual filter would see that the path is known and complain of the verb. */
@Catch(NotThere)
class NotThereFilter implements ExceptionFilter {
  catch(_exception: unknown, host: ArgumentsHost): void {
    const { id } = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    for (const name of VERSION_HEADERS) reply.removeHeader(name);
    sendJson(reply.header('x-openstack-request-id', id), 404, errorBody(toHttpError(new RoutingError(404)), id));
  }
}

/** Says what was there, and where to go on. */
@Catch(Gone)
class GoneFilter implements ExceptionFilter {
  catch({ deprecation, base }: Gone, host: ArgumentsHost): void {
    const { id } = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const { name, sunset, replacement, doc } = deprecation;
    const detail = `${name} is gone since ${sunset}${replacement === null ? '' : `, use ${replacement} instead`}.`;
    const links = [
      ...(replacement?.startsWith('/') ? [{ rel: 'successor-version', href: `${base}${replacement}` }] : []), { rel: 'sunset', href: doc },
    ];
    const [error] = errorBody(toHttpError(new RoutingError(410, detail)), id).errors;
    sendJson(reply.headers(deprecationHeaders([deprecation], base)), 410, { errors: [{ ...error, links }] });
  }
}

/**
 * The routes of a controller exist up to the last version that has them and until their sunset, and every answer of
 * theirs says that they will go. After the sunset they are 410, or unknown where Magnum does not know them either.
 */
export function Deprecated(deprecation: EndpointDeprecation): ClassDecorator {
  return applyDecorators(UseGuards(guardOf(deprecation)), UseFilters(NotThereFilter, GoneFilter));
}

function guardOf(deprecation: EndpointDeprecation): Type<CanActivate> {
  @Injectable()
  class Announcing implements CanActivate {
    constructor(@Inject(API) private readonly api: Api) {}

    canActivate(context: ExecutionContext): boolean {
      const request = context.switchToHttp().getRequest<FastifyRequest>();
      const over = isOver(deprecation, this.api.clock.now());
      const isUnknown = request.wire.minor > (deprecation.lastMinor ?? Infinity) || (over && deprecation.goneUpstream);
      if (isUnknown) throw new NotThere();
      if (over) throw new Gone(deprecation, baseUrlOf(request, this.api.config.publicUrl));
      deprecationsOf(request).push(deprecation);
      return true;
    }
  }
  return Announcing;
}
