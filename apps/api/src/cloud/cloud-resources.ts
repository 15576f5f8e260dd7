import { DomainError } from '@jeroboam/domain';
import type { CloudFlavor, CloudImage, CloudLookups } from '@jeroboam/openstack';
import { BadRequest } from '../wire/errors.ts';

/** Something of the cloud that a request names does not exist for the caller. Magnum's words; 400, not 404. */
export class CloudResourceNotFound extends DomainError {
  readonly code = 'CLOUD_RESOURCE_NOT_FOUND';
  readonly kind = 'invalid';
  constructor(resource: string, ident: string) {
    super(resource === 'image' ? `Image ${ident} could not be found.` : `Unable to find ${resource} ${ident}.`, { resource, ident });
  }
}

/** To Magnum a key pair is the one thing whose absence is 404. */
export class KeypairNotFound extends DomainError {
  readonly code = 'KEYPAIR_NOT_FOUND';
  readonly kind = 'not-found';
  constructor(name: string) {
    super(`Unable to find keypair ${name}.`, { keypair: name });
  }
}

type Labels = Readonly<Record<string, string>>;

export interface CloudResources {
  readonly imageId: string;
  readonly flavorId: string | null;
  readonly masterFlavorId: string | null;
  readonly externalNetworkId: string | null;
  readonly fixedNetwork: string | null;
  readonly fixedSubnet: string | null;
}

/** @throws {CloudResourceNotFound} and what look-ups throw. */
export async function requireImage(lookups: CloudLookups, ident: string): Promise<CloudImage> {
  return found('image', ident, await lookups.image(ident));
}

/** @throws {KeypairNotFound} */
export async function requireKeypair(lookups: CloudLookups, name: string | null): Promise<void> {
  if (name !== null && !(await lookups.keypair(name))) throw new KeypairNotFound(name);
}

/** @param labels `boot_volume_size` in them decides whether it needs a root disk. @throws {CloudResourceNotFound} {BadRequest} */
export async function requireFlavor(lookups: CloudLookups, ident: string, labels: Labels): Promise<void> {
  requireRootDisk(found('flavor', ident, await lookups.flavor(ident)), bootVolumeSize(labels));
}

/**
 * Finds everything a request names in the cloud, all at once; where several are wrong, the first in Magnum's order is
 * complained of.
 *
 * @param labels `boot_volume_size` in them decides whether a flavor needs a root disk.
 * @throws {CloudResourceNotFound} {BadRequest} and what look-ups throw.
 */
export async function requireResources(lookups: CloudLookups, wanted: CloudResources, labels: Labels): Promise<void> {
  const flavor = (ident: string) => requireFlavor(lookups, ident, labels);
  const searches: readonly (readonly [string | null, (ident: string) => Promise<unknown>])[] = [
    [wanted.imageId, (ident) => requireImage(lookups, ident)],
    [wanted.flavorId, flavor],
    [wanted.masterFlavorId, flavor],
    [wanted.externalNetworkId, async (ident) => found('external network', ident, await lookups.externalNetwork(ident))],
    [wanted.fixedNetwork, async (ident) => found('fixed network', ident, await lookups.network(ident))],
    [wanted.fixedSubnet, async (ident) => found('fixed subnet', ident, await lookups.subnet(ident))],
  ];
  const outcomes = await Promise.allSettled(searches.map(async ([ident, search]) => (ident === null ? undefined : search(ident))));
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
}

function found<T>(resource: string, ident: string, thing: T | undefined): T {
  if (thing === undefined) throw new CloudResourceNotFound(resource, ident);
  return thing;
}

function requireRootDisk(flavor: CloudFlavor, bootVolumeGb: number): void {
  if (bootVolumeGb > 0 || flavor.diskGb > 0) return;
  throw new BadRequest('Flavor with zero root volume size is not supported when boot_volume_size is zero.');
}

function bootVolumeSize(labels: Labels): number {
  return integerLabel(labels, 'boot_volume_size') ?? 0;
}

/** @throws {BadRequest} for a label that is there and no whole number. */
export function integerLabel(labels: Labels, name: string): number | undefined {
  if (!Object.hasOwn(labels, name)) return undefined;
  const text = labels[name]!.trim();
  if (!/^\d{1,9}$/.test(text)) throw new BadRequest(`Label ${name} must be a whole number, not '${text}'.`);
  return Number(text);
}
