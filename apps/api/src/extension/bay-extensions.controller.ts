import { Controller, Get, Inject, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { BayQueries } from '../bay/bay.queries.ts';
import { actingOn, announce } from '../command/commands.ts';
import { sendJson } from '../wire/answer.ts';
import { readQuery } from '../wire/query.ts';
import { jsonBody } from '../wire/request-body.ts';
import { resource } from '../wire/wire-route.ts';
import { CallExtension, type WantedExtension } from './call-extension.ts';
import { BayExtensionsDescribed } from './extension.openapi.ts';

/** `/v1/clusters/{ident}/ext/{alias}/{path}`: commands that the driver of a cluster brings. An addition of ours (`bay-ops`). */
@BayExtensionsDescribed
@Controller(resource('clusters/:ident/ext/:alias'))
export class BayExtensionsController {
  constructor(
    @Inject(BayQueries) private readonly bays: BayQueries,
    @Inject(CallExtension) private readonly extensions: CallExtension,
  ) {}

  @Get(':path')
  async show(
    @Param('ident') ident: string, @Param('alias') alias: string, @Param('path') path: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply,
  ): Promise<void> {
    const wanted: WantedExtension = { alias, path, method: 'GET', given: request.query };
    this.extensions.requireKnownNames(wanted);
    const acting = actingOn(request);
    const bay = await this.bays.find(acting.caller, ident);
    sendJson(reply, 200, await this.extensions.show(bay, wanted, acting));
  }

  @Post(':path')
  async run(
    @Param('ident') ident: string, @Param('alias') alias: string, @Param('path') path: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply,
  ): Promise<void> {
    readQuery(request.query, {});
    const acting = actingOn(request);
    const given = jsonBody(request) ?? {};
    const bay = await this.bays.find(acting.caller, ident);
    announce(reply, await this.extensions.run(bay, { alias, path, method: 'POST', given }, acting));
    sendJson(reply, 202, { uuid: bay.id });
  }
}
