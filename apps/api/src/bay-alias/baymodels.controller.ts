import { Controller, Delete, Get, Inject, Param, Patch, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { API, type Api } from '../api-dependencies.ts';
import { BayModelQueries } from '../bay-model/bay-model.queries.ts';
import { CreateBayModel } from '../bay-model/create-bay-model.ts';
import { DeleteBayModel } from '../bay-model/delete-bay-model.ts';
import { ReviseBayModel } from '../bay-model/revise-bay-model.ts';
import { actingOn } from '../command/commands.ts';
import { Deprecated } from '../deprecation/deprecated.ts';
import { DEPRECATIONS } from '../deprecation/deprecations.ts';
import { enforce } from '../policy/policy.ts';
import { sendJson, sendNothing } from '../wire/answer.ts';
import { InvalidInput, MissingArgument } from '../wire/errors.ts';
import { readPatch } from '../wire/json-patch.ts';
import { baseUrlOf } from '../wire/links.ts';
import { generatedName } from '../wire/names.ts';
import { PAGE_ARGUMENTS, collection } from '../wire/page.ts';
import { readQuery } from '../wire/query.ts';
import { jsonBody, refuseBody } from '../wire/request-body.ts';
import { resource } from '../wire/wire-route.ts';
import { BaymodelsDescribed } from './bay.openapi.ts';
import { BAYMODEL_PATCH, baymodelType } from './baymodel.type.ts';
import { baymodelView } from './baymodel.view.ts';

/** `/v1/baymodels`, what cluster templates were called up to 1.10: contract section 2.9. */
@Deprecated(DEPRECATIONS.baymodels)
@BaymodelsDescribed
@Controller(resource('baymodels'))
export class BaymodelsController {
  private readonly type: ReturnType<typeof baymodelType>;

  constructor(
    @Inject(BayModelQueries) private readonly models: BayModelQueries,
    @Inject(CreateBayModel) private readonly creation: CreateBayModel,
    @Inject(ReviseBayModel) private readonly revision: ReviseBayModel,
    @Inject(DeleteBayModel) private readonly deletion: DeleteBayModel,
    @Inject(API) private readonly api: Api,
  ) {
    this.type = baymodelType(api.drivers);
  }

  @Get()
  async list(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await this.sendList(request, reply, 'baymodels');
  }

  @Get('detail')
  async detail(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await this.sendList(request, reply, 'baymodels/detail');
  }

  @Get(':ident')
  async show(@Param('ident') ident: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { caller } = request.wire;
    readQuery(request.query, {});
    const model = await this.models.find(caller, ident);
    if (!model.public) enforce('baymodel:get', caller, model);
    sendJson(reply, 200, baymodelView(model, this.base(request)));
  }

  @Post()
  async create(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { caller } = request.wire;
    readQuery(request.query, {});
    const fields = this.type.read(jsonBody(request));
    enforce('baymodel:create', caller);
    const model = await this.creation.execute({ ...fields, name: fields.name ?? generatedName('model') }, actingOn(request));
    const base = this.base(request);
    reply.header('location', `${base}/v1/baymodels/${model.id}`);
    sendJson(reply, 201, baymodelView(model, base));
  }

  /** Magnum takes the identifier for the body. */
  @Post(':ident')
  createAt(@Param('ident') ident: string): void {
    throw new InvalidInput('baymodel', ident, 'unable to convert to BayModel.');
  }

  @Patch(':ident')
  async revise(@Param('ident') ident: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { caller } = request.wire;
    readQuery(request.query, {});
    const patch = readPatch(jsonBody(request), BAYMODEL_PATCH);
    // As with cluster templates.
    const model = await this.models.find(caller, ident, 'own');
    enforce('baymodel:update', caller, model);
    const revised = await this.revision.execute(model, patch, actingOn(request));
    sendJson(reply, 200, baymodelView(revised, this.base(request)));
  }

  @Patch()
  reviseNothing(): void {
    throw new MissingArgument('baymodel_ident');
  }

  @Delete(':ident')
  async remove(@Param('ident') ident: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { caller } = request.wire;
    readQuery(request.query, {});
    refuseBody(request);
    const model = await this.models.find(caller, ident);
    enforce('baymodel:delete', caller, model);
    await this.deletion.execute(model, actingOn(request));
    sendNothing(reply);
  }

  @Delete()
  removeNothing(): void {
    throw new MissingArgument('baymodel_ident');
  }

  private async sendList(request: FastifyRequest, reply: FastifyReply, path: 'baymodels' | 'baymodels/detail'): Promise<void> {
    const { caller } = request.wire;
    const given = readQuery(request.query, PAGE_ARGUMENTS);
    enforce(path === 'baymodels' ? 'baymodel:get_all' : 'baymodel:detail', caller);
    const page = await this.models.list(caller, given);
    const base = this.base(request);
    sendJson(reply, 200, collection('baymodels', page.documents.map((model) => baymodelView(model, base)), page, base, path));
  }

  private base(request: FastifyRequest): string {
    return baseUrlOf(request, this.api.config.publicUrl);
  }
}
