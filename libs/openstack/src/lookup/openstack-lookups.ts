import type { HttpCall } from '../http/http-call.port.ts';
import { openHttpPool } from '../http/http-pool.ts';
import type { CloudCaller, CloudLookups, CloudLookupsSource } from './cloud-lookups.port.ts';
import { findFlavor, findKeypair } from './compute.ts';
import { findProject } from './identity.ts';
import { findImage } from './image.ts';
import { LookupCache } from './lookup-cache.ts';
import { findNetwork, findRouterInterfaces, findSubnet, findSubnetsOf } from './network.ts';
import type { AddressChoice } from './service-address.ts';
import { ServiceClient } from './service-client.ts';

export interface CloudLookupsOptions {
  /** Which of a service's addresses to use: `public`, `internal` or `admin`. @default public */
  readonly interface?: string;
  /** @default whatever region comes first in the catalog */
  readonly region?: string;
  /** For each request to a service. @default 5000 */
  readonly timeoutMs?: number;
  /** How long a find is used without asking again. @default 10 */
  readonly cacheTtlSeconds?: number;
  /** Finds kept. @default 10000 */
  readonly cacheSize?: number;
  /** @default connections of its own, kept open */
  readonly http?: HttpCall;
  /** Milliseconds since 1970. @default Date.now */
  readonly now?: () => number;
}

/** Look-ups in Glance, Nova, Neutron and Keystone at the addresses that the caller's catalog gives. */
export function openCloudLookups(options: CloudLookupsOptions = {}): CloudLookupsSource {
  const pool = options.http ? undefined : openHttpPool();
  const http = options.http ?? pool!.call;
  const { timeoutMs = 5_000, cacheTtlSeconds = 10, cacheSize = 10_000, now = Date.now } = options;
  const cache = new LookupCache(cacheSize, cacheTtlSeconds * 1_000, now);
  const { interface: face = 'public', region } = options;
  const choice: AddressChoice = { interface: face, ...(region !== undefined && { region }) };
  return {
    for: (caller) => new OpenStackLookups(new ServiceClient(http, timeoutMs, choice, caller), cache, caller),
    close: () => pool?.close(),
  };
}

class OpenStackLookups implements CloudLookups {
  constructor(
    private readonly client: ServiceClient,
    private readonly cache: LookupCache,
    private readonly caller: CloudCaller,
  ) {}

  image(ident: string) {
    return this.find('image', ident, () => findImage(this.client, ident));
  }

  flavor(ident: string) {
    return this.find('flavor', ident, () => findFlavor(this.client, ident));
  }

  keypair(name: string) {
    return this.find('keypair', name, () => findKeypair(this.client, name));
  }

  externalNetwork(ident: string) {
    return this.find('external network', ident, () => findNetwork(this.client, ident, true));
  }

  network(ident: string) {
    return this.find('network', ident, () => findNetwork(this.client, ident, false));
  }

  subnet(ident: string) {
    return this.find('subnet', ident, () => findSubnet(this.client, ident));
  }

  subnetsOf(networkId: string) {
    return findSubnetsOf(this.client, networkId);
  }

  routerInterfaces(networkId: string) {
    return findRouterInterfaces(this.client, networkId);
  }

  project(id: string) {
    return this.find('project', id, () => findProject(this.client, id));
  }

  private async find<T extends object>(kind: string, ident: string, load: () => Promise<T | undefined>): Promise<T | undefined> {
    if (!canBeSought(ident)) return undefined;
    const { userId, projectId, roles } = this.caller.info;
    // An administrator sees more than a member of the same project, and key pairs are each user's own.
    const view = kind === 'keypair' ? userId : `${projectId ?? ''}\0${roles.join()}`;
    return this.cache.find(`${view}\0${kind}\0${ident}`, this.caller.token, load);
  }
}

/** An empty or dotted path segment is another address (`/os-keypairs/..` is no key pair); half a surrogate pair cannot be encoded. */
function canBeSought(ident: string): boolean {
  return ident !== '' && ident !== '.' && ident !== '..' && ident.isWellFormed();
}
