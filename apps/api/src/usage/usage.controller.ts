import { Controller, Get, Inject, Req, Res, type OnModuleInit } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { BAY_NAMES, USAGE, type UsagePeriod } from '@jeroboam/read-model';
import { API, type Api } from '../api-dependencies.ts';
import { projectOf } from '../auth/caller.ts';
import { NotAuthorized } from '../bay/create-bay.ts';
import { enforce } from '../policy/policy.ts';
import { sendJson } from '../wire/answer.ts';
import { BadRequest } from '../wire/errors.ts';
import { baseUrlOf } from '../wire/links.ts';
import { readQuery, type Given } from '../wire/query.ts';
import { resource } from '../wire/wire-route.ts';
import { askedMoment } from './asked-moment.ts';
import { USAGE_ARGUMENTS, UsageDescribed } from './usage.openapi.ts';
import { GROUPINGS, UsageQueries, type Grouping, type UsageQuestion } from './usage.queries.ts';
import { totalView, usageView } from './usage.view.ts';

/** `/v1/usage`: what bays used, for billing; `infra/docs/usage.md`. An addition of ours (`bay-ops`). */
@UsageDescribed
@Controller(resource('usage'))
export class UsageController implements OnModuleInit {
  readonly #usage: UsageQueries;

  constructor(@Inject(API) private readonly api: Api) {
    this.#usage = new UsageQueries(api.readModel, () => api.clock.now());
  }

  /** The API may boot before those who write. */
  onModuleInit(): Promise<void> {
    return this.api.readModel.ensure([USAGE, BAY_NAMES]);
  }

  @Get()
  async show(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { caller } = request.wire;
    const given = readQuery(request.query, USAGE_ARGUMENTS);
    const projectId = given.project_id ?? (caller.isAdmin ? undefined : projectOf(caller));
    enforce('usage:get', caller, { projectId: projectId ?? null, userId: caller.userId });
    // Whatever an operator's rules say: they are about what is one's own.
    if (!caller.isAdmin && projectId !== projectOf(caller)) throw new NotAuthorized();
    const question: UsageQuestion = {
      period: periodOf(given, this.api.clock.now()),
      ...(projectId === undefined ? {} : { projectId }),
      ...(given.cluster === undefined ? {} : { cluster: given.cluster }),
    };
    if (given.group_by === undefined) return this.sendPage(question, given, request, reply);
    if (given.limit !== undefined || given.marker !== undefined) throw new BadRequest('group_by has no pages: leave out limit and marker.');
    const totals = await this.#usage.totals(question, groupingsOf(given.group_by));
    sendJson(reply, 200, { totals: totals.map(totalView), ...question.period });
  }

  private async sendPage(question: UsageQuestion, given: Asked, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { config: { maxLimit, publicUrl } } = this.api;
    if (given.limit !== undefined && given.limit <= 0) throw new BadRequest('Limit must be positive');
    const limit = Math.min(given.limit ?? maxLimit, maxLimit);
    const found = await this.#usage.list(question, limit, given.marker);
    const last = found.at(-1);
    // As in Magnum's lists, also when this was the last page.
    const next = last && found.length === limit
      ? { next: `${baseUrlOf(request, publicUrl)}/v1/usage?${nextQuery(question, limit, last.interval.id)}` } : {};
    sendJson(reply, 200, { usage: found.map(usageView), ...question.period, ...next });
  }
}

type Asked = Given<typeof USAGE_ARGUMENTS>;

/** Until now, unless it was to end before. @throws {InvalidInput} {BadRequest} */
function periodOf(given: Asked, now: Date): UsagePeriod {
  const from = given.from === undefined ? null : askedMoment('from', given.from);
  const wanted = given.to === undefined ? now.toISOString() : askedMoment('to', given.to);
  if (from !== null && from >= wanted) throw new BadRequest(`The period is empty: from (${from}) must be before to (${wanted}).`);
  // What is to come is not known; and all pages must have the same end.
  return { from, to: wanted < now.toISOString() ? wanted : now.toISOString() };
}

/** @throws {BadRequest} */
function groupingsOf(given: string): Grouping[] {
  const names = [...new Set(given.split(',').map((name) => name.trim()))];
  const isGrouping = (name: string): name is Grouping => Object.hasOwn(GROUPINGS, name);
  const unknown = names.find((name) => !isGrouping(name));
  if (unknown !== undefined) throw new BadRequest(`Usage cannot be grouped by "${unknown}", only by ${Object.keys(GROUPINGS).join(', ')}.`);
  return names.filter(isGrouping);
}

/** The whole question again, with the ends of the period as they were understood. */
function nextQuery({ period: { from, to }, projectId, cluster }: UsageQuestion, limit: number, marker: string): string {
  const query = new URLSearchParams({ ...(from === null ? {} : { from }), to, limit: String(limit), marker });
  if (projectId !== undefined) query.set('project_id', projectId);
  if (cluster !== undefined) query.set('cluster', cluster);
  return query.toString();
}
