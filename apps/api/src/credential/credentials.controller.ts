import { Controller, Inject, Param, Patch, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { BayQueries } from '../bay/bay.queries.ts';
import { actingOn, announce } from '../command/commands.ts';
import { enforce } from '../policy/policy.ts';
import { sendJson } from '../wire/answer.ts';
import { readQuery } from '../wire/query.ts';
import { refuseBody } from '../wire/request-body.ts';
import { Wire, resource } from '../wire/wire-route.ts';
import { CredentialsDescribed } from './credential.openapi.ts';
import { RotateCredential } from './rotate-credential.ts';

/** `/v1/credentials`: contract section 2.5. What a bay acts with in its cloud; for members of its project alone. */
@CredentialsDescribed
@Controller(resource('credentials'))
export class CredentialsController {
  constructor(
    @Inject(BayQueries) private readonly bays: BayQueries,
    @Inject(RotateCredential) private readonly rotating: RotateCredential,
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
    announce(reply, await this.rotating.execute(bay, {}, acting));
    sendJson(reply, 202, { uuid: bay.id });
  }
}
