import { Controller, Delete, Get, Inject, Param, Patch, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DomainError } from '@jeroboam/domain';
import { createProjectQuota, removeProjectQuota, setProjectQuota } from '@jeroboam/messaging';
import { QUOTAS_PROJECTION } from '@jeroboam/read-model';
import { API, type Api } from '../api-dependencies.ts';
import { projectOf, type Caller } from '../auth/caller.ts';
import { NotAuthorized } from '../bay/create-bay.ts';
import { Commands, actingOn } from '../command/commands.ts';
import { enforce } from '../policy/policy.ts';
import { AcceptedDocuments } from '../read/accepted-documents.ts';
import { sendJson, sendNothing } from '../wire/answer.ts';
import { text } from '../wire/attribute.ts';
import { BadRequest, InvalidInput, MissingArgument, UnknownArgument } from '../wire/errors.ts';
import { baseUrlOf } from '../wire/links.ts';
import { collection } from '../wire/page.ts';
import { isObject, type Json } from '../wire/python-values.ts';
import { readQuery } from '../wire/query.ts';
import { jsonBody, refuseBody } from '../wire/request-body.ts';
import { validated } from '../wire/resource-type.ts';
import { resource } from '../wire/wire-route.ts';
import { LIST_ARGUMENTS, QuotasDescribed } from './quota.openapi.ts';
import { QuotaQueries } from './quota.queries.ts';
import { DEFAULT_HARD_LIMIT, QUOTA, QUOTA_CHANGE } from './quota.type.ts';
import { defaultQuotaView, quotaView } from './quota.view.ts';

/** Magnum's words. */
class ProjectNotFound extends DomainError {
  readonly code = 'PROJECT_NOT_FOUND';
  readonly kind = 'not-found';
  constructor(projectId: string) {
    super(`The project_id ${projectId} could not be found.`, { projectId });
  }
}

/** `/v1/quotas`: contract section 2.6. */
@QuotasDescribed
@Controller(resource('quotas'))
export class QuotasController {
  constructor(
    @Inject(QuotaQueries) private readonly quotas: QuotaQueries,
    @Inject(Commands) private readonly commands: Commands,
    @Inject(AcceptedDocuments) private readonly documents: AcceptedDocuments,
    @Inject(API) private readonly api: Api,
  ) {}

  @Get()
  async list(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { caller } = request.wire;
    const { all_tenants: allTenants = false, marker, ...page } = readQuery(request.query, LIST_ARGUMENTS);
    enforce('quota:get_all', caller);
    const found = await this.quotas.list(
      allTenants ? undefined : projectOf(caller), marker === undefined ? page : { ...page, marker: String(marker) },
    );
    const base = baseUrlOf(request, this.api.config.publicUrl);
    sendJson(reply, 200, collection('quotas', found.documents.map(quotaView), found, base, 'quotas'));
  }

  @Get(':project/:resource')
  async show(
    @Param('project') projectId: string, @Param('resource') of: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply,
  ): Promise<void> {
    const { caller } = request.wire;
    readQuery(request.query, {});
    enforce('quota:get', caller);
    refuseForeign(caller, projectId);
    const quota = await this.quotas.get(projectId, of);
    sendJson(reply, 200, quota ? quotaView(quota) : defaultQuotaView(projectId, this.api.config.defaultQuota));
  }

  @Post()
  async create(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    readQuery(request.query, {});
    const { project_id: projectId, hard_limit: hardLimit } = QUOTA.read(jsonBody(request));
    enforce('quota:create', request.wire.caller);
    if (!projectId) throw new BadRequest('Must provide a valid project ID.');
    await this.requireProject(projectId, request.wire.caller);
    const payload = { projectId, hardLimit: hardLimit ?? DEFAULT_HARD_LIMIT };
    const { position } = await this.commands.carryOut(createProjectQuota, payload, actingOn(request), [QUOTAS_PROJECTION]);
    sendJson(reply, 201, quotaView(await this.documents.quota(projectId, position)));
  }

  @Patch(':project/:resource')
  async change(
    @Param('project') projectId: string, @Param('resource') of: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply,
  ): Promise<void> {
    readQuery(request.query, {});
    const { hard_limit: hardLimit } = QUOTA_CHANGE.read(jsonBody(request));
    enforce('quota:update', request.wire.caller);
    await this.quotas.find(projectId, of);
    const payload = { projectId, hardLimit: hardLimit ?? DEFAULT_HARD_LIMIT };
    const { position } = await this.commands.carryOut(setProjectQuota, payload, actingOn(request), [QUOTAS_PROJECTION]);
    sendJson(reply, 202, quotaView(await this.documents.quota(projectId, position)));
  }

  @Delete(':project/:resource')
  async remove(
    @Param('project') projectId: string, @Param('resource') of: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply,
  ): Promise<void> {
    readQuery(request.query, {});
    refuseBody(request);
    await this.removeQuota(projectId, of, request, reply);
  }

  /** Magnum also takes what its path would say from the body. */
  @Delete()
  async removeNamedInBody(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    readQuery(request.query, {});
    const { projectId, of } = quotaNamedIn(jsonBody(request) ?? {});
    await this.removeQuota(projectId, of, request, reply);
  }

  @Get(':project')
  showNoResource(): void {
    throw new MissingArgument('resource');
  }

  @Patch(':project')
  changeNoResource(): void {
    throw new MissingArgument('resource');
  }

  @Delete(':project')
  removeNoResource(): void {
    throw new MissingArgument('resource');
  }

  @Patch()
  changeNothing(): void {
    throw new MissingArgument('project_id');
  }

  /** Magnum takes the identifier for the body. */
  @Post(':project')
  createAt(@Param('project') projectId: string): void {
    throw new InvalidInput('quota', projectId, 'unable to convert to Quota.');
  }

  private async removeQuota(projectId: string, of: string, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    enforce('quota:delete', request.wire.caller);
    await this.quotas.find(projectId, of);
    await this.commands.carryOut(removeProjectQuota, { projectId }, actingOn(request), [QUOTAS_PROJECTION]);
    sendNothing(reply);
  }

  /** Asked with the caller's own token: only administrators get here, whom Keystone lets look at any project. */
  private async requireProject(projectId: string, { token, info }: Caller): Promise<void> {
    if (!(await this.api.lookups.for({ token, info }).project(projectId))) throw new ProjectNotFound(projectId);
  }
}

/** To Magnum the members of this body are arguments, as those of a query are. */
function quotaNamedIn(body: Json): { readonly projectId: string; readonly of: string } {
  if (!isObject(body)) throw new BadRequest('Request must be a JSON dict');
  const { project_id: projectId, resource: of, ...unknown } = body;
  const names = Object.keys(unknown);
  if (names.length > 0) throw new UnknownArgument(names.join(', '));
  if (projectId === undefined) throw new MissingArgument('project_id');
  if (of === undefined) throw new MissingArgument('resource');
  return { projectId: validated('project_id', text(), projectId), of: validated('resource', text(), of) };
}

function refuseForeign(caller: Caller, projectId: string): void {
  if (!caller.isAdmin && projectId !== caller.projectId) throw new NotAuthorized();
}
