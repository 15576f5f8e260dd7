import type { UserDataRunner } from '../../compute/user-data.ts';
import { missing } from '../../inventory/cloud-error.ts';
import type { SimulatedCloud } from '../../inventory/simulated-cloud.ts';
import { untilAborted } from '../../inventory/faults.ts';
import type { ResourceContext, ResourceType } from '../engine/resource-type.ts';
import { isMap, jsonText, listed, textOf } from '../hot/json.ts';
import type { Json, JsonMap } from '../hot/json.ts';
import { cloudType, nameOf } from './cloud-type.ts';

/** Configurations of software, and their deployment on servers. */
export function softwareTypes(sim: SimulatedCloud, userData: UserDataRunner): ResourceType[] {
  return [
    configType(sim, 'OS::Heat::SoftwareConfig', ({ config }) => textOf(config ?? '')),
    configType(sim, 'OS::Heat::StructuredConfig', ({ config }) => jsonText(config ?? {})),
    configType(sim, 'OS::Heat::CloudConfig', ({ cloud_config: config }) => `#cloud-config\n${jsonText(config ?? {})}`),
    configType(sim, 'OS::Heat::MultipartMime', (properties) => multipart(sim, properties)),
    deploymentType(sim, userData), deploymentGroupType(sim, userData),
  ];
}

/** A configuration cannot be changed: what a change needs is a new one. */
function configType(sim: SimulatedCloud, name: string, text: (properties: JsonMap) => string): ResourceType {
  return cloudType(sim, {
    name, kind: 'config', statuses: { making: 'COMPLETE', made: 'COMPLETE' },
    build: (context) => ({
      name: nameOf(context), uses: [],
      document: {
        config: text(context.properties), group: context.properties['group'] ?? null, outputs: context.properties['outputs'] ?? null,
      },
    }),
  });
}

const BOUNDARY = '===============sandbox-part==';

function multipart({ inventory }: SimulatedCloud, properties: JsonMap): string {
  const parts = listed(properties['parts']).filter(isMap).map((part) => {
    const given = textOf(part['config'] ?? '');
    const config = inventory.get('config', given);
    const subtype = textOf(part['subtype'] ?? 'plain');
    const file = typeof part['filename'] === 'string' ? `Content-Disposition: attachment; filename="${part['filename']}"\n` : '';
    return `--${BOUNDARY}\nContent-Type: text/${subtype}; charset="us-ascii"\nMIME-Version: 1.0\n${file}\n${config ? textOf(config.document['config']) : given}\n`;
  });
  return `Content-Type: multipart/mixed; boundary="${BOUNDARY}"\nMIME-Version: 1.0\n\n${parts.join('')}--${BOUNDARY}--\n`;
}

/** A server does what it is told once it is up; the fault `boot` of that server keeps this waiting too. */
async function deploy(
  { inventory }: SimulatedCloud, userData: UserDataRunner, serverId: string, { properties, signal }: ResourceContext,
): Promise<void> {
  const server = inventory.get('server', serverId);
  if (!server) throw missing(`Server ${serverId} could not be found.`);
  if (properties['signal_transport'] === 'NO_SIGNAL' || server.document['booted'] === true) return;
  await untilAborted(userData.booted(serverId), signal);
}

const RESULTS: Readonly<Record<string, Json>> = { deploy_stdout: '', deploy_stderr: '', deploy_status_code: 0 };

function deploymentType(sim: SimulatedCloud, userData: UserDataRunner): ResourceType {
  const name = 'OS::Heat::SoftwareDeployment';
  const plain = cloudType(sim, {
    name, kind: 'deployment', statuses: { making: 'IN_PROGRESS', made: 'COMPLETE' },
    build(context) {
      const { properties } = context;
      const server = textOf(properties['server']);
      const config = typeof properties['config'] === 'string' ? properties['config'] : null;
      return {
        name: nameOf(context), uses: [server, ...config === null ? [] : [config]], document: { server_id: server, config_id: config },
      };
    },
    update: ({ properties }, thing) => {
      thing.document['config_id'] = properties['config'] ?? null;
    },
    attribute: (thing, attribute) => (Object.hasOwn(RESULTS, attribute) ? RESULTS[attribute]! : thing.document[attribute] ?? ''),
  });
  return {
    ...plain,
    // Besides its own, a deployment has the outputs that its configuration declares.
    attributes: undefined,
    listedAttributes: Object.keys(RESULTS),
    async create(context) {
      await plain.create(context);
      await deploy(sim, userData, textOf(context.properties['server']), context);
    },
  };
}

/** One configuration on several servers, named in a map. */
function deploymentGroupType(sim: SimulatedCloud, userData: UserDataRunner): ResourceType {
  const name = 'OS::Heat::SoftwareDeploymentGroup';
  const serversOf = (properties: JsonMap): [string, string][] =>
    (isMap(properties['servers']) ? Object.entries(properties['servers']).map(([key, id]) => [key, textOf(id)]) : []);
  const plain = cloudType(sim, {
    name, kind: 'deployment', statuses: { making: 'IN_PROGRESS', made: 'COMPLETE' },
    build: (context) => ({
      name: nameOf(context), uses: serversOf(context.properties).map(([, id]) => id),
      document: { servers: context.properties['servers'] ?? {} },
    }),
    update({ properties }, thing) {
      thing.document['servers'] = properties['servers'] ?? {};
      sim.inventory.relink(thing, serversOf(properties).map(([, id]) => id));
    },
    attribute(thing, attribute) {
      const result = {
        deploy_stdouts: 'deploy_stdout', deploy_stderrs: 'deploy_stderr', deploy_status_codes: 'deploy_status_code',
      }[attribute];
      return result === undefined ? undefined : Object.fromEntries(serversOf(thing.document).map(([key]) => [key, RESULTS[result]!]));
    },
  });
  const deployAll = async (context: ResourceContext) => {
    await Promise.all(serversOf(context.properties).map(([, id]) => deploy(sim, userData, id, context)));
  };
  return {
    ...plain,
    async create(context) {
      await plain.create(context);
      await deployAll(context);
    },
    async update(context, change) {
      await plain.update(context, change);
      await deployAll(context);
    },
  };
}
