import { Body, Controller, Get, Header, HttpCode, Param, Post, Query as QueryParam, Req, UseFilters, UseGuards } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { ApiError, UNAUTHORIZED } from '../../http/api-error.ts';
import { one } from '../../http/query.ts';
import type { Query } from '../../http/query.ts';
import { TokenGuard } from '../../identity/caller.ts';
import { TokenChecker } from '../../identity/token-checker.ts';
import { StackRefusal } from '../engine/failures.ts';
import type { ResourceRecord, StackRecord } from '../engine/records.ts';
import type { Json } from '../hot/json.ts';
import { SandboxOrchestration } from '../sandbox-orchestration.ts';
import { HeatDocuments } from './heat-documents.ts';
import { HeatErrorFilter } from './heat-error.ts';
import { limitOf } from './stack-list.ts';
import { At } from './stack-address.ts';
import type { StackAddress } from './stack-address.ts';
import { StackFinder } from './stack-finder.ts';

/** The resources of stacks, and what has happened to them. */
@Controller('orchestration/v1/:project/stacks/:name/:id')
@UseGuards(TokenGuard)
@UseFilters(HeatErrorFilter)
export class ResourcesController {
  constructor(
    private readonly orchestration: SandboxOrchestration,
    private readonly documents: HeatDocuments,
    private readonly finder: StackFinder,
  ) {}

  @Get('resources')
  list(@At() at: StackAddress, @QueryParam() query: Query): unknown {
    const { store } = this.orchestration.orchestrator;
    const detail = one(query, 'with_detail')?.toLowerCase() === 'true';
    const stacks = this.finder.withNested(this.finder.exact(at), Number(one(query, 'nested_depth') ?? 0));
    const resources = stacks.flatMap((stack) => shown(stack, store.resources(stack.id)).filter((record) => passes(record, query))
      .map((record) => this.documents.resource(stack, record, { detail })));
    return { resources };
  }

  @Get('resources/:resource')
  show(@At() at: StackAddress): unknown {
    const stack = this.finder.exact(at);
    return { resource: this.documents.resource(stack, this.record(stack, at.resource), { detail: true }) };
  }

  @Get('resources/:resource/metadata')
  metadata(@At() at: StackAddress): unknown {
    return { metadata: this.record(this.finder.exact(at), at.resource).metadata };
  }

  @Get('events')
  listEvents(@At() at: StackAddress, @QueryParam() query: Query): unknown {
    const root = this.finder.exact(at);
    const depth = one(query, 'nested_depth');
    return { events: this.events(this.finder.withNested(root, Number(depth ?? 0)), query, depth === undefined ? undefined : root) };
  }

  @Get('resources/:resource/events')
  listEventsOf(@At() at: StackAddress, @QueryParam() query: Query): unknown {
    const stack = this.finder.exact(at);
    this.record(stack, at.resource);
    return { events: this.events([stack], { ...query, resource_name: at.resource }, undefined) };
  }

  @Get('resources/:resource/events/:event')
  showEvent(@At() at: StackAddress, @Param('event') eventId: string): unknown {
    const stack = this.finder.exact(at);
    const event = this.orchestration.orchestrator.store.events(stack.id)
      .find((each) => each.id === eventId && each.resourceName === at.resource);
    if (!event) throw new StackRefusal('HTTPNotFound', 404, `No event ${eventId} found`);
    return { event: this.documents.event(stack, event, { detail: true }) };
  }

  private record(stack: StackRecord, resource: string): ResourceRecord {
    const record = this.orchestration.orchestrator.store.resource(stack.id, resource);
    if (!record) throw new StackRefusal('ResourceNotFound', 404, `The Resource (${resource}) could not be found in Stack ${stack.name}.`);
    return record;
  }

  /** The latest first, unless it is asked for otherwise. */
  private events(stacks: readonly StackRecord[], query: Query, root: StackRecord | undefined): unknown[] {
    const { store } = this.orchestration.orchestrator;
    const all = stacks.flatMap((stack) => store.events(stack.id).map((event) => ({ stack, event })));
    const wanted = all.filter(({ event }) => query['resource_name'] === undefined || [query['resource_name']].flat().includes(event.resourceName))
      .sort((a, b) => a.event.timeMs - b.event.timeMs);
    const sorted = one(query, 'sort_dir') === 'asc' ? wanted : wanted.reverse();
    const marker = one(query, 'marker');
    const start = sorted.findIndex(({ event }) => event.id === marker) + 1;
    return sorted.slice(start, start + limitOf(query)).map(({ stack, event }) => this.documents.event(stack, event, { root }));
  }
}

/** Also what is on its way out and not gone yet: without it nobody would learn what a deletion failed of. */
function shown({ action }: StackRecord, records: readonly ResourceRecord[]): ResourceRecord[] {
  const current = new Set(records.filter((record) => record.current).map(({ name }) => name));
  return records.filter((record) => record.current || (!current.has(record.name) && (action === 'DELETE' || record.action === 'DELETE')));
}

function passes({ name, type, action, status }: ResourceRecord, query: Query): boolean {
  const fits = (filter: string, value: string) => query[filter] === undefined || [query[filter]].flat().includes(value);
  return fits('name', name) && fits('type', type) && fits('action', action) && fits('status', status);
}

/** Signals to resources: with a token of the project, or with the one that was made for this resource. */
@Controller('orchestration/v1/:project/stacks/:name/:id/resources/:resource')
@UseFilters(HeatErrorFilter)
export class SignalController {
  constructor(
    private readonly orchestration: SandboxOrchestration,
    private readonly tokens: TokenChecker,
    private readonly finder: StackFinder,
  ) {}

  @Post('signal')
  @HttpCode(200)
  @Header('content-type', 'application/json')
  async signal(
    @Req() request: FastifyRequest, @Param('project') project: string, @Param('name') name: string, @Param('id') id: string,
    @Param('resource') resource: string,
    @Body() body: unknown,
  ): Promise<string> {
    const { engine, store } = this.orchestration.orchestrator;
    const token = request.headers['x-auth-token'];
    const stack = store.stack(id);
    const own = stack && store.resource(id, resource)?.data['token'];
    if (own === undefined || own !== token) {
      const caller = typeof token === 'string' && token !== '' ? await this.tokens.callerOf(token) : undefined;
      if (!caller) throw new ApiError(401, UNAUTHORIZED);
      this.finder.living({ caller, project, name, id, resource, query: '' });
    }
    if (!stack || !store.resource(id, resource)) {
      throw new StackRefusal('ResourceNotFound', 404, `The Resource (${resource}) could not be found in Stack ${name}.`);
    }
    engine.signal(stack, resource, (body ?? {}) as Json);
    await store.flushed();
    return 'null';
  }
}
