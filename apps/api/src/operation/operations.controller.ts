import { Controller, Get, Inject, Param, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DomainError } from '@jeroboam/domain';
import { OPERATIONS, type OperationDocument } from '@jeroboam/read-model';
import { API, type Api } from '../api-dependencies.ts';
import { projectOf } from '../auth/caller.ts';
import { enforce } from '../policy/policy.ts';
import { sendJson } from '../wire/answer.ts';
import { baseUrlOf } from '../wire/links.ts';
import { readQuery } from '../wire/query.ts';
import { resource } from '../wire/wire-route.ts';
import { OperationsDescribed } from './operation.openapi.ts';
import { operationView } from './operation.view.ts';

export class OperationNotFound extends DomainError {
  readonly code = 'OPERATION_NOT_FOUND';
  readonly kind = 'not-found';
  constructor(operationId: string) {
    super(`Operation ${operationId} could not be found.`, { operationId });
  }
}

/** `/v1/operations/{id}`: where the headers of an accepted request point. */
@OperationsDescribed
@Controller(resource('operations'))
export class OperationsController {
  constructor(@Inject(API) private readonly api: Api) {}

  @Get(':id')
  async show(@Param('id') id: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { caller } = request.wire;
    readQuery(request.query, {});
    const operation = await this.api.readModel.get<OperationDocument>(OPERATIONS.name, id);
    if (!operation || (!caller.isAdmin && operation.projectId !== projectOf(caller))) throw new OperationNotFound(id);
    enforce('operation:get', caller, { projectId: operation.projectId, userId: operation.requestedBy });
    sendJson(reply, 200, operationView(operation, baseUrlOf(request, this.api.config.publicUrl)));
  }
}
