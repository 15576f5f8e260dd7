import { Controller, Get, Inject, Req, Res, type BeforeApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { systemTimers } from '@jeroboam/platform';
import { BAYS, BAY_NAMES } from '@jeroboam/read-model';
import { API, type Api } from '../api-dependencies.ts';
import { enforce } from '../policy/policy.ts';
import { sendJson } from '../wire/answer.ts';
import { baseUrlOf } from '../wire/links.ts';
import { BadRequest } from '../wire/errors.ts';
import { readQuery } from '../wire/query.ts';
import { Wire } from '../wire/wire-route.ts';
import { readHistory } from './bay-history.ts';
import { EventConnection } from './event-connection.ts';
import { EventFilter, STREAM_ARGUMENTS, knownPosition } from './event-filter.ts';
import { EventHub } from './event-hub.ts';
import { EventOwners } from './event-owners.ts';
import { EventsDescribed, HISTORY_ARGUMENTS } from './event.openapi.ts';
import { findBayId, sees } from './find-bay.ts';
import { wireEvent } from './wire-event.ts';

/** Events on one page. */
const MAX_PAGE = 1_000;

/** What happened: the story of one bay, and everything as it happens. Additions of ours (`bay-ops`). */
@EventsDescribed
@Controller()
export class EventsController implements OnModuleInit, BeforeApplicationShutdown {
  readonly #owners: EventOwners;
  readonly #hub: EventHub;

  constructor(@Inject(API) private readonly api: Api) {
    this.#owners = new EventOwners(api.log);
    this.#hub = new EventHub(api.log, this.#owners, api.logger);
  }

  /** The API may boot before those who write. */
  onModuleInit(): Promise<void> {
    return this.api.readModel.ensure([BAYS, BAY_NAMES]);
  }

  /** All that is known of a bay, also of one deleted long ago, in order of position. */
  @Get('v1/clusters/:ident/events')
  async history(@Req() request: FastifyRequest<{ Params: { ident: string } }>, @Res() reply: FastifyReply): Promise<void> {
    const { caller } = request.wire;
    enforce('event:get', caller);
    const { limit: wanted = MAX_PAGE, after } = readQuery(request.query, HISTORY_ARGUMENTS);
    if (wanted <= 0) throw new BadRequest('Limit must be positive');
    const limit = Math.min(wanted, MAX_PAGE);
    const bayId = await findBayId(request.params.ident, caller, this.#owners, this.api.readModel);
    const from = after === undefined ? undefined : await knownPosition(this.api.log, 'after', after);
    const { events, upTo, more } = await readHistory(this.api.log, bayId, from, limit);
    const base = baseUrlOf(request, this.api.config.publicUrl);
    const next = more ? { next: `${base}/v1/clusters/${bayId}/events?limit=${limit}&after=${upTo}` } : {};
    sendJson(reply, 200, { cluster_uuid: bayId, events: events.map(wireEvent), up_to: upTo, ...next });
  }

  /**
   * Server-sent events: from now on, or after the position in `Last-Event-ID` or `after`. In order, each at least once.
   * A client that cannot keep up is told so and resumes.
   */
  @Get('v1/events')
  @Wire({ produces: ['text/event-stream'] })
  async live(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { caller } = request.wire;
    enforce('event:get', caller);
    const given = readQuery(request.query, STREAM_ARGUMENTS);
    const bayId = given.bay === undefined ? undefined : await findBayId(given.bay, caller, this.#owners, this.api.readModel);
    const filter = new EventFilter(given, bayId);
    const after = await this.#start(request, given.after);
    this.#hub.requireRoom();
    const expiresAt = Date.parse(caller.info.expiresAt);
    const expired = () => this.api.clock.now().getTime() >= expiresAt;
    const connection = new EventConnection({ filter, after, sees: (projectId) => sees(caller, projectId), expired }, systemTimers);
    reply.headers({ 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' });
    void reply.send(connection.body);
    await this.#hub.serve(connection);
  }

  /** Before the server waits for its connections to end, which these never would by themselves. */
  beforeApplicationShutdown(): Promise<void> {
    return this.#hub.close();
  }

  /** The header is what a browser sends when it comes again, so it counts for more than the address it came to first. */
  async #start(request: FastifyRequest, after: string | undefined): Promise<string> {
    const lastEventId = request.headers['last-event-id'];
    if (typeof lastEventId === 'string' && lastEventId !== '') return knownPosition(this.api.log, 'Last-Event-ID', lastEventId);
    if (after !== undefined) return knownPosition(this.api.log, 'after', after);
    return (await this.api.log.head()) ?? '';
  }
}
