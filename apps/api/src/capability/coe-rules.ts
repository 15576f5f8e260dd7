import { pluginNames } from '@jeroboam/driver-sdk';
import type { DriverCapabilities, DriverManifest, DriverRegistry, PluginKind } from '@jeroboam/driver-sdk';
import { BadRequest } from '../wire/errors.ts';
import { EVERYTHING_ALLOWED, namesAllowed, type AllowedParts } from './allowed-parts.ts';
import { CapabilityMissing } from './capability.errors.ts';

/** What Magnum's own table allows a COE, and what it fills in: contract section 4.1. */
interface CoeRules {
  readonly networkDrivers: readonly string[];
  readonly defaultNetworkDriver: string;
  readonly volumeDrivers: readonly string[];
}

const MAGNUM: Readonly<Record<string, CoeRules>> = {
  kubernetes: { networkDrivers: ['flannel', 'calico'], defaultNetworkDriver: 'flannel', volumeDrivers: ['cinder'] },
  swarm: { networkDrivers: ['docker', 'flannel'], defaultNetworkDriver: 'docker', volumeDrivers: ['rexray'] },
  'swarm-mode': { networkDrivers: ['docker', 'flannel'], defaultNetworkDriver: 'docker', volumeDrivers: ['rexray'] },
  mesos: { networkDrivers: ['docker'], defaultNetworkDriver: 'docker', volumeDrivers: ['rexray'] },
};

export interface WantedParts {
  readonly networkDriver: string | null;
  readonly volumeDriver: string | null;
}

/**
 * Magnum's first look at the parts of a bay model, before it knows the image: what no driver of this COE could do is
 * refused without asking the cloud.
 *
 * @throws {BadRequest}
 */
export function requirePossibleParts(coe: string | null, wanted: WantedParts, drivers: DriverRegistry, allowed: AllowedParts = EVERYTHING_ALLOWED): void {
  const capable = drivers.manifests
    .filter(({ provides }) => provides.some((type) => type.coe === coe))
    .map(({ capabilities }) => capabilities);
  const rules = coe === null ? undefined : MAGNUM[coe];
  if (!rules && capable.length === 0) throw new BadRequest(`Requested COE type ${coe ?? 'None'} is not supported.`);
  const together = (kind: PluginKind, otherwise: readonly string[] = []) =>
    capable.length > 0 ? [...new Set(capable.flatMap((capabilities) => pluginNames(capabilities, kind, coe)))] : otherwise;
  requirePart('Network', wanted.networkDriver, together('network', rules?.networkDrivers));
  requireAllowed('Network', wanted.networkDriver, namesAllowed(allowed.networkDrivers, coe!));
  requirePart('Volume', wanted.volumeDriver, together('volume', rules?.volumeDrivers));
  requireAllowed('Volume', wanted.volumeDriver, namesAllowed(allowed.volumeDrivers, coe!));
}

/** @throws {BadRequest} in Magnum's words, the blank at their end included. */
function requireAllowed(kind: 'Network' | 'Volume', wanted: string | null, allowed: readonly string[] | undefined): void {
  if (wanted === null || !allowed || allowed.includes(wanted)) return;
  const expected = [...allowed, 'unspecified'].join('/');
  throw new BadRequest(`${kind} driver type ${wanted} is not allowed, expecting a ${expected} ${kind.toLowerCase()} driver. `);
}

/** @throws {BadRequest} in Magnum's words. */
function requirePart(kind: 'Network' | 'Volume', wanted: string | null, possible: readonly string[]): void {
  if (wanted === null || possible.includes(wanted)) return;
  const expected = [...possible, 'unspecified'].join('/');
  throw new BadRequest(`${kind} driver type ${wanted} is not supported, expecting a ${expected} ${kind.toLowerCase()} driver.`);
}

type AllParts = WantedParts & { readonly dockerStorageDriver: string | null };

/** What is asked of the one driver that was chosen. @throws {BadRequest} {CapabilityMissing} */
export function requireCapableDriver({ name, capabilities }: Pick<DriverManifest, 'name' | 'capabilities'>, coe: string, wanted: AllParts): void {
  requirePart('Network', wanted.networkDriver, pluginNames(capabilities, 'network', coe));
  requirePart('Volume', wanted.volumeDriver, pluginNames(capabilities, 'volume', coe));
  const { dockerStorageDriver } = wanted;
  const storageDrivers = pluginNames(capabilities, 'storage', coe);
  if (dockerStorageDriver === null || storageDrivers.includes(dockerStorageDriver)) return;
  const known = storageDrivers.length === 0 ? 'none can be chosen' : `there are ${storageDrivers.join(', ')}`;
  throw new CapabilityMissing(
    `Docker storage driver ${dockerStorageDriver} is not supported by driver ${name}: ${known}.`, { driver: name, dockerStorageDriver },
  );
}

/** What a bay model without a network driver gets: Magnum's default where the driver has it and it is allowed, else the first like that. */
export function defaultNetworkDriver(coe: string, capabilities: DriverCapabilities, allowed: AllowedParts = EVERYTHING_ALLOWED): string | null {
  const networkDrivers = pluginNames(capabilities, 'network', coe);
  const usual = MAGNUM[coe]?.defaultNetworkDriver;
  const names = namesAllowed(allowed.networkDrivers, coe);
  const possible = names ? networkDrivers.filter((name) => names.includes(name)) : networkDrivers;
  return usual !== undefined && possible.includes(usual) ? usual : (possible[0] ?? null);
}

/** @throws {BadRequest} for an even number, in Magnum's words; {CapabilityMissing} */
export function requireMasterCount(name: string, { masterCounts }: DriverCapabilities, masterCount: number): void {
  if (masterCounts.includes(masterCount)) return;
  if (masterCount % 2 === 0) throw new BadRequest(`master nodegroup size of ${masterCount} is invalid, size cannot be an even number.`);
  throw new CapabilityMissing(
    `A cluster with ${masterCount} masters is not supported by driver ${name}: there can be ${masterCounts.join(', ')}.`,
    { driver: name, masterCount },
  );
}

/** @throws {CapabilityMissing} */
export function requireRoom(name: string, { maxNodes }: DriverCapabilities, nodes: number): void {
  if (nodes <= maxNodes) return;
  throw new CapabilityMissing(
    `A cluster with ${nodes} nodes is not supported by driver ${name}: there can be ${maxNodes}, masters included.`,
    { driver: name, nodes, maxNodes },
  );
}

/** Magnum's least size of a volume for this storage driver, in GB. */
const DEVICEMAPPER_MIN_GB = 3;

/** @throws {BadRequest} */
export function requireVolumeSize(dockerStorageDriver: string | null, sizeGb: number | null): void {
  if (dockerStorageDriver !== 'devicemapper' || (sizeGb !== null && sizeGb >= DEVICEMAPPER_MIN_GB)) return;
  const size = `docker volume size ${sizeGb ?? 'None'} GB`;
  throw new BadRequest(`${size} is not valid, expecting minimum value ${DEVICEMAPPER_MIN_GB}GB for devicemapper storage driver.`);
}
