import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Query as QueryParam, UseGuards } from '@nestjs/common';
import { z } from 'zod';
import { ApiError } from '../http/api-error.ts';
import { one } from '../http/query.ts';
import type { Query } from '../http/query.ts';
import { DEFAULT_QUOTAS } from '../inventory/quotas.ts';
import type { QuotaName } from '../inventory/quotas.ts';
import { THING_KINDS } from '../inventory/inventory.ts';
import type { Thing, ThingKind } from '../inventory/inventory.ts';
import { portRemoved } from '../network/ports.ts';
import { SandboxOrchestration } from '../orchestration/sandbox-orchestration.ts';
import type { SimulatedCloud } from '../inventory/simulated-cloud.ts';
import { AdminGuard } from './admin.guard.ts';

const text = z.string().min(1).max(300);
const rule = z.strictObject({
  match: z.strictObject({
    type: text.optional(), action: z.enum(['create', 'update', 'delete', 'check', 'boot', 'request']).optional(), project: text.optional(),
    stack: text.optional(), resource: text.optional(), request: text.optional(),
  }),
  effect: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('fail'), error: text, message: z.string().max(2_000) }),
    z.strictObject({ kind: z.literal('hang') }),
    z.strictObject({ kind: z.literal('delay'), ms: z.number().int().min(0).max(3_600_000) }),
    z.strictObject({
      kind: z.literal('answer'), status: z.number().int().min(200).max(599), message: z.string().max(2_000).optional(),
      retryAfterSeconds: z.number().int().min(0).optional(),
    }),
  ]),
  /** How often it happens; without it, always. */
  times: z.number().int().min(1).optional(),
});
const latency = z.record(text, z.number().min(0).max(3_600_000));
const limits = z.partialRecord(z.enum(Object.keys(DEFAULT_QUOTAS) as [QuotaName, ...QuotaName[]]), z.number().int().min(-1));
const planted = z.strictObject({
  kind: z.enum(THING_KINDS), projectId: text, name: z.string().default(''), status: text.default('ACTIVE'),
  /** Ids of what cannot go while it is there. */
  uses: z.array(text).default([]), document: z.record(z.string(), z.json()).default({}),
});

/** What no cloud has: looking behind the services of the sandbox, and making things go wrong. For administrators. */
@Controller('admin')
@UseGuards(AdminGuard)
export class AdminController {
  private readonly sim: SimulatedCloud;

  constructor(private readonly orchestration: SandboxOrchestration) {
    this.sim = orchestration.sim;
  }

  @Get('faults')
  faults(): unknown {
    return { faults: this.sim.faults.list() };
  }

  @Post('faults')
  @HttpCode(201)
  addFault(@Body() body: unknown): unknown {
    const { match, effect, times } = parsed(rule, body);
    return { fault: this.sim.faults.add(match, effect, times) };
  }

  @Delete('faults')
  @HttpCode(204)
  clearFaults(): void {
    this.sim.faults.clear();
  }

  @Delete('faults/:id')
  @HttpCode(204)
  removeFault(@Param('id') id: string): void {
    if (!this.sim.faults.remove(id)) throw new ApiError(404, `There is no fault ${id}.`);
  }

  @Get('latency')
  latency(): unknown {
    return { latency: this.sim.latency.current };
  }

  @Put('latency')
  setLatency(@Body() body: unknown): unknown {
    this.sim.latency.replace(parsed(latency, body));
    return this.latency();
  }

  @Get('quotas/:project')
  quotas(@Param('project') project: string): unknown {
    return { quotas: this.sim.limits.of(project) };
  }

  @Put('quotas/:project')
  setQuotas(@Param('project') project: string, @Body() body: unknown): unknown {
    const given = Object.entries(parsed(limits, body)).filter(([, limit]) => limit !== undefined);
    this.sim.limits.set(project, Object.fromEntries(given));
    return this.quotas(project);
  }

  /** Everything that exists, stacks included; of one project, kind or stack where that is asked for. */
  @Get('inventory')
  inventory(@QueryParam() query: Query): unknown {
    const { store } = this.orchestration.orchestrator;
    const [project, kind, stackId] = ['project_id', 'kind', 'stack_id'].map((name) => one(query, name));
    const things = THING_KINDS.filter((each) => kind === undefined || each === kind).flatMap((each) => [...this.sim.inventory.all(each)])
      .filter((thing) => (project === undefined || thing.projectId === project) && (stackId === undefined || this.rootOf(thing) === stackId));
    const stacks = store.stacks().filter((stack) => stack.deletedAtMs === null && (project === undefined || stack.projectId === project));
    return {
      things: things.map((thing) => ({
        kind: thing.kind, id: thing.id, name: thing.name, status: thing.status, project_id: thing.projectId, stack_id: thing.stackId
          ?? null,
        root_stack_id: this.rootOf(thing), resource: thing.resource ?? null, uses: thing.uses,
      })),
      stacks: stacks.map(({ id, name, projectId, parentId = null, action, status }) => ({
        id, name, project_id: projectId, parent_id: parentId, status: `${action}_${status}`,
      })),
    };
  }

  /** Something that no stack knows of: what a bay's own controllers would make from inside. */
  @Post('inventory')
  @HttpCode(201)
  plant(@Body() body: unknown): unknown {
    const thing = parsed(planted, body);
    const now = this.sim.clock.now();
    const { id, kind } = this.sim.inventory.add({
      ...thing, id: this.sim.ids.uuid(), createdAtMs: now, readyAtMs: now, document: thing.document,
    });
    return { thing: { id, kind } };
  }

  /** As if somebody had deleted it behind the back of its stack. */
  @Delete('inventory/:kind/:id')
  @HttpCode(204)
  remove(@Param('kind') kind: string, @Param('id') id: string): void {
    const thing = THING_KINDS.includes(kind as ThingKind) ? this.sim.inventory.get(kind as ThingKind, id) : undefined;
    if (!thing) throw new ApiError(404, `There is no ${kind} ${id}.`);
    this.sim.inventory.remove(thing);
    if (thing.kind === 'port') portRemoved(this.sim.inventory, this.sim.networks, thing);
  }

  @Get('machines')
  machines(): unknown {
    const machines = this.sim.machines.list();
    return { machines: machines.map(({ serverId, resourceClass, ...machine }) => ({ ...machine, resource_class: resourceClass, server_id: serverId })) };
  }

  /** Every server that was ever up, from when to when: what the sums of whoever bills must come to. */
  @Get('metering')
  async metering(@QueryParam() query: Query): Promise<unknown> {
    const [project, rootStack] = ['project_id', 'root_stack'].map((name) => one(query, name));
    const servers = this.sim.metering.list()
      .filter((server) => (project === undefined || server.projectId === project) && (rootStack === undefined || server.rootStack === rootStack));
    // A sandbox that is killed must not have said what it then forgets.
    await this.sim.documents.flushed();
    const time = (ms: number) => new Date(ms).toISOString();
    return {
      servers: servers.map(({ projectId, stackId, rootStack: root, fromMs, toMs, ...server }) => ({
        ...server, project_id: projectId, stack_id: stackId, root_stack: root, from: time(fromMs), to: toMs === null ? null : time(toMs),
      })),
      now: time(this.sim.clock.now()),
    };
  }

  private rootOf({ stackId }: Thing): string | null {
    const { store } = this.orchestration.orchestrator;
    const stack = stackId === undefined ? undefined : store.stack(stackId);
    return stack ? store.withParents(stack).at(-1)!.id : stackId ?? null;
  }
}

function parsed<T>(schema: z.ZodType<T>, body: unknown): T {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  throw new ApiError(400, result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '));
}

