import { DriverRegistry, loadDrivers } from '@jeroboam/driver-sdk';
import type { CloudAccess, DriverManifest } from '@jeroboam/driver-sdk';
import { openHeatStacks, openKeystoneSession } from '@jeroboam/openstack';
import { ConfigInvalid, systemTimers } from '@jeroboam/platform';
import type { Secret } from '@jeroboam/platform';
import type { ServiceContext } from '@jeroboam/platform/nest';
import type { KeystoneConfig } from './backbone.ts';

export interface DriverCloudOptions {
  /** Our API, with `/v1`, as nodes of bays reach it. */
  readonly apiUrl: string;
  /** Nothing runs on its servers. */
  readonly simulated: boolean;
}

/**
 * The way into the cloud for drivers: as the service user, in its project, whatever bay it is for. Credentials of a bay's
 * own come in here, as every request says which bay it is for.
 */
export function openDriverCloud(config: KeystoneConfig, { apiUrl, simulated }: DriverCloudOptions): CloudAccess & { close(): void } {
  const { keystoneUrl: authUrl, keystoneUser: username, keystonePassword: password, keystoneProject: projectName, keystoneDomain: domain } = config;
  const session = openKeystoneSession({
    authUrl,
    credentials: { kind: 'password', user: { username, userDomainName: domain }, password, scope: { projectName, projectDomainName: domain } },
  });
  const stacks = openHeatStacks(session, { timers: systemTimers });
  return { session: () => session, stacks: () => stacks, authUrl, apiUrl, simulated, close: () => session.close() };
}

/** The same drivers, each of which is given the cloud when it is made. */
export function inCloud(manifests: readonly DriverManifest[], cloud: CloudAccess): DriverManifest[] {
  return manifests.map((manifest) => ({ ...manifest, create: (deps) => manifest.create({ ...deps, cloud }) }));
}

interface DriverConfig extends Omit<KeystoneConfig, 'keystoneUrl' | 'keystonePassword'> {
  readonly drivers: readonly string[];
  readonly keystoneUrl?: string | undefined;
  readonly keystonePassword?: Secret | undefined;
  readonly nodeApiUrl: string;
  readonly cloudSimulated: boolean;
}

/** The drivers of a process that makes or looks at bays, with the cloud where one is configured. */
export async function serviceDrivers({ config, later }: Pick<ServiceContext<DriverConfig>, 'config' | 'later'>): Promise<DriverRegistry> {
  const { drivers, keystoneUrl, keystonePassword, nodeApiUrl, cloudSimulated } = config;
  const loaded = await loadDrivers(drivers, process.cwd());
  if (keystoneUrl === undefined) return new DriverRegistry(loaded);
  if (keystonePassword === undefined)
    throw new ConfigInvalid([{ variable: 'JEROBOAM_KEYSTONE_PASSWORD', problem: 'is missing: drivers log in to JEROBOAM_KEYSTONE_URL with it (or …_PASSWORD_FILE).' }]);
  const cloud = openDriverCloud({ ...config, keystoneUrl, keystonePassword }, { apiUrl: nodeApiUrl, simulated: cloudSimulated });
  later(() => cloud.close());
  return new DriverRegistry(inCloud(loaded, cloud));
}
