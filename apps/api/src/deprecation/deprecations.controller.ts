import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DEPRECATED_USES, DEPRECATED_USES_PROJECTION } from '@jeroboam/read-model';
import type { DeprecatedUseDocument, Query } from '@jeroboam/read-model';
import { API, type Api } from '../api-dependencies.ts';
import { projectOf } from '../auth/caller.ts';
import { allows, enforce } from '../policy/policy.ts';
import { sendJson } from '../wire/answer.ts';
import { BadRequest } from '../wire/errors.ts';
import { readQuery } from '../wire/query.ts';
import { DeprecatedUses } from './deprecated-uses.ts';
import { DEPRECATION_ARGUMENTS, DeprecationsDescribed } from './deprecation.openapi.ts';
import { deprecationView } from './deprecation.view.ts';

const DEFAULT_DAYS = 30;
const MAX_DAYS = 90;
const DAY_MS = 24 * 60 * 60 * 1_000;
/** Documents one answer is made of; each is what one project did with one thing on one day. */
const MAX_DOCUMENTS = 10_000;

/**
 * `/v1/deprecations`: what will go away, when, and who still uses it. A project sees its own use; whom the rule
 * `deprecation:get_all` lets, that of all. An addition of ours (`bay-ops`).
 */
@DeprecationsDescribed
@Controller('v1/deprecations')
export class DeprecationsController {
  constructor(
    @Inject(API) private readonly api: Api,
    @Inject(DeprecatedUses) private readonly uses: DeprecatedUses,
  ) {}

  @Get()
  async list(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { caller } = request.wire;
    const { days = DEFAULT_DAYS } = readQuery(request.query, DEPRECATION_ARGUMENTS);
    if (days < 1 || days > MAX_DAYS) throw new BadRequest(`days must be from 1 to ${MAX_DAYS}.`);
    enforce('deprecation:get', caller);
    await this.#writeDown();
    const counted = lastDays(this.api.clock.now(), days);
    const ofWhom: Query['where'] = allows('deprecation:get_all', caller) ? {} : { projectId: projectOf(caller) };
    const documents = await this.api.readModel.find<DeprecatedUseDocument>(DEPRECATED_USES.name, {
      where: { ...ofWhom, day: counted }, sortBy: 'day', descending: true, limit: MAX_DOCUMENTS,
    });
    sendJson(reply, 200, {
      deprecations: this.api.deprecations.entries.map((entry) => deprecationView(entry, this.api.deprecations.isOver(entry), documents)),
      counted_since: counted.at(-1),
      // The oldest are missing.
      complete: documents.length < MAX_DOCUMENTS,
    });
  }

  /** What this replica counted is seen by who asks it; that of others within a minute. */
  async #writeDown(): Promise<void> {
    const position = await this.uses.look();
    if (position === null) return;
    // Late counts are no reason to answer nothing.
    await this.api.readModel.reached(DEPRECATED_USES_PROJECTION, position, this.api.config.readAfterWriteTimeoutMs);
  }
}

/** The last `days` days of UTC, today first. */
function lastDays(now: Date, days: number): readonly string[] {
  return Array.from({ length: days }, (_, ago) => new Date(now.getTime() - ago * DAY_MS).toISOString().slice(0, 10));
}
