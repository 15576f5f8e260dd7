import { Controller, Inject, Param, Patch, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { rotateCredential } from '@jeroboam/messaging';
import { API, type Api } from '../api-dependencies.ts';
import { BayQueries } from '../bay/bay.queries.ts';
import { requireAbleDriver } from '../capability/able-driver.ts';
import { Commands, actingOn, announce } from '../command/commands.ts';
import { enforce } from '../policy/policy.ts';
import { sendJson } from '../wire/answer.ts';
import { readQuery } from '../wire/query.ts';
import { refuseBody } from '../wire/request-body.ts';
import { Wire, resource } from '../wire/wire-route.ts';
import { CredentialsDescribed } from './credential.openapi.ts';

/** `/v1/credentials`: contract section 2.5. What a bay acts with in its cloud; for members of its project alone. */
@CredentialsDescribed
@Controller(resource('credentials'))
export class CredentialsController {
  constructor(
    @Inject(BayQueries) private readonly bays: BayQueries,
    @Inject(Commands) private readonly commands: Commands,
    @Inject(API) private readonly api: Api,
  ) {}

  @Patch(':ident')
  @Wire({ since: 12, handler: 'patch' })
  async rotate(@Param('ident') ident: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { caller } = request.wire;
    readQuery(request.query, {});
    refuseBody(request);
    const acting = actingOn(request);
    const bay = await this.bays.find(caller, ident, 'own');
    enforce('credential:rotate', caller, bay);
    requireAbleDriver(this.api.drivers, bay, 'rotate-credential');
    await this.api.requesters?.hand(bay.id, caller.token);
    announce(reply, await this.commands.changeBay(rotateCredential, { bayId: bay.id }, acting));
    sendJson(reply, 202, { uuid: bay.id });
  }
}
