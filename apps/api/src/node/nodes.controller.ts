import { Controller, Delete, Get, Inject, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { BayNotFound, DomainError } from '@jeroboam/domain';
import type { NodeView } from '@jeroboam/domain';
import type { BayDocument } from '@jeroboam/read-model';
import { API, type Api } from '../api-dependencies.ts';
import { BayQueries } from '../bay/bay.queries.ts';
import { DEFAULT_WORKER } from '../bay/create-bay.ts';
import { ResizeBay, type WantedSize } from '../bay/resize-bay.ts';
import { actingOn, announce } from '../command/commands.ts';
import { enforce } from '../policy/policy.ts';
import { sendJson } from '../wire/answer.ts';
import { BadRequest } from '../wire/errors.ts';
import { baseUrlOf } from '../wire/links.ts';
import { readQuery } from '../wire/query.ts';
import { jsonBody, refuseBody } from '../wire/request-body.ts';
import { resource } from '../wire/wire-route.ts';
import { readBayNodes } from './bay-nodes.ts';
import { NODES_ARGUMENTS, NODE_REQUEST, NodesDescribed } from './node.openapi.ts';
import { nodeView } from './node.view.ts';

export class NodeNotFound extends DomainError {
  readonly code = 'NODE_NOT_FOUND';
  readonly kind = 'not-found';
  constructor(ident: string) {
    super(`Node ${ident} could not be found.`, { node: ident });
  }
}

/** `/v1/clusters/{ident}/nodes`: the nodes that are there, one by one. An addition of ours (`bay-ops`). */
@NodesDescribed
@Controller(resource('clusters/:ident/nodes'))
export class NodesController {
  constructor(
    @Inject(BayQueries) private readonly bays: BayQueries,
    @Inject(API) private readonly api: Api,
    @Inject(ResizeBay) private readonly resizing: ResizeBay,
  ) {}

  /** In order of joining. */
  @Get()
  async list(@Param('ident') ident: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { caller } = request.wire;
    const { nodegroup, limit: wanted, marker } = readQuery(request.query, NODES_ARGUMENTS);
    if (wanted !== undefined && wanted <= 0) throw new BadRequest('Limit must be positive');
    const bay = await this.bays.find(caller, ident);
    enforce('cluster:get', caller, bay);
    const there = await readBayNodes(this.api.log, bay.id);
    if (there === undefined) throw new BayNotFound(ident);
    const { config: { maxLimit, publicUrl } } = this.api;
    const limit = Math.min(wanted ?? maxLimit, maxLimit);
    const group = there.bay.nodeGroups.find(({ name, nodeGroupId }) => nodegroup === name || nodegroup === nodeGroupId);
    const listed = there.bay.nodes.filter((node) => nodegroup === undefined || node.nodeGroup === (group?.name ?? nodegroup));
    const page = after(listed, marker).slice(0, limit);
    const path = `${baseUrlOf(request, publicUrl)}/v1/clusters/${bay.id}/nodes`;
    // As in Magnum's lists, also when this was the last page.
    const next = page.length < limit ? {} : { next: `${path}?${nextQuery(nodegroup, limit, page.at(-1)!.name)}` };
    sendJson(reply, 200, { nodes: page.map((node) => nodeView(node, there)), ...next });
  }

  /** One more, like the others of its group. */
  @Post()
  async add(@Param('ident') ident: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    readQuery(request.query, {});
    const { nodegroup } = NODE_REQUEST.read(jsonBody(request) ?? {});
    await this.change(ident, request, reply, async () => ({ nodeGroup: nodegroup ?? DEFAULT_WORKER, nodeCount: { change: 1 }, nodesToRemove: [] }));
  }

  @Delete(':node')
  async remove(@Param('ident') ident: string, @Param('node') node: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    readQuery(request.query, {});
    refuseBody(request);
    await this.change(ident, request, reply, (bay) => this.without(bay, node, -1));
  }

  /** Another one comes for it. */
  @Post(':node/actions/replace')
  async replace(@Param('ident') ident: string, @Param('node') node: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    readQuery(request.query, {});
    refuseBody(request);
    await this.change(ident, request, reply, (bay) => this.without(bay, node, 0));
  }

  /** A resize of the node's group; for members of the project alone, as every resize. */
  private async change(ident: string, request: FastifyRequest, reply: FastifyReply, sizeFor: (bay: BayDocument) => Promise<WantedSize>): Promise<void> {
    const { caller } = request.wire;
    const bay = await this.bays.find(caller, ident, 'own');
    enforce('cluster:resize', caller, bay);
    announce(reply, await this.resizing.execute(bay, await sizeFor(bay), actingOn(request)));
    sendJson(reply, 202, { uuid: bay.id });
  }

  /** @throws {NodeNotFound} */
  private async without(bay: BayDocument, ident: string, change: -1 | 0): Promise<WantedSize> {
    const nodes = (await readBayNodes(this.api.log, bay.id))?.bay.nodes ?? [];
    const node = nodes.find(({ name, externalId }) => ident === name || ident === externalId);
    if (!node) throw new NodeNotFound(ident);
    return { nodeGroup: node.nodeGroup, nodeCount: { change }, nodesToRemove: [node.name] };
  }
}

function nextQuery(nodegroup: string | undefined, limit: number, marker: string): string {
  return new URLSearchParams({ ...(nodegroup === undefined ? {} : { nodegroup }), limit: String(limit), marker }).toString();
}

/** @throws {BadRequest} there is no such node; it may have gone since the page before. */
function after(nodes: readonly NodeView[], marker: string | undefined): readonly NodeView[] {
  if (marker === undefined) return nodes;
  const index = nodes.findIndex(({ name }) => name === marker);
  if (index === -1) throw new BadRequest(`The marker ${marker} is not a node of this list.`);
  return nodes.slice(index + 1);
}
