import { createHash } from 'node:crypto';
import { Controller, Get, Inject, Param, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { extensionsOf } from '@jeroboam/driver-sdk';
import { API, type Api } from '../api-dependencies.ts';
import { DriverRecords } from '../drivers/driver-records.ts';
import { enforce } from '../policy/policy.ts';
import { sendJsonText } from '../wire/answer.ts';
import { baseUrlOf } from '../wire/links.ts';
import { readQuery } from '../wire/query.ts';
import { ExtensionNotFound } from './extension.errors.ts';
import { ExtensionsDescribed } from './extension.openapi.ts';
import { extensionView } from './extension.view.ts';

/** `/v1/extensions`: what drivers add to the API, as data from which clients grow commands. An addition of ours (`bay-ops`). */
@ExtensionsDescribed
@Controller('v1/extensions')
export class ExtensionsController {
  constructor(
    @Inject(API) private readonly api: Api,
    @Inject(DriverRecords) private readonly records: DriverRecords,
  ) {}

  @Get()
  async list(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    send(request, reply, { extensions: await this.#views(request) });
  }

  @Get(':alias')
  async show(@Param('alias') alias: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const view = (await this.#views(request)).find((each) => each['alias'] === alias);
    if (!view) throw new ExtensionNotFound(alias);
    send(request, reply, view);
  }

  async #views(request: FastifyRequest): Promise<readonly Record<string, unknown>[]> {
    readQuery(request.query, {});
    enforce('extension:get', request.wire.caller);
    const { manifests } = await this.records.current();
    const base = baseUrlOf(request, this.api.config.publicUrl);
    return extensionsOf(manifests).map((loaded) => extensionView(loaded, base));
  }
}

/** Clients ask before every command of theirs: mostly nothing has changed. */
function send(request: FastifyRequest, reply: FastifyReply, body: unknown): void {
  const text = JSON.stringify(body);
  const etag = `"${createHash('sha256').update(text).digest('hex')}"`;
  void reply.header('etag', etag);
  if (request.headers['if-none-match'] === etag) void reply.code(304).send();
  else sendJsonText(reply, 200, text);
}
