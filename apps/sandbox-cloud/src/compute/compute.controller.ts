import { Controller, Get, Param, Query as QueryParam, UseGuards } from '@nestjs/common';
import { Cloud } from '../cloud/cloud.ts';
import type { Flavor } from '../cloud/cloud.ts';
import { ApiError } from '../http/api-error.ts';
import { page } from '../http/query.ts';
import type { Query } from '../http/query.ts';
import { SandboxAddress } from '../http/sandbox-address.ts';
import { TokenGuard } from '../identity/caller.ts';

/** Nova's versions and flavors, at microversion 2.1. */
@Controller('compute')
export class ComputeController {
  constructor(
    private readonly cloud: Cloud,
    private readonly address: SandboxAddress,
  ) {}

  @Get()
  versions(): unknown {
    return { versions: [this.version()] };
  }

  @Get('v2.1')
  current(): unknown {
    return { version: this.version() };
  }

  @Get('v2.1/flavors')
  @UseGuards(TokenGuard)
  list(@QueryParam() query: Query): unknown {
    return this.page(query, '/flavors', ({ id, name }) => ({ id, name, links: this.links(id) }));
  }

  @Get('v2.1/flavors/detail')
  @UseGuards(TokenGuard)
  listInDetail(@QueryParam() query: Query): unknown {
    return this.page(query, '/flavors/detail', (flavor) => this.document(flavor));
  }

  @Get('v2.1/flavors/:id')
  @UseGuards(TokenGuard)
  show(@Param('id') id: string): unknown {
    return { flavor: this.document(this.flavor(id)) };
  }

  @Get('v2.1/flavors/:id/os-extra_specs')
  @UseGuards(TokenGuard)
  extraSpecs(@Param('id') id: string): unknown {
    this.flavor(id);
    return { extra_specs: {} };
  }

  private page(query: Query, path: string, write: (flavor: Flavor) => unknown): unknown {
    const { items, more } = page(this.cloud.flavors, query);
    const limit = typeof query['limit'] === 'string' ? `limit=${query['limit']}&` : '';
    const next = () => `${this.address.url}/compute/v2.1${path}?${limit}marker=${encodeURIComponent(items.at(-1)!.id)}`;
    return { flavors: items.map(write), ...(more && { flavors_links: [{ rel: 'next', href: next() }] }) };
  }

  private flavor(id: string): Flavor {
    const flavor = this.cloud.flavors.find((each) => each.id === id);
    if (!flavor) throw new ApiError(404, `Flavor ${id} could not be found.`);
    return flavor;
  }

  private document({ id, name, vcpus, ramMb, diskGb }: Flavor): unknown {
    return {
      id, name, vcpus, ram: ramMb, disk: diskGb, swap: '', rxtx_factor: 1,
      'OS-FLV-EXT-DATA:ephemeral': 0, 'OS-FLV-DISABLED:disabled': false, 'os-flavor-access:is_public': true, links: this.links(id),
    };
  }

  private links(id: string): unknown {
    const path = `flavors/${encodeURIComponent(id)}`;
    const { url } = this.address;
    return [{ rel: 'self', href: `${url}/compute/v2.1/${path}` }, { rel: 'bookmark', href: `${url}/compute/${path}` }];
  }

  private version(): unknown {
    return {
      id: 'v2.1', status: 'CURRENT', version: '2.1', min_version: '2.1', updated: '2013-07-23T11:33:21Z',
      links: [{ rel: 'self', href: `${this.address.url}/compute/v2.1/` }],
      'media-types': [{ base: 'application/json', type: 'application/vnd.openstack.compute+json;version=2.1' }],
    };
  }
}
