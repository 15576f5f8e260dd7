import { Controller, Get, Inject, Param, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { BayNotFound } from '@jeroboam/domain';
import type { NodeView } from '@jeroboam/domain';
import { API, type Api } from '../api-dependencies.ts';
import { BayQueries } from '../bay/bay.queries.ts';
import { enforce } from '../policy/policy.ts';
import { sendJson } from '../wire/answer.ts';
import { BadRequest } from '../wire/errors.ts';
import { baseUrlOf } from '../wire/links.ts';
import { readQuery } from '../wire/query.ts';
import { resource } from '../wire/wire-route.ts';
import { readBayNodes } from './bay-nodes.ts';
import { NODES_ARGUMENTS, NodesDescribed } from './node.openapi.ts';
import { nodeView } from './node.view.ts';

/** `/v1/clusters/{ident}/nodes`: the nodes that are there, one by one. An addition of ours (`bay-ops`). */
@NodesDescribed
@Controller(resource('clusters/:ident/nodes'))
export class NodesController {
  constructor(
    @Inject(BayQueries) private readonly bays: BayQueries,
    @Inject(API) private readonly api: Api,
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
