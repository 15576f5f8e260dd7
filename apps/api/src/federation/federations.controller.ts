import { randomUUID } from 'node:crypto';
import { Controller, Delete, Get, Inject, Param, Patch, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DomainError } from '@jeroboam/domain';
import { API, type Api } from '../api-dependencies.ts';
import { BayQueries } from '../bay/bay.queries.ts';
import { enforce } from '../policy/policy.ts';
import { sendJson } from '../wire/answer.ts';
import { BadRequest, InvalidInput, MissingArgument } from '../wire/errors.ts';
import { readPatch } from '../wire/json-patch.ts';
import { baseUrlOf } from '../wire/links.ts';
import { PAGE_ARGUMENTS, collection, readPage } from '../wire/page.ts';
import { isObject, type Json } from '../wire/python-values.ts';
import { readQuery } from '../wire/query.ts';
import { jsonBody, refuseBody } from '../wire/request-body.ts';
import { resource } from '../wire/wire-route.ts';
import { FederationsDescribed } from './federation.openapi.ts';
import { FEDERATION, FEDERATION_PATCH } from './federation.type.ts';

/** Magnum's words. */
class FederationNotFound extends DomainError {
  readonly code = 'FEDERATION_NOT_FOUND';
  readonly kind = 'not-found';
  constructor(ident: string) {
    super(`Federation ${ident} could not be found.`, { ident });
  }
}

const SORT_KEYS = Object.fromEntries(
  ['id', 'uuid', 'name', 'project_id', 'hostcluster_id', 'status', 'created_at', 'updated_at'].map((key) => [key, key]),
);
/** There are none: Magnum takes a federation in and never makes one. */
const NOTHING = { find: () => Promise.resolve([]) };

/** `/v1/federations`: contract section 2.7. What Magnum answers about federations, which it never came to have. */
@FederationsDescribed
@Controller(resource('federations'))
export class FederationsController {
  constructor(
    @Inject(BayQueries) private readonly bays: BayQueries,
    @Inject(API) private readonly api: Api,
  ) {}

  @Get()
  async list(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await this.sendList(request, reply, 'federations');
  }

  @Get('detail')
  async detail(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await this.sendList(request, reply, 'federations/detail');
  }

  @Get(':ident')
  show(@Param('ident') ident: string, @Req() request: FastifyRequest): void {
    readQuery(request.query, {});
    throw new FederationNotFound(ident);
  }

  @Post()
  async create(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { caller } = request.wire;
    readQuery(request.query, {});
    const { hostcluster_id: host, properties } = FEDERATION.read(jsonBody(request));
    enforce('federation:create', caller);
    if (!host) throw new BadRequest('No hostcluster specified. Please specify a hostcluster_id.');
    requireDnsZone(properties);
    await this.bays.find(caller, host, 'own');
    sendJson(reply, 202, { uuid: randomUUID() });
  }

  /** Magnum takes the identifier for the body. */
  @Post(':ident')
  createAt(@Param('ident') ident: string): void {
    throw new InvalidInput('federation', ident, 'unable to convert to Federation.');
  }

  @Patch(':ident')
  change(@Param('ident') ident: string, @Req() request: FastifyRequest): void {
    readQuery(request.query, {});
    readPatch(jsonBody(request), FEDERATION_PATCH);
    throw new FederationNotFound(ident);
  }

  @Delete(':ident')
  remove(@Param('ident') ident: string, @Req() request: FastifyRequest): void {
    readQuery(request.query, {});
    refuseBody(request);
    throw new FederationNotFound(ident);
  }

  @Patch()
  changeNothing(): void {
    throw new MissingArgument('federation_ident');
  }

  @Delete()
  removeNothing(): void {
    throw new MissingArgument('federation_ident');
  }

  private async sendList(request: FastifyRequest, reply: FastifyReply, path: string): Promise<void> {
    const given = readQuery(request.query, PAGE_ARGUMENTS);
    enforce(path.endsWith('detail') ? 'federation:detail' : 'federation:get_all', request.wire.caller);
    const list = {
      collection: 'federations', sortKeys: SORT_KEYS, where: undefined, maxLimit: this.api.config.maxLimit,
      marker: (ident: string) => Promise.reject(new FederationNotFound(ident)),
    };
    const page = await readPage(NOTHING, list, given);
    sendJson(reply, 200, collection('federations', page.documents, page, baseUrlOf(request, this.api.config.publicUrl), path));
  }
}

function requireDnsZone(properties: Json | null | undefined): void {
  if (properties === undefined || properties === null) throw new BadRequest('Please specify a `properties` dict for the federation.');
  const zone = isObject(properties) ? properties['dns-zone'] : undefined;
  if (zone === undefined || zone === null) throw new BadRequest('No DNS zone specified. Please specify a `dns-zone`.');
  if (typeof zone !== 'string') throw new InvalidInput('properties', properties, 'Value should be string');
}
