import { access } from 'node:fs/promises';
import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { API, type Api } from '../api-dependencies.ts';
import { JSON_ONLY, accepts } from '../wire/accept.ts';
import { sendJson } from '../wire/answer.ts';
import { baseUrlOf } from '../wire/links.ts';
import { Wire } from '../wire/wire-route.ts';
import { DiscoveryDescribed } from './discovery.openapi.ts';
import { v1View, versionsView } from './discovery.view.ts';

/** What can be asked without a token: contract sections 0 and 1.1. */
@DiscoveryDescribed
@Controller()
export class DiscoveryController {
  constructor(@Inject(API) private readonly api: Api) {}

  @Get()
  @Wire({ public: true, unversioned: true })
  versions(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    sendJson(reply, 200, versionsView(baseUrlOf(request, this.api.config.publicUrl), this.api.deprecations.lowestMinor()));
  }

  @Get('v1')
  @Wire({ public: true })
  v1(@Req() request: FastifyRequest, @Res() reply: FastifyReply): void {
    sendJson(reply, 200, v1View(baseUrlOf(request, this.api.config.publicUrl), request.wire.minor));
  }

  /** Whether this process takes requests at all; what stands behind it shows in the answers to requests. */
  @Get('healthcheck')
  @Wire({ public: true, unversioned: true })
  async healthcheck(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const isDisabled = await exists(this.api.config.healthcheckDisableFile);
    const [status, reason] = isDisabled ? [503, 'DISABLED BY FILE'] as const : [200, 'OK'] as const;
    const { accept } = request.headers;
    // Plain text is the default of OpenStack's middleware; who wants JSON says so.
    if (accept?.includes('json') && accepts(accept, JSON_ONLY)) return sendJson(reply, status, { detailed: false, reasons: [reason] });
    void reply.code(status).header('content-type', 'text/plain; charset=UTF-8').send(reason);
  }
}

async function exists(path: string | undefined): Promise<boolean> {
  if (path === undefined) return false;
  return access(path).then(() => true, () => false);
}
