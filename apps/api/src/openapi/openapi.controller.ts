import { Controller, Get, Inject, Res } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { API, type Api } from '../api-dependencies.ts';
import { sendJsonText } from '../wire/answer.ts';
import { Wire } from '../wire/wire-route.ts';
import { Described, json } from './describe.ts';
import { openApiDocument } from './document.ts';

const DOCUMENT = { type: 'object', required: ['openapi', 'info', 'paths', 'components'] };

/** `/v1/openapi.json`: what this API is, for machines. Needs no token, so that tools can fetch it. */
@Described({ document: { summary: 'Show this document', answers: { 200: json(DOCUMENT) } } })
@Controller('v1/openapi.json')
export class OpenApiController {
  #text: string | undefined;

  constructor(
    @Inject(HttpAdapterHost) private readonly host: HttpAdapterHost,
    @Inject(API) private readonly api: Api,
  ) {}

  @Get()
  @Wire({ public: true, unversioned: true })
  document(@Res() reply: FastifyReply): void {
    // Routes do not change once there are requests.
    this.#text ??= JSON.stringify(openApiDocument(this.#routes, { publicUrl: this.api.config.publicUrl, drivers: this.api.drivers }));
    sendJsonText(reply, 200, this.#text);
  }

  get #routes() {
    return this.host.httpAdapter.getInstance<FastifyInstance>().registeredRoutes;
  }
}
