import { Controller, Delete, Get, Inject, Param, Patch, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { deleteBay } from '@jeroboam/messaging';
import type { BayDocument } from '@jeroboam/read-model';
import { API, type Api } from '../api-dependencies.ts';
import { BayQueries } from '../bay/bay.queries.ts';
import { CreateBay, DEFAULT_WORKER } from '../bay/create-bay.ts';
import { ResizeBay } from '../bay/resize-bay.ts';
import { Commands, actingOn, announce } from '../command/commands.ts';
import { Deprecated } from '../deprecation/deprecated.ts';
import { DEPRECATIONS } from '../deprecation/deprecations.ts';
import { enforce, type PolicyRule } from '../policy/policy.ts';
import { AcceptedDocuments } from '../read/accepted-documents.ts';
import { sendJson, sendNothing } from '../wire/answer.ts';
import { InvalidInput, MissingArgument } from '../wire/errors.ts';
import { readPatch } from '../wire/json-patch.ts';
import { baseUrlOf } from '../wire/links.ts';
import { generatedName } from '../wire/names.ts';
import { PAGE_ARGUMENTS, collection } from '../wire/page.ts';
import { booleanArgument, readQuery } from '../wire/query.ts';
import { jsonBody, refuseBody } from '../wire/request-body.ts';
import { resource } from '../wire/wire-route.ts';
import { wantedBaySize } from './bay-size.ts';
import { BaysDescribed } from './bay.openapi.ts';
import { BAY, BAY_PATCH, asClusterFields } from './bay.type.ts';
import { bayDetail, baySummary, bayView } from './bay.view.ts';

/** Before it, a change is answered with the bay; from it on, with its id. */
const ASYNCHRONOUS_SINCE = 2;
const ROLLBACK_SINCE = 3;
/** As a cluster is made in the last version in which an unknown bay model is 400: for bays it always is. */
const AS_CLUSTER_IN = 9;

/** `/v1/bays`, what clusters were called up to 1.10: contract section 2.9. */
@Deprecated(DEPRECATIONS.bays)
@BaysDescribed
@Controller(resource('bays'))
export class BaysController {
  constructor(
    @Inject(BayQueries) private readonly bays: BayQueries,
    @Inject(CreateBay) private readonly creation: CreateBay,
    @Inject(ResizeBay) private readonly resizing: ResizeBay,
    @Inject(Commands) private readonly commands: Commands,
    @Inject(AcceptedDocuments) private readonly documents: AcceptedDocuments,
    @Inject(API) private readonly api: Api,
  ) {}

  @Get()
  async list(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await this.sendList(request, reply, { rule: 'bay:get_all', path: 'bays', view: baySummary });
  }

  @Get('detail')
  async detail(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await this.sendList(request, reply, { rule: 'bay:detail', path: 'bays/detail', view: bayDetail });
  }

  @Get(':ident')
  async show(@Param('ident') ident: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { caller } = request.wire;
    readQuery(request.query, {});
    const bay = await this.bays.find(caller, ident);
    enforce('bay:get', caller, bay);
    sendJson(reply, 200, bayView(bay, this.base(request)));
  }

  @Post()
  async create(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { caller, minor } = request.wire;
    readQuery(request.query, {});
    const { name, ...fields } = BAY.read(jsonBody(request));
    if (fields.baymodel_id === null) throw new InvalidInput('baymodel_id', null, 'Mandatory field missing.');
    enforce('bay:create', caller);
    const asked = asClusterFields({ ...fields, name: name ?? generatedName('bay') });
    const { bayId, accepted } = await this.creation.execute(asked, AS_CLUSTER_IN, actingOn(request));
    announce(reply, accepted);
    if (minor >= ASYNCHRONOUS_SINCE) return sendJson(reply, 202, { uuid: bayId });
    const base = this.base(request);
    reply.header('location', `${base}/v1/bays/${bayId}`);
    sendJson(reply, 201, bayDetail(await this.documents.bay(bayId, accepted.position), base));
  }

  /** Magnum takes the identifier for the body. */
  @Post(':ident')
  createAt(@Param('ident') ident: string): void {
    throw new InvalidInput('bay', ident, 'unable to convert to Bay.');
  }

  @Patch(':ident')
  async update(@Param('ident') ident: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { caller, minor } = request.wire;
    readQuery(request.query, minor >= ROLLBACK_SINCE ? { rollback: booleanArgument } : {});
    const patch = readPatch(jsonBody(request), BAY_PATCH);
    const acting = actingOn(request);
    const bay = await this.bays.find(caller, ident);
    enforce('bay:update', caller, bay);
    const nodeCount = wantedBaySize(bay, patch);
    const accepted = nodeCount === undefined
      ? undefined : await this.resizing.execute(bay, { nodeGroup: DEFAULT_WORKER, nodeCount, nodesToRemove: [] }, acting);
    if (accepted) announce(reply, accepted);
    if (minor >= ASYNCHRONOUS_SINCE) return sendJson(reply, 202, { uuid: bay.id });
    const resized = accepted ? await this.documents.bay(bay.id, accepted.position) : bay;
    sendJson(reply, 200, bayDetail(resized, this.base(request)));
  }

  @Patch()
  updateNothing(): void {
    throw new MissingArgument('bay_ident');
  }

  @Delete(':ident')
  async remove(@Param('ident') ident: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { caller } = request.wire;
    readQuery(request.query, {});
    refuseBody(request);
    const acting = actingOn(request);
    const bay = await this.bays.find(caller, ident);
    enforce('bay:delete', caller, bay);
    announce(reply, await this.commands.changeBay(deleteBay, { bayId: bay.id }, acting));
    sendNothing(reply);
  }

  @Delete()
  removeNothing(): void {
    throw new MissingArgument('bay_ident');
  }

  private async sendList(request: FastifyRequest, reply: FastifyReply, as: BayList): Promise<void> {
    const { caller } = request.wire;
    const given = readQuery(request.query, PAGE_ARGUMENTS);
    enforce(as.rule, caller);
    const page = await this.bays.list(caller, given);
    const base = this.base(request);
    sendJson(reply, 200, collection('bays', page.documents.map((bay) => as.view(bay, base)), page, base, as.path));
  }

  private base(request: FastifyRequest): string {
    return baseUrlOf(request, this.api.config.publicUrl);
  }
}

interface BayList {
  readonly rule: PolicyRule;
  readonly path: string;
  readonly view: (bay: BayDocument, base: string) => object;
}
