import { Controller, Get, Inject, Param, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { API, type Api } from '../api-dependencies.ts';
import { BayQueries } from '../bay/bay.queries.ts';
import { DriverVersionUnavailable } from '../capability/capability.errors.ts';
import { enforce } from '../policy/policy.ts';
import { sendJson } from '../wire/answer.ts';
import { readQuery } from '../wire/query.ts';
import { resource } from '../wire/wire-route.ts';
import { bayWarnings } from './bay-warnings.ts';
import { WarningsDescribed } from './warning.openapi.ts';

/** `/v1/clusters/{ident}/warnings`: what a member should look after. An addition of ours (`bay-ops`). */
@WarningsDescribed
@Controller(resource('clusters/:ident/warnings'))
export class WarningsController {
  constructor(
    @Inject(BayQueries) private readonly bays: BayQueries,
    @Inject(API) private readonly api: Api,
  ) {}

  @Get()
  async list(@Param('ident') ident: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { caller } = request.wire;
    readQuery(request.query, {});
    const bay = await this.bays.find(caller, ident);
    enforce('cluster:get', caller, bay);
    const { name, version } = bay.spec.driver;
    const manifest = this.api.drivers.find(name, version);
    if (!manifest) throw new DriverVersionUnavailable(name, version);
    sendJson(reply, 200, { warnings: bayWarnings(manifest, bay) });
  }
}
