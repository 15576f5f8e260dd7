import { Controller, Delete, Get, HttpCode, Inject, Param, Query as QueryParam, UseGuards } from '@nestjs/common';
import type { Type } from '@nestjs/common';
import { ApiError } from '../http/api-error.ts';
import { page, passes } from '../http/query.ts';
import type { Query } from '../http/query.ts';
import { Caller, isAdmin, TokenGuard } from '../identity/caller.ts';
import type { CallerIdentity } from '../identity/caller.ts';
import { serverDocument } from '../compute/server-document.ts';
import { portRemoved } from '../network/ports.ts';
import { textOf } from '../orchestration/hot/json.ts';
import { thingDocument } from '../orchestration/resources/cloud-type.ts';
import { SandboxOrchestration } from '../orchestration/sandbox-orchestration.ts';
import type { Thing, ThingKind } from './inventory.ts';
import type { SimulatedCloud } from './simulated-cloud.ts';

interface Collection {
  readonly path: string;
  readonly kind: ThingKind;
  /** What wraps a list of them, and one of them. */
  readonly many: string;
  readonly one: string;
}

/** The things of stacks as their own services list them; they are made through stacks only. */
const COLLECTIONS: readonly Collection[] = [
  { path: 'network/v2.0/ports', kind: 'port', many: 'ports', one: 'port' },
  { path: 'network/v2.0/routers', kind: 'router', many: 'routers', one: 'router' },
  { path: 'network/v2.0/security-groups', kind: 'security_group', many: 'security_groups', one: 'security_group' },
  { path: 'network/v2.0/floatingips', kind: 'floating_ip', many: 'floatingips', one: 'floatingip' },
  { path: 'compute/v2.1/servers', kind: 'server', many: 'servers', one: 'server' },
  { path: 'compute/v2.1/os-server-groups', kind: 'server_group', many: 'server_groups', one: 'server_group' },
  { path: 'volume/v3/:project/volumes', kind: 'volume', many: 'volumes', one: 'volume' },
  { path: 'load-balancer/v2/lbaas/loadbalancers', kind: 'load_balancer', many: 'loadbalancers', one: 'loadbalancer' },
];

export const THINGS_CONTROLLERS: readonly Type[] = COLLECTIONS.map(thingsController);

function thingsController({ path, kind, many, one }: Collection): Type {
  @Controller(path)
  @UseGuards(TokenGuard)
  class ThingsController {
    private readonly sim: SimulatedCloud;

    constructor(@Inject(SandboxOrchestration) { sim }: SandboxOrchestration) {
      this.sim = sim;
    }

    @Get()
    list(@Caller() caller: CallerIdentity, @QueryParam() query: Query): unknown {
      return { [many]: page(this.visible(caller).filter((thing) => matches(thing, query)), query).items.map((thing) => this.document(thing)) };
    }

    @Get('detail')
    listInDetail(@Caller() caller: CallerIdentity, @QueryParam() query: Query): unknown {
      return this.list(caller, query);
    }

    @Get(':id')
    show(@Caller() caller: CallerIdentity, @Param('id') id: string): unknown {
      return { [one]: this.document(this.find(caller, id)) };
    }

    /** Also behind the back of its stack, as in a real cloud; what is in use stays. */
    @Delete(':id')
    @HttpCode(204)
    remove(@Caller() caller: CallerIdentity, @Param('id') id: string): void {
      const { inventory, networks } = this.sim;
      const thing = this.find(caller, id);
      const users = inventory.usersOf(id).filter((user) => user.kind !== 'floating_ip');
      if (users.length > 0) {
        throw new ApiError(409, `${kind} ${id} is in use by ${users.map((user) => `${user.kind} ${user.id}`).join(', ')}.`);
      }
      inventory.remove(thing);
      if (kind === 'port') portRemoved(inventory, networks, thing);
    }

    private document(thing: Thing): unknown {
      return kind === 'server' ? serverDocument(this.sim, thing) : thingDocument(thing);
    }

    private find(caller: CallerIdentity, id: string): Thing {
      const thing = this.visible(caller).find((each) => each.id === id);
      if (!thing) throw new ApiError(404, `${kind} ${id} could not be found.`);
      return thing;
    }

    private visible(caller: CallerIdentity): Thing[] {
      return [...this.sim.inventory.all(kind)].filter(({ projectId }) => isAdmin(caller) || projectId === caller.projectId);
    }
  }
  return ThingsController;
}

/** Filters by what things are called and by the fields that say what they use. */
function matches({ id, name, status, projectId, document, uses }: Thing, query: Query): boolean {
  const fields = Object.fromEntries(['network_id', 'device_id', 'device_owner', 'port_id'].map((field) => [field, textOf(document[field] ?? '')]));
  const group = query['security_groups'];
  const inGroup = group === undefined || [group].flat().some((each) => uses.includes(each));
  return inGroup && passes(query, { id, name, status, project_id: projectId, tenant_id: projectId, ...fields });
}

