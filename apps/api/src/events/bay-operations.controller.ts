import { Controller, Get, Inject, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { OPERATIONS, type OperationDocument } from '@jeroboam/read-model';
import { API, type Api } from '../api-dependencies.ts';
import { BayOperationsDescribed } from '../operation/operation.openapi.ts';
import { OperationNotFound } from '../operation/operations.controller.ts';
import { operationView } from '../operation/operation.view.ts';
import { enforce } from '../policy/policy.ts';
import { sendJson } from '../wire/answer.ts';
import { baseUrlOf } from '../wire/links.ts';
import { PAGE_ARGUMENTS, collection, readPage } from '../wire/page.ts';
import { readQuery } from '../wire/query.ts';
import { EventOwners } from './event-owners.ts';
import { findBayId } from './find-bay.ts';

const SORT_KEYS = { id: 'created', created_at: 'createdAt', state: 'state' };

/** `/v1/clusters/{ident}/operations`: what was asked of a bay and what became of it, the oldest first. An addition of ours. */
@BayOperationsDescribed
@Controller('v1/clusters/:ident/operations')
export class BayOperationsController {
  readonly #owners: EventOwners;

  constructor(@Inject(API) private readonly api: Api) {
    this.#owners = new EventOwners(api.log);
  }

  @Get()
  async list(@Req() request: FastifyRequest<{ Params: { ident: string } }>, @Res() reply: FastifyReply): Promise<void> {
    const { caller } = request.wire;
    enforce('event:get', caller);
    const given = readQuery(request.query, PAGE_ARGUMENTS);
    const { readModel, config: { maxLimit, publicUrl } } = this.api;
    const bayId = await findBayId(request.params.ident, caller, this.#owners, readModel);
    const marker = (id: string) => this.#ofBay(bayId, id);
    const list = { collection: OPERATIONS.name, sortKeys: SORT_KEYS, where: { bayId }, maxLimit, marker };
    const page = await readPage<OperationDocument>(readModel, list, given);
    const base = baseUrlOf(request, publicUrl);
    const items = page.documents.map((operation) => operationView(operation, base));
    sendJson(reply, 200, collection('operations', items, page, base, `clusters/${bayId}/operations`));
  }

  async #ofBay(bayId: string, operationId: string): Promise<OperationDocument> {
    const operation = await this.api.readModel.get<OperationDocument>(OPERATIONS.name, operationId);
    if (operation?.bayId !== bayId) throw new OperationNotFound(operationId);
    return operation;
  }
}
