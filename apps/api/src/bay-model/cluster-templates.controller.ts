import { Controller, Delete, Get, Inject, Param, Patch, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { API, type Api } from '../api-dependencies.ts';
import { actingOn } from '../command/commands.ts';
import { enforce } from '../policy/policy.ts';
import { sendJson, sendNothing } from '../wire/answer.ts';
import { InvalidInput, MissingArgument } from '../wire/errors.ts';
import { readPatch } from '../wire/json-patch.ts';
import { baseUrlOf } from '../wire/links.ts';
import { PAGE_ARGUMENTS, collection } from '../wire/page.ts';
import { readQuery } from '../wire/query.ts';
import { jsonBody, refuseBody } from '../wire/request-body.ts';
import { resource } from '../wire/wire-route.ts';
import { BayModelQueries } from './bay-model.queries.ts';
import { ClusterTemplatesDescribed } from './cluster-template.openapi.ts';
import { CLUSTER_TEMPLATE_PATCH } from './cluster-template.patch.ts';
import { clusterTemplateType, type ClusterTemplateType } from './cluster-template.type.ts';
import { clusterTemplateView } from './cluster-template.view.ts';
import { CreateBayModel } from './create-bay-model.ts';
import { DeleteBayModel } from './delete-bay-model.ts';
import { ReviseBayModel } from './revise-bay-model.ts';

/** `/v1/clustertemplates`: contract section 2.1. */
@ClusterTemplatesDescribed
@Controller(resource('clustertemplates'))
export class ClusterTemplatesController {
  private readonly type: ClusterTemplateType;

  constructor(
    @Inject(BayModelQueries) private readonly models: BayModelQueries,
    @Inject(CreateBayModel) private readonly creation: CreateBayModel,
    @Inject(ReviseBayModel) private readonly revision: ReviseBayModel,
    @Inject(DeleteBayModel) private readonly deletion: DeleteBayModel,
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
    const model = await this.creation.execute(fields, actingOn(request));
    const base = this.base(request);
    reply.header('location', `${base}/v1/clustertemplates/${model.id}`);
    sendJson(reply, 201, clusterTemplateView(model, base));
  }

  /** Magnum takes the identifier for the body. */
  @Post(':ident')
  createAt(@Param('ident') ident: string): void {
    throw new InvalidInput('cluster_template', ident, 'unable to convert to ClusterTemplate.');
  }

  @Patch(':ident')
  async revise(@Param('ident') ident: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { caller } = request.wire;
    readQuery(request.query, {});
    const patch = readPatch(jsonBody(request), CLUSTER_TEMPLATE_PATCH);
    // Here Magnum looks for it before it lets an administrator see what belongs to others.
    const model = await this.models.find(caller, ident, 'own');
    enforce('clustertemplate:update', caller, model);
    const revised = await this.revision.execute(model, patch, actingOn(request));
    sendJson(reply, 200, clusterTemplateView(revised, this.base(request)));
  }

  @Patch()
  reviseNothing(): void {
    throw new MissingArgument('cluster_template_ident');
  }

  @Delete(':ident')
  async remove(@Param('ident') ident: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { caller } = request.wire;
    readQuery(request.query, {});
    refuseBody(request);
    const model = await this.models.find(caller, ident);
    enforce('clustertemplate:delete', caller, model);
    await this.deletion.execute(model, actingOn(request));
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
