import type { BaySpec } from '@jeroboam/domain';
import type { DriverManifest } from '@jeroboam/driver-sdk';
import { BadRequest } from '../wire/errors.ts';
import { CapabilityMissing } from './capability.errors.ts';

type Manifest = Pick<DriverManifest, 'name' | 'capabilities'>;

/**
 * Machines are wired to a network that is there, and volumes are attached to none unless their driver says that it can. Told
 * before anything is made; bays of servers are let through.
 *
 * @throws {BadRequest} {CapabilityMissing}
 */
export function requireMachineFit(driver: Manifest, { serverType, fixedNetwork, fixedSubnet, dockerVolumeSize }: Pick<BaySpec, 'serverType' | 'fixedNetwork' | 'fixedSubnet' | 'dockerVolumeSize'>): void {
  if (serverType !== 'bm') return;
  if (!fixedNetwork && !fixedSubnet) throw new BadRequest('fixed_network or fixed_subnet is required for bare-metal clusters: no network is made for machines.');
  requireMachineStorage(driver, { serverType }, dockerVolumeSize);
}

/** Minutes that a bay may take to be made where nobody says: machines are slow to start. */
export function defaultCreateTimeout({ serverType }: { readonly serverType: BaySpec['serverType'] }): number {
  return serverType === 'bm' ? 120 : 60;
}

/** @throws {CapabilityMissing} */
export function requireMachineStorage({ name, capabilities: { volumeDrivers } }: Manifest, { serverType }: Pick<BaySpec, 'serverType'>, dockerVolumeSize: number | null): void {
  if (serverType !== 'bm' || dockerVolumeSize === null || volumeDrivers.includes('cinder')) return;
  throw new CapabilityMissing('docker_volume_size is not supported for bare-metal clusters by this driver: machines have no Cinder volumes.', { driver: name });
}
