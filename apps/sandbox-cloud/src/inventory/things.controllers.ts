import { Controller, Delete, Get, HttpCode, Inject, Param, Query as QueryParam, UseGuards } from '@nestjs/common';
import type { Type } from '@nestjs/common';
import { Cloud } from '../cloud/cloud.ts';
import { ApiError } from '../http/api-error.ts';
import { chosen, page, passes } from '../http/query.ts';
import type { Query } from '../http/query.ts';
import { Caller, isAdmin, TokenGuard } from '../identity/caller.ts';
import type { CallerIdentity } from '../identity/caller.ts';
import { serverDocument } from '../compute/server-document.ts';
import { impliedPorts, impliedRouters } from '../network/implied-routers.ts';
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
  /** What is there without having been made through a stack, and stays. */
  readonly implied?: (cloud: Cloud, sim: SimulatedCloud) => readonly Thing[];
}

/** The things of stacks as their own services list them; they are made through stacks only. */
const COLLECTIONS: readonly Collection[] = [
  { path: 'network/v2.0/ports', kind: 'port', many: 'ports', one: 'port', implied: impliedPorts },
  { path: 'network/v2.0/routers', kind: 'router', many: 'routers', one: 'router', implied: impliedRouters },
  { path: 'network/v2.0/security-groups', kind: 'security_group', many: 'security_groups', one: 'security_group' },
  { path: 'network/v2.0/floatingips', kind: 'floating_ip', many: 'floatingips', one: 'floatingip' },
  { path: 'compute/v2.1/servers', kind: 'server', many: 'servers', one: 'server' },
  { path: 'compute/v2.1/os-server-groups', kind: 'server_group', many: 'server_groups', one: 'server_group' },
  { path: 'volume/v3/:project/volumes', kind: 'volume', many: 'volumes', one: 'volume' },
  { path: 'load-balancer/v2/lbaas/loadbalancers', kind: 'load_balancer', many: 'loadbalancers', one: 'loadbalancer' },
];

export const THINGS_CONTROLLERS: readonly Type[] = COLLECTIONS.map(thingsController);

function thingsController({ path, kind, many, one, implied = () => [] }: Collection): Type {
  @Controller(path)
  @UseGuards(TokenGuard)
  class ThingsController {
    private readonly sim: SimulatedCloud;

    constructor(@Inject(SandboxOrchestration) { sim }: SandboxOrchestration, @Inject(Cloud) private readonly cloud: Cloud) {
      this.sim = sim;
    }

    @Get()
    list(@Caller() caller: CallerIdentity, @QueryParam() query: Query): unknown {
      return { [many]: page(this.visible(caller).filter((thing) => matches(thing, query)), query).items.map((thing) => chosen(query, this.document(thing))) };
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
      if (!inventory.get(kind, id)) throw new ApiError(409, `${kind} ${id} is part of the cloud.`);
      const users = inventory.usersOf(id).filter((user) => user.kind !== 'floating_ip');
      if (users.length > 0) {
        throw new ApiError(409, `${kind} ${id} is in use by ${users.map((user) => `${user.kind} ${user.id}`).join(', ')}.`);
      }
      inventory.remove(thing);
      if (kind === 'port') portRemoved(inventory, networks, thing);
    }

    private document(thing: Thing): Readonly<Record<string, unknown>> {
      return kind === 'server' ? serverDocument(this.sim, thing) : thingDocument(thing);
    }

    private find(caller: CallerIdentity, id: string): Thing {
      const thing = this.visible(caller).find((each) => each.id === id);
      if (!thing) throw new ApiError(404, `${kind} ${id} could not be found.`);
      return thing;
    }

    private visible(caller: CallerIdentity): Thing[] {
      const all = [...implied(this.cloud, this.sim), ...this.sim.inventory.all(kind)];
      return all.filter((thing) => isAdmin(caller) || thing.projectId === caller.projectId || (kind === 'port' && this.isOnOwnNetwork(caller, thing)));
    }

    /** Neutron shows the owner of a network all that is on it. */
    private isOnOwnNetwork({ projectId }: CallerIdentity, { document }: Thing): boolean {
      const network = textOf(document['network_id']);
      const owner = this.cloud.networks.find(({ id }) => id === network)?.ownerId ?? this.sim.inventory.get('network', network)?.projectId;
      return owner !== undefined && owner === projectId;
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

