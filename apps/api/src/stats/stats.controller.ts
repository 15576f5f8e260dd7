import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { BAYS } from '@jeroboam/read-model';
import type { BayDocument, Query } from '@jeroboam/read-model';
import { API, type Api } from '../api-dependencies.ts';
import { projectOf } from '../auth/caller.ts';
import { NotAuthorized } from '../bay/create-bay.ts';
import { enforce } from '../policy/policy.ts';
import { sendJson } from '../wire/answer.ts';
import { BadRequest } from '../wire/errors.ts';
import { readQuery } from '../wire/query.ts';
import { resource } from '../wire/wire-route.ts';
import { STATS_ARGUMENTS, StatsDescribed } from './stats.openapi.ts';

/** Bays that are held in memory at once while they are counted. */
const COUNTED_AT_ONCE = 1_000;

/** `/v1/stats`: contract section 2.7. */
@StatsDescribed
@Controller(resource('stats'))
export class StatsController {
  constructor(@Inject(API) private readonly api: Api) {}

  @Get()
  async show(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { caller } = request.wire;
    const { project_id: projectId, type = 'cluster' } = readQuery(request.query, STATS_ARGUMENTS);
    enforce('stats:get_all', caller);
    if (type.toLowerCase() !== 'cluster') throw new BadRequest("Invalid stats type. Allowed values are 'cluster'");
    if (!caller.isAdmin && projectId && projectId !== caller.projectId) throw new NotAuthorized();
    const counted = projectId || (caller.isAdmin ? undefined : projectOf(caller));
    sendJson(reply, 200, await this.count(counted === undefined ? undefined : { projectId: counted }));
  }

  /** Nodes are those that are wanted, masters too, as Magnum's node groups say them. */
  private async count(where: Query['where']): Promise<{ clusters: number; nodes: number }> {
    let [clusters, nodes] = [0, 0];
    let afterId: string | undefined;
    do {
      const bays = await this.api.readModel.find<BayDocument>(BAYS.name, {
        ...(where ? { where } : {}), ...(afterId === undefined ? {} : { afterId }), limit: COUNTED_AT_ONCE,
      });
      clusters += bays.length;
      nodes += bays.reduce((sum, { nodeCount, masterCount }) => sum + nodeCount + masterCount, 0);
      afterId = bays.length < COUNTED_AT_ONCE ? undefined : bays.at(-1)!.id;
    } while (afterId !== undefined);
    return { clusters, nodes };
  }
}
