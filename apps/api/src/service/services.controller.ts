import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { isDomainError } from '@jeroboam/domain';
import { schedulerStatus } from '@jeroboam/messaging';
import type { SchedulerStatus } from '@jeroboam/messaging';
import { Commands, actingOn, type Acting } from '../command/commands.ts';
import { enforce } from '../policy/policy.ts';
import { sendJson } from '../wire/answer.ts';
import { readQuery } from '../wire/query.ts';
import { timestamp } from '../wire/timestamp.ts';
import { resource } from '../wire/wire-route.ts';
import { ServicesDescribed } from './service.openapi.ts';

/**
 * `/v1/mservices`: contract section 2.7. The scheduler does what a conductor does in Magnum. It is asked rather than
 * listened to; one that does not answer is down, shown as it was when it last did.
 */
@ServicesDescribed
@Controller(resource('mservices'))
export class ServicesController {
  #lastKnown: SchedulerStatus | undefined;

  constructor(@Inject(Commands) private readonly commands: Commands) {}

  @Get()
  async list(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    readQuery(request.query, {});
    enforce('magnum-service:get_all', request.wire.caller);
    const answered = await this.ask(actingOn(request));
    this.#lastKnown = answered ?? this.#lastKnown;
    const known = this.#lastKnown;
    sendJson(reply, 200, { mservices: known === undefined ? [] : [serviceView(known, answered ? 'up' : 'down')] });
  }

  private async ask(acting: Acting): Promise<SchedulerStatus | undefined> {
    try {
      return await this.commands.ask(schedulerStatus, {}, acting);
    } catch (error) {
      // Whatever the reason: nobody answered.
      if (isDomainError(error) && error.kind === 'unavailable') return undefined;
      throw error;
    }
  }
}

function serviceView({ host, startedAt, reportCount, reportedAt }: SchedulerStatus, state: 'up' | 'down'): object {
  return {
    host, binary: 'magnum-conductor', state, id: 1, report_count: reportCount, disabled: false, disabled_reason: null,
    created_at: timestamp(startedAt), updated_at: timestamp(reportedAt),
  };
}
