import { Controller, Get, Param, Query as QueryParam, UseGuards } from '@nestjs/common';
import { Cloud } from '../cloud/cloud.ts';
import type { Network, Subnet } from '../cloud/cloud.ts';
import { ApiError } from '../http/api-error.ts';
import { chosen, one, page, passes } from '../http/query.ts';
import type { Query } from '../http/query.ts';
import { SandboxAddress } from '../http/sandbox-address.ts';
import { Caller, isAdmin, TokenGuard } from '../identity/caller.ts';
import type { CallerIdentity } from '../identity/caller.ts';
import { SandboxOrchestration } from '../orchestration/sandbox-orchestration.ts';
import { EXTENSIONS, networkDocument, subnetDocument } from './network-documents.ts';

/** Neutron v2.0, as far as networks and subnets are read. */
@Controller('network')
export class NetworkController {
  constructor(
    private readonly cloud: Cloud,
    private readonly orchestration: SandboxOrchestration,
    private readonly address: SandboxAddress,
  ) {}

  @Get()
  versions(): unknown {
    return { versions: [{ id: 'v2.0', status: 'CURRENT', links: [{ rel: 'self', href: `${this.address.url}/network/v2.0/` }] }] };
  }

  @Get('v2.0')
  resources(): unknown {
    const resource = (collection: string, name: string) =>
      ({ collection, name, links: [{ rel: 'self', href: `${this.address.url}/network/v2.0/${collection}` }] });
    return { resources: [resource('networks', 'network'), resource('subnets', 'subnet'), resource('ports', 'port'), resource('routers', 'router'), resource('extensions', 'extension')] };
  }

  @Get('v2.0/extensions')
  @UseGuards(TokenGuard)
  extensions(): unknown {
    return { extensions: EXTENSIONS };
  }

  @Get('v2.0/extensions/:alias')
  @UseGuards(TokenGuard)
  extension(@Param('alias') alias: string): unknown {
    const extension = EXTENSIONS.find((each) => each.alias === alias);
    if (!extension) throw new ApiError(404, `Extension with alias ${alias} does not exist`);
    return { extension };
  }

  @Get('v2.0/networks')
  @UseGuards(TokenGuard)
  listNetworks(@Caller() caller: CallerIdentity, @QueryParam() query: Query): unknown {
    const networks = this.visible(caller).filter(({ id, name, ownerId, external, shared }) =>
      passes(query, { id, name, project_id: ownerId, tenant_id: ownerId })
      && passesFlag(query, 'router:external', external) && passesFlag(query, 'shared', shared));
    return { networks: page(networks, query).items.map((network) => chosen(query, networkDocument(network))) };
  }

  @Get('v2.0/networks/:id')
  @UseGuards(TokenGuard)
  showNetwork(@Caller() caller: CallerIdentity, @Param('id') id: string): unknown {
    const network = this.visible(caller).find((each) => each.id === id);
    if (!network) throw new ApiError(404, `Network ${id} could not be found.`);
    return { network: networkDocument(network) };
  }

  @Get('v2.0/subnets')
  @UseGuards(TokenGuard)
  listSubnets(@Caller() caller: CallerIdentity, @QueryParam() query: Query): unknown {
    const subnets = this.subnets(caller).filter(({ id, name, networkId, cidr }) =>
      passes(query, { id, name, network_id: networkId, cidr, ip_version: cidr.includes(':') ? '6' : '4' }));
    return { subnets: page(subnets, query).items.map((subnet) => chosen(query, subnetDocument(subnet, this.ownerOf(subnet)))) };
  }

  @Get('v2.0/subnets/:id')
  @UseGuards(TokenGuard)
  showSubnet(@Caller() caller: CallerIdentity, @Param('id') id: string): unknown {
    const subnet = this.subnets(caller).find((each) => each.id === id);
    if (!subnet) throw new ApiError(404, `Subnet ${id} could not be found.`);
    return { subnet: subnetDocument(subnet, this.ownerOf(subnet)) };
  }

  /** The caller's own, shared ones and those that lead outside; administrators see all. */
  private visible(caller: CallerIdentity): readonly Network[] {
    const all = [...this.cloud.networks, ...this.made()];
    if (isAdmin(caller)) return all;
    return all.filter(({ external, shared, ownerId }) => external || shared || ownerId === caller.projectId);
  }

  private subnets(caller: CallerIdentity): readonly Subnet[] {
    return this.visible(caller).flatMap(({ subnets }) => subnets);
  }

  private ownerOf(subnet: Subnet): string {
    return [...this.cloud.networks, ...this.made()].find(({ id }) => id === subnet.networkId)!.ownerId;
  }

  /** The networks of stacks. */
  private made(): Network[] {
    const { inventory, networks } = this.orchestration.sim;
    return [...inventory.all('network')].map(({ id, name, projectId, document }) => ({
      id, name, external: false, shared: document['shared'] === true, ownerId: projectId,
      portSecurity: document['port_security_enabled'] !== false,
      physicalNetwork: null, router: null, subnets: networks.subnetsOf(id),
    }));
  }
}

/** A filter for yes or no; Neutron takes several spellings of both. */
function passesFlag(query: Query, name: string, value: boolean): boolean {
  const wanted = one(query, name)?.toLowerCase();
  return wanted === undefined || (wanted === 'true' || wanted === '1') === value;
}
