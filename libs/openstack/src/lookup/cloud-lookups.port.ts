import type { TokenInfo } from '../token/token-validator.port.ts';

export interface CloudImage {
  readonly id: string;
  readonly name: string;
  /** Property `os_distro`; null when the image has none, with which no bay can be made. */
  readonly osDistro: string | null;
  /** Property `magnum_driver`: the driver this image was made for. */
  readonly magnumDriver?: string;
}

export interface CloudFlavor {
  readonly id: string;
  readonly name: string;
  readonly vcpus: number;
  readonly ramMb: number;
  /** Size of the root disk in GB; 0 asks for a boot volume. */
  readonly diskGb: number;
}

export interface CloudKeypair {
  readonly name: string;
}

export interface CloudNetwork {
  readonly id: string;
  readonly name: string;
  /** Whether it leads outside (`router:external`). */
  readonly external: boolean;
  /** Whose it is; '' where Neutron does not say. */
  readonly projectId: string;
}

export interface CloudSubnet {
  readonly id: string;
  readonly name: string;
  readonly networkId: string;
  readonly ipVersion: 4 | 6;
}

/** Where a router is joined to a network. */
export interface CloudRouterInterface {
  readonly subnetIds: readonly string[];
  /** The external network that its router leads to; null: to none; 'hidden': the caller may not see the router. */
  readonly leadsTo: { readonly externalNetworkId: string } | null | 'hidden';
}

export interface CloudProject {
  readonly id: string;
  readonly name: string;
}

/**
 * What one caller can see of the cloud, asked with the caller's own token. An `ident` is an id or an exact name; an id
 * wins. Finds are remembered for some seconds, absences never: what was just created is found at once.
 *
 * Each look-up gives `undefined` when there is no such thing for this caller.
 *
 * @throws {CloudNameAmbiguous} several bear the name.
 * @throws {CloudLookupForbidden} the service refuses the caller or the caller's token.
 * @throws {CloudServiceUnavailable} not in the caller's catalog, or no usable answer in time.
 */
export interface CloudLookups {
  image(ident: string): Promise<CloudImage | undefined>;
  flavor(ident: string): Promise<CloudFlavor | undefined>;
  /** A key pair of the calling user, by its name. */
  keypair(name: string): Promise<CloudKeypair | undefined>;
  /** As `network`, among those that lead outside. */
  externalNetwork(ident: string): Promise<CloudNetwork | undefined>;
  network(ident: string): Promise<CloudNetwork | undefined>;
  subnet(ident: string): Promise<CloudSubnet | undefined>;
  /** Those of a network, by its id. Never remembered. */
  subnetsOf(networkId: string): Promise<readonly CloudSubnet[]>;
  /**
   * Routers on a network, by its id. Never remembered. Complete only for who owns the network or sees everything: Neutron shows
   * others none of its ports.
   */
  routerInterfaces(networkId: string): Promise<readonly CloudRouterInterface[]>;
  /** By its id only. Keystone lets administrators ask about any, others about their own. */
  project(id: string): Promise<CloudProject | undefined>;
}

/** Whose eyes a look-up uses: a token and what its validation said. */
export interface CloudCaller {
  readonly token: string;
  readonly info: TokenInfo;
}

/** Gives each request the look-ups of its caller. Cheap: no request is made before the first look-up. */
export interface CloudLookupsSource {
  for(caller: CloudCaller): CloudLookups;
  /** Closes the connections. */
  close(): void;
}
