import { Controller, Get, Inject, Param, Patch, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { BayNotFound, authorityOf } from '@jeroboam/domain';
import { getCaCertificate, rotateCa, signClientCsr } from '@jeroboam/messaging';
import type { BayDocument } from '@jeroboam/read-model';
import { API, type Api } from '../api-dependencies.ts';
import type { Caller } from '../auth/caller.ts';
import { BayQueries } from '../bay/bay.queries.ts';
import { requireAbleDriver } from '../capability/able-driver.ts';
import { Commands, actingOn, announce } from '../command/commands.ts';
import { enforce } from '../policy/policy.ts';
import { sendJson } from '../wire/answer.ts';
import { BadRequest, InvalidInput } from '../wire/errors.ts';
import { baseUrlOf, links, type BaseUrl } from '../wire/links.ts';
import { readQuery } from '../wire/query.ts';
import { jsonBody, refuseBody } from '../wire/request-body.ts';
import { resource } from '../wire/wire-route.ts';
import { CertificatesDescribed, SHOW_ARGUMENTS } from './certificate.openapi.ts';
import { CERTIFICATE } from './certificate.type.ts';

/** `/v1/certificates`: contract section 2.4. Administrators too see those of their own project only. */
@CertificatesDescribed
@Controller(resource('certificates'))
export class CertificatesController {
  constructor(
    @Inject(BayQueries) private readonly bays: BayQueries,
    @Inject(Commands) private readonly commands: Commands,
    @Inject(API) private readonly api: Api,
  ) {}

  @Get(':ident')
  async show(@Param('ident') ident: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { caller } = request.wire;
    const { ca_cert_type: type } = readQuery(request.query, SHOW_ARGUMENTS);
    const bay = await this.bays.find(caller, ident, 'own');
    enforce('certificate:get', caller, bay);
    const payload = { bayId: bay.id, bayName: bay.name, authority: authorityOf(type) };
    const { pem } = await this.commands.ask(getCaCertificate, payload, actingOn(request));
    sendJson(reply, 200, { ...certificateOf(bay, this.base(request)), pem });
  }

  @Post()
  async sign(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { caller } = request.wire;
    readQuery(request.query, {});
    const { cluster_uuid: ident, csr, ca_cert_type: type } = CERTIFICATE.read(jsonBody(request));
    if (!ident || !csr) throw new InvalidInput(ident ? 'csr' : 'cluster_uuid', null, 'Mandatory field missing.');
    const bay = await this.bayOf(caller, ident);
    enforce('certificate:create', caller, bay);
    const payload = { bayId: bay.id, bayName: bay.name, csrPem: csr, authority: authorityOf(type) };
    const { pem } = await this.commands.ask(signClientCsr, payload, actingOn(request));
    sendJson(reply, 201, { ...certificateOf(bay, this.base(request)), csr, pem, ...(type === undefined ? {} : { ca_cert_type: type }) });
  }

  @Patch(':ident')
  async rotate(@Param('ident') ident: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { caller } = request.wire;
    readQuery(request.query, {});
    refuseBody(request);
    const acting = actingOn(request);
    const bay = await this.bays.find(caller, ident, 'own');
    enforce('certificate:rotate_ca', caller, bay);
    if (bay.spec.tlsDisabled) throw new BadRequest('Rotating the CA certificate on a non-TLS cluster is not supported');
    requireAbleDriver(this.api.drivers, bay, 'rotate-ca');
    announce(reply, await this.commands.changeBay(rotateCa, { bayId: bay.id }, acting));
    sendJson(reply, 202, { uuid: bay.id });
  }

  /** In a body an unknown bay is a mistake in the body. */
  private async bayOf(caller: Caller, ident: string): Promise<BayDocument> {
    try {
      return await this.bays.find(caller, ident, 'own');
    } catch (error) {
      if (error instanceof BayNotFound) throw new BadRequest(error.message, error.details, { cause: error });
      throw error;
    }
  }

  private base(request: FastifyRequest): BaseUrl {
    return baseUrlOf(request, this.api.config.publicUrl);
  }
}

/** Magnum leaves out of a certificate what is not set. */
function certificateOf(bay: BayDocument, base: BaseUrl): Record<string, unknown> {
  return { cluster_uuid: bay.id, links: links(base, `certificates/${bay.id}`) };
}
