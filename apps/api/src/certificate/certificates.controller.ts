import { Controller, Get, Inject, Param, Patch, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { BayNotFound, authorityOf } from '@jeroboam/domain';
import type { Authority } from '@jeroboam/domain';
import { getCaCertificate, rotateCa, signClientCsr } from '@jeroboam/messaging';
import type { BayDocument } from '@jeroboam/read-model';
import { API, type Api } from '../api-dependencies.ts';
import { nodeTokenIn } from '../auth/node-token.ts';
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
import { Wire, resource } from '../wire/wire-route.ts';
import { CertificatesDescribed, SHOW_ARGUMENTS } from './certificate.openapi.ts';
import { CERTIFICATE } from './certificate.type.ts';
import { NodeCertificates, type Answered } from './node-certificates.ts';

/**
 * `/v1/certificates`: contract section 2.4. Administrators too see those of their own project only; a node of the cluster
 * gets what it needs with its share of a bootstrap token.
 */
@CertificatesDescribed
@Controller(resource('certificates'))
export class CertificatesController {
  constructor(
    @Inject(BayQueries) private readonly bays: BayQueries,
    @Inject(Commands) private readonly commands: Commands,
    @Inject(NodeCertificates) private readonly nodes: NodeCertificates,
    @Inject(API) private readonly api: Api,
  ) {}

  @Wire({ nodes: true })
  @Get(':ident')
  async show(@Param('ident') ident: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { ca_cert_type: type } = readQuery(request.query, SHOW_ARGUMENTS);
    const authority = authorityOf(type);
    const nodeToken = nodeTokenIn(request);
    const { bay, pem } = nodeToken === undefined
      ? await this.showToUser(request, ident, authority) : await this.nodes.show(request, { bayId: ident, authority, nodeToken });
    sendJson(reply, 200, { ...certificateOf(bay, this.base(request)), pem });
  }

  @Wire({ nodes: true })
  @Post()
  async sign(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    readQuery(request.query, {});
    const { cluster_uuid: ident, csr, ca_cert_type: type } = CERTIFICATE.read(jsonBody(request));
    if (!ident || !csr) throw new InvalidInput(ident ? 'csr' : 'cluster_uuid', null, 'Mandatory field missing.');
    const authority = authorityOf(type);
    const nodeToken = nodeTokenIn(request);
    const { bay, pem } = nodeToken === undefined
      ? await this.signForUser(request, ident, authority, csr) : await this.nodes.sign(request, { bayId: ident, authority, nodeToken }, csr);
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

  private async showToUser(request: FastifyRequest, ident: string, authority: Authority): Promise<Answered> {
    const { caller } = request.wire;
    const bay = await this.bays.find(caller, ident, 'own');
    enforce('certificate:get', caller, bay);
    return { bay, ...(await this.commands.ask(getCaCertificate, { bayId: bay.id, bayName: bay.name, authority }, actingOn(request))) };
  }

  private async signForUser(request: FastifyRequest, ident: string, authority: Authority, csrPem: string): Promise<Answered> {
    const { caller } = request.wire;
    const bay = await this.bayOf(caller, ident);
    enforce('certificate:create', caller, bay);
    const payload = { bayId: bay.id, bayName: bay.name, csrPem, authority };
    return { bay, ...(await this.commands.ask(signClientCsr, payload, actingOn(request))) };
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
