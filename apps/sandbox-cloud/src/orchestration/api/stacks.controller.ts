import {
  All, Body, Controller, Delete, Get, Header, HttpCode, Param, Patch, Post, Put, Query as QueryParam, Res, UseFilters, UseGuards,
} from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { one } from '../../http/query.ts';
import type { Query } from '../../http/query.ts';
import { isAdmin, TokenGuard } from '../../identity/caller.ts';
import { Cloud } from '../../cloud/cloud.ts';
import { StackRefusal } from '../engine/failures.ts';
import type { StackRecord } from '../engine/records.ts';
import { templateOf } from '../engine/stack-view.ts';
import { isMap } from '../hot/json.ts';
import { SandboxOrchestration } from '../sandbox-orchestration.ts';
import { environmentDocument, HeatDocuments } from './heat-documents.ts';
import { badRequest, HeatErrorFilter, heatMessage } from './heat-error.ts';
import { listedStacks } from './stack-list.ts';
import { At } from './stack-address.ts';
import type { StackAddress } from './stack-address.ts';
import { StackFinder } from './stack-finder.ts';
import { bodyOf, definitionOf, patchedDefinition, settingsOf, stackName } from './stack-request.ts';

/** What can stand where the id of a stack stands, when it is asked for by its name alone. */
const PARTS = ['resources', 'events', 'outputs', 'template', 'environment', 'files', 'actions'];
const ACCEPTED = heatMessage(202, 'Accepted', 'The request is accepted for processing.');

/** Heat's stacks. */
@Controller('orchestration/v1/:project/stacks')
@UseGuards(TokenGuard)
@UseFilters(HeatErrorFilter)
export class StacksController {
  constructor(
    private readonly orchestration: SandboxOrchestration,
    private readonly documents: HeatDocuments,
    private readonly finder: StackFinder,
    private readonly cloud: Cloud,
  ) {}

  @Get()
  list(@At() at: StackAddress, @QueryParam() query: Query): unknown {
    const project = this.finder.projectOf(at);
    const isAdministrator = isAdmin(at.caller);
    if (!isAdministrator && one(query, 'global_tenant')?.toLowerCase() === 'true') throw new StackRefusal('HTTPForbidden', 403, 'Access was denied to this resource.');
    const { stacks, count } = listedStacks(this.orchestration.orchestrator.store, project, query);
    return { stacks: stacks.map((stack) => this.documents.listed(stack, isAdministrator)), ...(count !== undefined && { count }) };
  }

  @Get('detail')
  listInDetail(@At() at: StackAddress, @QueryParam() query: Query): unknown {
    return this.list(at, query);
  }

  @Post()
  @HttpCode(201)
  async create(@At() at: StackAddress, @Body() json: unknown, @Res({ passthrough: true }) reply: FastifyReply): Promise<unknown> {
    const project = this.finder.projectOf(at);
    const body = bodyOf(json);
    const { sim, orchestrator: { engine, store, validator } } = this.orchestration;
    // The name comes first as in Heat, but says what is wrong with it only after the template has been read.
    if (body['stack_name'] === undefined) stackName(body);
    const definition = definitionOf(body);
    const settings = settingsOf(body);
    const name = stackName(body);
    const stacks = store.roots(project).filter(({ deletedAtMs }) => deletedAtMs === null);
    if (stacks.some((stack) => stack.name === name)) throw new StackRefusal('StackExists', 409, `The Stack (${name}) already exists.`);
    sim.limits.require(project, 'stacks', stacks.length);
    const identity = { id: sim.ids.uuid(), name, projectId: project, userId: at.caller.userId };
    validator.validate(identity, definition);
    const stack = engine.create(identity.id, {
      ...identity, userName: this.cloud.user(at.caller.userId)?.name
        ?? at.caller.userId, definition, disableRollback: settings.disableRollback ?? true,
      timeoutMins: settings.timeoutMins ?? null, tags: settings.tags ?? [],
    });
    // What is answered must be found again, whatever happens to the sandbox.
    await store.flushed();
    void reply.header('location', this.documents.stackUrl(stack));
    return this.documents.created(stack);
  }

  @Post('preview')
  @HttpCode(200)
  preview(@At() at: StackAddress, @Body() json: unknown): unknown {
    const project = this.finder.projectOf(at);
    const body = bodyOf(json);
    const definition = definitionOf(body);
    const name = stackName(body);
    const { validator } = this.orchestration.orchestrator;
    const { template, parameters } = validator.validate({ id: 'None', name, projectId: project, userId: at.caller.userId }, definition);
    const resources = [...template.resources.values()]
      .map(({ name: resource, type }) => ({ resource_name: resource, resource_type: type, resource_status: 'INIT_COMPLETE' }));
    return { stack: { stack_name: name, description: template.description, parameters, resources } };
  }

  @All(':name')
  lead(@At() at: StackAddress, @Res({ passthrough: true }) reply: FastifyReply): unknown {
    return this.redirect(at, '', reply);
  }

  @Get(':name/:id')
  show(@At() at: StackAddress, @QueryParam() query: Query, @Res({ passthrough: true }) reply: FastifyReply): unknown {
    if (PARTS.includes(at.id)) return this.redirect(at, `/${at.id}`, reply);
    const outputs = one(query, 'resolve_outputs')?.toLowerCase() !== 'false';
    return this.documents.shown(this.finder.exact(at), { outputs });
  }

  @Post(':name/actions')
  leadToActions(@At() at: StackAddress, @Res({ passthrough: true }) reply: FastifyReply): unknown {
    return this.redirect(at, '/actions', reply);
  }

  @Put(':name/:id')
  @HttpCode(202)
  async replace(@At() at: StackAddress, @Body() json: unknown): Promise<unknown> {
    const stack = this.changeable(at);
    const body = bodyOf(json ?? {});
    const { orchestrator: { engine, store, validator } } = this.orchestration;
    const change = { definition: definitionOf(body), ...settingsOf(body) };
    validator.validate(stack, change.definition);
    engine.update(stack, { ...change, tags: change.tags ?? [] });
    await store.flushed();
    return ACCEPTED;
  }

  @Patch(':name/:id')
  @HttpCode(202)
  async patch(@At() at: StackAddress, @Body() json: unknown): Promise<unknown> {
    const stack = this.changeable(at);
    const body = bodyOf(json ?? {});
    const { orchestrator: { engine, store, validator } } = this.orchestration;
    const change = { definition: patchedDefinition(body, stack.definition), ...settingsOf(body) };
    validator.validate(stack, change.definition);
    this.requireImmutables(stack, change.definition.environment.parameters);
    engine.update(stack, change);
    await store.flushed();
    return ACCEPTED;
  }

  @Delete(':name/:id')
  @HttpCode(204)
  async delete(@At() at: StackAddress): Promise<void> {
    const stack = this.finder.living(at);
    const { engine, store } = this.orchestration.orchestrator;
    // It is under way already: a second request changes nothing.
    if (stack.action !== 'DELETE' || stack.status !== 'IN_PROGRESS') engine.delete(stack);
    await store.flushed();
  }

  @Post(':name/:id/actions')
  @HttpCode(200)
  @Header('content-type', 'application/json')
  async act(@At() at: StackAddress, @Body() json: unknown): Promise<string> {
    const stack = this.finder.living(at);
    const { engine, store } = this.orchestration.orchestrator;
    const [action, ...others] = isMap(json) ? Object.keys(json) : [];
    if (action === undefined) throw badRequest('No action specified');
    if (others.length > 0) throw badRequest('Multiple actions specified');
    if (action === 'check') engine.check(stack);
    else if (action === 'cancel_update') engine.cancelUpdate(stack, { rollback: true });
    else if (action === 'cancel_without_rollback') engine.cancelUpdate(stack, { rollback: false });
    else throw badRequest(`Invalid action ${action} specified`);
    await store.flushed();
    return 'null';
  }

  @Get(':name/:id/template')
  template(@At() at: StackAddress): unknown {
    return this.finder.exact(at).definition.template;
  }

  @Get(':name/:id/files')
  files(@At() at: StackAddress): unknown {
    return this.finder.exact(at).definition.files;
  }

  @Get(':name/:id/environment')
  environment(@At() at: StackAddress): unknown {
    return environmentDocument(this.finder.exact(at).definition.environment);
  }

  @Get(':name/:id/outputs')
  outputs(@At() at: StackAddress): unknown {
    const { outputs } = templateOf(this.finder.exact(at).definition);
    return { outputs: outputs.map((output) => ({ output_key: output.name, description: output.description })) };
  }

  @Get(':name/:id/outputs/:key')
  output(@At() at: StackAddress, @Param('key') key: string): unknown {
    const outputs = this.documents.outputs(this.finder.exact(at)) as { readonly output_key: string }[];
    const output = outputs.find(({ output_key: name }) => name === key);
    if (!output) throw new StackRefusal('NotFound', 404, `Specified output key ${key} not found.`);
    return { output };
  }

  private changeable(at: StackAddress): StackRecord {
    const stack = this.finder.living(at);
    if (stack.action !== 'DELETE' || stack.status !== 'IN_PROGRESS') return stack;
    throw new StackRefusal('ActionInProgress', 409, `Stack ${at.name} already has an action (DELETE) in progress.`);
  }

  private requireImmutables(stack: StackRecord, given: Readonly<Record<string, unknown>>): void {
    const changed = templateOf(stack.definition).parameters.filter(({ name, immutable }) =>
      immutable && given[name] !== undefined && given[name] !== stack.definition.environment.parameters[name]);
    if (changed.length === 0) return;
    const keys = changed.map(({ name }) => name).join(', ');
    throw new StackRefusal('ImmutableParameterModified', 400, `The following parameters are immutable and may not be updated: ${keys}`);
  }

  /** Everything about a stack is at the address with its name and its id. */
  private redirect(at: StackAddress, rest: string, reply: FastifyReply): unknown {
    const href = `${this.documents.stackUrl(this.finder.named(at))}${rest}${at.query}`;
    void reply.status(302).header('location', href);
    const message = `The resource was found at <a href="${href}">${href}</a>;\nyou should be redirected automatically.\n\n`;
    return { message, code: '302 Found', title: 'Found' };
  }
}

