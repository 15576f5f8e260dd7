import { Controller, Delete, Get, Inject, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DomainError } from '@jeroboam/domain';
import { deleteBayModel } from '@jeroboam/messaging';
import { PROJECTIONS } from '@jeroboam/read-model';
import { API, type Api } from '../api-dependencies.ts';
import { Commands, actingOn } from '../command/commands.ts';
import { enforce } from '../policy/policy.ts';
import { sendJson, sendNothing } from '../wire/answer.ts';
import { InvalidInput, MissingArgument } from '../wire/errors.ts';
import { baseUrlOf } from '../wire/links.ts';
import { PAGE_ARGUMENTS, collection } from '../wire/page.ts';
import { readQuery } from '../wire/query.ts';
import { jsonBody, refuseBody } from '../wire/request-body.ts';
import { resource } from '../wire/wire-route.ts';
import { BayModelQueries } from './bay-model.queries.ts';
import { clusterTemplateType, type ClusterTemplateType } from './cluster-template.type.ts';
import { clusterTemplateView } from './cluster-template.view.ts';
import { CreateBayModel } from './create-bay-model.ts';

/** Magnum's words. */
export class BayModelReferenced extends DomainError {
  readonly code = 'BAY_MODEL_REFERENCED';
  readonly kind = 'invalid';
  constructor(bayModelId: string) {
    super(`ClusterTemplate ${bayModelId} is referenced by one or multiple clusters.`, { bayModelId });
  }
}

/** `/v1/clustertemplates`: contract section 2.1. */
@Controller(resource('clustertemplates'))
export class ClusterTemplatesController {
  private readonly type: ClusterTemplateType;

  constructor(
    @Inject(BayModelQueries) private readonly models: BayModelQueries,
    @Inject(CreateBayModel) private readonly creation: CreateBayModel,
    @Inject(Commands) private readonly commands: Commands,
    @Inject(API) private readonly api: Api,
  ) {
    this.type = clusterTemplateType(api.drivers);
  }

  @Get()
  async list(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await this.sendList(request, reply, 'clustertemplates');
  }

  @Get('detail')
  async detail(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await this.sendList(request, reply, 'clustertemplates/detail');
  }

  @Get(':ident')
  async show(@Param('ident') ident: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { caller } = request.wire;
    readQuery(request.query, {});
    const model = await this.models.find(caller, ident);
    // A public one may be read by whoever has a token.
    if (!model.public) enforce('clustertemplate:get', caller, model);
    sendJson(reply, 200, clusterTemplateView(model, this.base(request)));
  }

  @Post()
  async create(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    readQuery(request.query, {});
    const fields = this.type.read(jsonBody(request));
    const bayModelId = await this.creation.execute(fields, actingOn(request));
    const base = this.base(request);
    const model = await this.models.find(request.wire.caller, bayModelId);
    reply.header('location', `${base}/v1/clustertemplates/${bayModelId}`);
    sendJson(reply, 201, clusterTemplateView(model, base));
  }

  /** Magnum takes the identifier for the body. */
  @Post(':ident')
  createAt(@Param('ident') ident: string): void {
    throw new InvalidInput('cluster_template', ident, 'unable to convert to ClusterTemplate.');
  }

  @Delete(':ident')
  async remove(@Param('ident') ident: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { caller } = request.wire;
    readQuery(request.query, {});
    refuseBody(request);
    const model = await this.models.find(caller, ident);
    enforce('clustertemplate:delete', caller, model);
    if (await this.models.isReferenced(model.id)) throw new BayModelReferenced(model.id);
    await this.commands.carryOut(deleteBayModel, { bayModelId: model.id }, actingOn(request), [PROJECTIONS.bayModels]);
    sendNothing(reply);
  }

  @Delete()
  removeNothing(): void {
    throw new MissingArgument('cluster_template_ident');
  }

  private async sendList(request: FastifyRequest, reply: FastifyReply, path: string): Promise<void> {
    const { caller } = request.wire;
    const given = readQuery(request.query, PAGE_ARGUMENTS);
    enforce(path.endsWith('detail') ? 'clustertemplate:detail' : 'clustertemplate:get_all', caller);
    const page = await this.models.list(caller, given);
    const base = this.base(request);
    const items = page.documents.map((model) => clusterTemplateView(model, base));
    sendJson(reply, 200, collection('clustertemplates', items, page, base, path));
  }

  private base(request: FastifyRequest): string {
    return baseUrlOf(request, this.api.config.publicUrl);
  }
}
