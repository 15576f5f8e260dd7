import { StepFailed } from '@jeroboam/driver-sdk';
import type { CloudAccess, DriverManifest } from '@jeroboam/driver-sdk';
import type { CloudSession } from '@jeroboam/openstack';
import type { HeatBlueprint, HeatCloud, Network } from './blueprint.ts';
import { HeatDriver } from './heat-driver.ts';
import { meteredServers } from './metered-servers.ts';
import { SharedMetering } from './shared-metering.ts';

/** The code half of a manifest. */
export function heatDriver(blueprint: HeatBlueprint): DriverManifest['create'] {
  return ({ dataDir, cloud }) => new HeatDriver(blueprint, { dataDir }, cloud && heatCloud(cloud));
}

export function heatCloud(cloud: CloudAccess): HeatCloud {
  const { authUrl, apiUrl, simulated } = cloud;
  const shared = new SharedMetering();
  return {
    stacks: (bay) => cloud.stacks(bay), authUrl, apiUrl, simulated,
    project: async (bay) => (await cloud.session(bay).identity()).projectId ?? '',
    network: (bay, ident, by) => networkOf(cloud.session(bay), ident, by),
    servers: async (bay, since) => {
      const session = cloud.session(bay);
      return shared.servers((await session.identity()).projectId ?? '', since, (earliest) => meteredServers(session, earliest));
    },
  };
}

async function networkOf(session: CloudSession, ident: string, by?: 'subnet'): Promise<Network | undefined> {
  const wanted = by === 'subnet' ? textOf((await found(session, 'subnets', ident))?.['network_id']) : ident;
  const network = wanted === undefined ? undefined : await found(session, 'networks', wanted);
  const id = textOf(network?.['id']);
  if (!network || id === undefined) return undefined;
  const physicalNetwork = textOf(network['provider:physical_network']);
  return { id, portSecurity: network['port_security_enabled'] !== false, ...(physicalNetwork === undefined ? {} : { physicalNetwork }) };
}

/** By id first: a name may look like one. */
async function found(session: CloudSession, kind: 'networks' | 'subnets', ident: string): Promise<Readonly<Record<string, unknown>> | undefined> {
  for (const key of ['id', 'name']) {
    const { status, body } = await session.request({ service: 'network', method: 'GET', path: `/${kind}?${key}=${encodeURIComponent(ident)}` });
    if (status !== 200) throw new StepFailed(`The network service answered with ${status} when asked for ${ident} among its ${kind}`, { retryable: true });
    const [thing] = (JSON.parse(body) as Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>)[kind] ?? [];
    if (thing) return thing;
  }
  return undefined;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
