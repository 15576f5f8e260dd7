import { Controller, Delete, Get, Inject, Param, Patch, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DomainError, derivedId } from '@jeroboam/domain';
import { deleteBay, reportBayHealth } from '@jeroboam/messaging';
import { PROJECTIONS, type BayDocument } from '@jeroboam/read-model';
import { API, type Api } from '../api-dependencies.ts';
import { BayModelQueries } from '../bay-model/bay-model.queries.ts';
import { Commands, actingOn, announce } from '../command/commands.ts';
import { enforce } from '../policy/policy.ts';
import { sendJson, sendJsonText, sendNothing } from '../wire/answer.ts';
import { InvalidInput, MissingArgument } from '../wire/errors.ts';
import { readPatch } from '../wire/json-patch.ts';
import { baseUrlOf } from '../wire/links.ts';
import { PAGE_ARGUMENTS, collection, collectionText } from '../wire/page.ts';
import { booleanArgument, readQuery } from '../wire/query.ts';
import { jsonBody, refuseBody } from '../wire/request-body.ts';
import { resource } from '../wire/wire-route.ts';
import { BayQueries } from './bay.queries.ts';
import { ClustersDescribed } from './cluster.openapi.ts';
import { CLUSTER, CLUSTER_PATCH } from './cluster.type.ts';
import { ClusterTexts, clusterDetail } from './cluster.view.ts';
import { CreateBay, DEFAULT_WORKER, requireNodes } from './create-bay.ts';
import { wantedOfBay } from './patch-bay.ts';
import { ResizeBay } from './resize-bay.ts';

/** Magnum's answer below a cluster where it has nothing, with the place holders it forgets to fill. */
class NothingThere extends DomainError {
  readonly code = 'NOT_FOUND';
  readonly kind = 'not-found';
  constructor() {
    super('The %(name)s resource %(id)s could not be found.');
  }
}

const ROLLBACK_SINCE = 3;

/** `/v1/clusters`: contract section 2.2. */
@ClustersDescribed
@Controller(resource('clusters'))
export class ClustersController {
  private readonly texts = new ClusterTexts();

  constructor(
    @Inject(BayQueries) private readonly bays: BayQueries,
    @Inject(BayModelQueries) private readonly models: BayModelQueries,
    @Inject(CreateBay) private readonly creation: CreateBay,
    @Inject(ResizeBay) private readonly resizing: ResizeBay,
    @Inject(Commands) private readonly commands: Commands,
    @Inject(API) private readonly api: Api,
  ) {}

  @Get()
  async list(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { caller, minor } = request.wire;
    const given = readQuery(request.query, PAGE_ARGUMENTS);
    enforce('cluster:get_all', caller);
    const page = await this.bays.list(caller, given);
    const base = this.base(request);
    const items = page.documents.map((bay) => this.texts.listed(bay, base, minor));
    sendJsonText(reply, 200, collectionText('clusters', items, page, base, 'clusters'));
  }

  @Get('detail')
  async detail(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { caller, minor } = request.wire;
    const given = readQuery(request.query, PAGE_ARGUMENTS);
    enforce('cluster:detail', caller);
    const page = await this.bays.list(caller, given);
    const base = this.base(request);
    const labels = await this.modelLabels(page.documents);
    const items = page.documents.map((bay) => clusterDetail(bay, labels.get(bay.bayModelId), base, minor));
    sendJson(reply, 200, collection('clusters', items, page, base, 'clusters/detail'));
  }

  @Get(':ident')
  async show(@Param('ident') ident: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { caller, minor } = request.wire;
    readQuery(request.query, {});
    const bay = await this.bays.find(caller, ident);
    enforce('cluster:get', caller, bay);
    const model = await this.models.get(bay.bayModelId);
    sendJsonText(reply, 200, this.texts.shown(bay, model, this.base(request), minor));
  }

  @Get(':ident/detail')
  detailOfOne(): void {
    throw new NothingThere();
  }

  @Post()
  async create(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    readQuery(request.query, {});
    const fields = CLUSTER.read(jsonBody(request));
    const { bayId, accepted } = await this.creation.execute(fields, request.wire.minor, actingOn(request));
    announce(reply, accepted);
    sendJson(reply, 202, { uuid: bayId });
  }

  /** Magnum takes the identifier for the body. */
  @Post(':ident')
  createAt(@Param('ident') ident: string): void {
    throw new InvalidInput('cluster', ident, 'unable to convert to Cluster.');
  }

  @Patch(':ident')
  async update(@Param('ident') ident: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { caller, minor } = request.wire;
    readQuery(request.query, minor >= ROLLBACK_SINCE ? { rollback: booleanArgument } : {});
    const patch = readPatch(jsonBody(request), CLUSTER_PATCH);
    const acting = actingOn(request);
    const bay = await this.bays.find(caller, ident);
    enforce('cluster:update', caller, bay);
    const { nodeCount, health } = wantedOfBay(bay, patch);
    // Magnum asks this rule about the caller's own, not about the cluster.
    if (health) enforce('cluster:update_health_status', caller);
    if (nodeCount !== undefined) requireNodes(nodeCount, minor);
    if (health) {
      // Of one request with two commands each has an id of its own.
      const reporting = { ...acting, commandId: derivedId(acting.commandId, 'health') };
      await this.commands.carryOut(reportBayHealth, { bayId: bay.id, ...health, source: 'user' }, reporting, [PROJECTIONS.bays]);
    }
    if (nodeCount !== undefined) {
      announce(reply, await this.resizing.execute(bay, { nodeGroup: DEFAULT_WORKER, nodeCount, nodesToRemove: [] }, acting));
    }
    sendJson(reply, 202, { uuid: bay.id });
  }

  @Patch()
  updateNothing(): void {
    throw new MissingArgument('cluster_ident');
  }

  @Delete(':ident')
  async remove(@Param('ident') ident: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { caller } = request.wire;
    readQuery(request.query, {});
    refuseBody(request);
    const acting = actingOn(request);
    const bay = await this.bays.find(caller, ident);
    enforce('cluster:delete', caller, bay);
    const accepted = await this.commands.changeBay(deleteBay, { bayId: bay.id }, acting);
    announce(reply, accepted);
    sendNothing(reply);
  }

  @Delete()
  removeNothing(): void {
    throw new MissingArgument('cluster_ident');
  }

  private async modelLabels(bays: readonly BayDocument[]): Promise<ReadonlyMap<string, Readonly<Record<string, string>>>> {
    const ids = [...new Set(bays.map(({ bayModelId }) => bayModelId))];
    const models = ids.length === 0 ? [] : await this.models.byIds(ids);
    return new Map(models.map(({ id, labels }) => [id, labels]));
  }

  private base(request: FastifyRequest): string {
    return baseUrlOf(request, this.api.config.publicUrl);
  }
}
