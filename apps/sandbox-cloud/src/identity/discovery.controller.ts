import { Controller, Get, HttpCode } from '@nestjs/common';
import { SandboxAddress } from '../http/sandbox-address.ts';

/** What clients read before they log in: which version of the identity API is where. */
@Controller()
export class IdentityDiscoveryController {
  constructor(private readonly address: SandboxAddress) {}

  @Get()
  @HttpCode(300)
  versions(): unknown {
    return { versions: { values: [this.document()] } };
  }

  @Get('v3')
  version(): unknown {
    return { version: this.document() };
  }

  private document(): unknown {
    return {
      id: 'v3.14',
      status: 'stable',
      updated: '2020-04-07T00:00:00Z',
      links: [{ rel: 'self', href: `${this.address.url}/v3/` }],
      'media-types': [{ base: 'application/json', type: 'application/vnd.openstack.identity-v3+json' }],
    };
  }
}
