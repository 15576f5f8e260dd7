import { StepFailed } from '@jeroboam/driver-sdk';
import type { CloudAccess, DriverManifest } from '@jeroboam/driver-sdk';
import type { CloudSession } from '@jeroboam/openstack';
import type { HeatBlueprint, HeatCloud, Network } from './blueprint.ts';
import { HeatDriver } from './heat-driver.ts';
import { meteredServers } from './metered-servers.ts';

/** The code half of a manifest. */
export function heatDriver(blueprint: HeatBlueprint): DriverManifest['create'] {
  return ({ dataDir, cloud }) => new HeatDriver(blueprint, { dataDir }, cloud && heatCloud(cloud));
}

export function heatCloud(cloud: CloudAccess): HeatCloud {
  const { authUrl, apiUrl, simulated } = cloud;
  return {
    stacks: (bay) => cloud.stacks(bay), authUrl, apiUrl, simulated,
    network: (bay, ident) => networkOf(cloud.session(bay), ident),
    servers: (bay, since) => meteredServers(cloud.session(bay), since),
  };
}

/** By id first: a name may look like one. */
async function networkOf(session: CloudSession, ident: string): Promise<Network | undefined> {
  for (const key of ['id', 'name']) {
    const { status, body } = await session.request({ service: 'network', method: 'GET', path: `/networks?${key}=${encodeURIComponent(ident)}` });
    if (status !== 200) throw new StepFailed(`The network service answered with ${status} when asked for the network ${ident}`, { retryable: true });
    const { networks } = JSON.parse(body) as { networks: readonly { port_security_enabled?: boolean }[] };
    if (networks[0]) return { portSecurity: networks[0].port_security_enabled ?? true };
  }
  return undefined;
}
