import { Controller, Delete, Get, Inject, Param, Patch, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { deleteNodeGroup, reviseNodeGroup } from '@jeroboam/messaging';
import { API, type Api } from '../api-dependencies.ts';
import { BayQueries } from '../bay/bay.queries.ts';
import { requireAbleDriver } from '../capability/able-driver.ts';
import { Commands, actingOn, announce } from '../command/commands.ts';
import { enforce } from '../policy/policy.ts';
import { sendJson, sendNothing } from '../wire/answer.ts';
import { readPatch } from '../wire/json-patch.ts';
import { baseUrlOf } from '../wire/links.ts';
import { collection } from '../wire/page.ts';
import { readQuery } from '../wire/query.ts';
import { jsonBody, refuseBody } from '../wire/request-body.ts';
import { Wire, resource } from '../wire/wire-route.ts';
import { CreateNodeGroup } from './create-node-group.ts';
import { findNodeGroup } from './find-node-group.ts';
import { listNodeGroups } from './node-group.list.ts';
import { LIST_ARGUMENTS, NodeGroupsDescribed } from './node-group.openapi.ts';
import { wantedChanges } from './node-group.patch.ts';
import { NODE_GROUP, NODE_GROUP_PATCH } from './node-group.type.ts';
import { newNodeGroup, nodeGroupDetail, nodeGroupSummary } from './node-group.view.ts';

const SINCE = 9;

/** `/v1/clusters/{cluster}/nodegroups`: contract section 2.3. Administrators see those of all projects and change their own. */
@NodeGroupsDescribed
@Controller(resource('clusters/:cluster/nodegroups'))
export class NodeGroupsController {
  constructor(
    @Inject(BayQueries) private readonly bays: BayQueries,
    @Inject(CreateNodeGroup) private readonly creation: CreateNodeGroup,
    @Inject(Commands) private readonly commands: Commands,
    @Inject(API) private readonly api: Api,
  ) {}

  // Magnum refuses an older version before it has found out what is asked for, whatever the verb.
  @Get()
  @Wire({ since: SINCE, handler: 'get_one' })
  async list(@Param('cluster') cluster: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { caller } = request.wire;
    const given = readQuery(request.query, LIST_ARGUMENTS);
    enforce('nodegroup:get_all', caller);
    const bay = await this.bays.find(caller, cluster);
    const page = await listNodeGroups(bay, given, this.api.config.maxLimit);
    const items = page.documents.map(({ group }) => nodeGroupSummary(group));
    sendJson(reply, 200, collection('nodegroups', items, page, this.base(request), `clusters/${bay.id}/nodegroups`));
  }

  @Get(':ident')
  @Wire({ since: SINCE, handler: 'get_one' })
  async show(@Param('cluster') cluster: string, @Param('ident') ident: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { caller } = request.wire;
    readQuery(request.query, {});
    enforce('nodegroup:get', caller);
    const bay = await this.bays.find(caller, cluster);
    sendJson(reply, 200, nodeGroupDetail(bay, findNodeGroup(bay, ident), this.base(request)));
  }

  @Post()
  @Wire({ since: SINCE, handler: 'get_one' })
  async create(@Param('cluster') cluster: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { caller } = request.wire;
    readQuery(request.query, {});
    const fields = NODE_GROUP.read(jsonBody(request));
    const acting = actingOn(request);
    enforce('nodegroup:create', caller);
    const bay = await this.bays.find(caller, cluster, 'own');
    const { group, accepted } = await this.creation.execute(bay, fields, acting);
    announce(reply, accepted);
    // Not read again: somebody else may have deleted it meanwhile, and this request was accepted all the same.
    sendJson(reply, 202, newNodeGroup(bay, group, this.base(request)));
  }

  @Patch(':ident')
  @Wire({ since: SINCE, handler: 'get_one' })
  async update(@Param('cluster') cluster: string, @Param('ident') ident: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { caller } = request.wire;
    readQuery(request.query, {});
    const patch = readPatch(jsonBody(request), NODE_GROUP_PATCH);
    const acting = actingOn(request);
    const bay = await this.bays.find(caller, cluster, 'own');
    enforce('nodegroup:update', caller);
    const group = findNodeGroup(bay, ident);
    const changes = wantedChanges(bay, group, patch);
    requireAbleDriver(this.api.drivers, bay, 'node-groups');
    if (Object.keys(changes).length > 0) {
      const payload = { bayId: bay.id, nodeGroup: group.nodeGroupId, changes };
      announce(reply, await this.commands.changeBay(reviseNodeGroup, payload, acting));
    }
    // Magnum shows what is asked for in the state of before.
    sendJson(reply, 202, nodeGroupDetail(bay, { ...group, ...changes }, this.base(request)));
  }

  @Delete(':ident')
  @Wire({ since: SINCE, handler: 'get_one' })
  async remove(@Param('cluster') cluster: string, @Param('ident') ident: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { caller } = request.wire;
    readQuery(request.query, {});
    refuseBody(request);
    const acting = actingOn(request);
    enforce('nodegroup:delete', caller);
    const bay = await this.bays.find(caller, cluster, 'own');
    const group = findNodeGroup(bay, ident);
    if (!group.isDefault) requireAbleDriver(this.api.drivers, bay, 'node-groups');
    const payload = { bayId: bay.id, nodeGroup: group.nodeGroupId };
    announce(reply, await this.commands.changeBay(deleteNodeGroup, payload, acting));
    sendNothing(reply);
  }

  private base(request: FastifyRequest): string {
    return baseUrlOf(request, this.api.config.publicUrl);
  }
}
