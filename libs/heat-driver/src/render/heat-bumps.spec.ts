import { freezeDriver, judgeBump, sampleCorpus, templatesOf } from '@jeroboam/driver-sdk';
import type { ChangeClass, FrozenDriver, TemplateDefinition } from '@jeroboam/driver-sdk';
import { aManifest } from '@jeroboam/driver-sdk/testing';
import type { Values } from '../blueprint.ts';
import { heatDriver } from '../open-heat-cloud.ts';

const BAY = `
parameters:
  number_of_masters: {type: number}
  number_of_workers: {type: number}
  image: {type: string}
  flavor: {type: string, default: m1.small}
  volume_size: {type: number, default: 0}
  balanced: {type: boolean, default: false}
  bootstrap_token: {type: string, hidden: true}
conditions:
  has_volume: {not: {equals: [{get_param: volume_size}, 0]}}
  has_balancer: {get_param: balanced}
resources:
  network: {type: OS::Neutron::Net, properties: {name: {list_join: ['-', [{get_param: 'OS::stack_name'}, net]]}}}
  balancer: {type: OS::Octavia::LoadBalancer, condition: has_balancer, properties: {vip_network: {get_resource: network}}}
  masters:
    type: OS::Heat::ResourceGroup
    properties:
      count: {get_param: number_of_masters}
      resource_def: {type: node.yaml, properties: {name: 'master-%index%', image: {get_param: image}, flavor: {get_param: flavor}, network: {get_resource: network}, token: {get_param: bootstrap_token}, volume_size: 0}}
  workers:
    type: OS::Heat::ResourceGroup
    properties:
      count: {get_param: number_of_workers}
      resource_def: {type: node.yaml, properties: {name: 'worker-%index%', image: {get_param: image}, flavor: {get_param: flavor}, network: {get_resource: network}, token: {get_param: bootstrap_token}, volume_size: {get_param: volume_size}}}
outputs: {api_address: {value: 10.0.0.1}}
`;
const NODE = `
parameters: {name: {type: string}, image: {type: string}, flavor: {type: string}, network: {type: string}, token: {type: string}, volume_size: {type: number}}
conditions: {has_volume: {not: {equals: [{get_param: volume_size}, 0]}}}
resources:
  volume: {type: OS::Cinder::Volume, condition: has_volume, properties: {size: {get_param: volume_size}}}
  server:
    type: OS::Nova::Server
    properties:
      name: {get_param: name}
      image: {get_param: image}
      flavor: {get_param: flavor}
      networks: [{network: {get_param: network}}]
      user_data_update_policy: IGNORE
      user_data: {str_replace: {template: {get_file: node.sh}, params: {__TOKEN__: {get_param: token}}}}
`;
const GROUP = 'parameters: {number_of_workers: {type: number}}\nresources: {}\n';
const FILES = { 'bay.yaml': BAY, 'node.yaml': NODE, 'node-group.yaml': GROUP, 'node.sh': '#!/bin/bash\njoin __TOKEN__\n' };
const PARAMETERS: TemplateDefinition['parameters'] = { image: { type: 'string' }, flavor: { type: 'string', default: 'm1.small' }, volume_size: { type: 'number', default: 0 } };
const OUTPUTS: TemplateDefinition['outputs'] = { api_address: { type: 'string' } };

interface Change {
  /** Texts for others, in this file. */
  readonly replace?: readonly (readonly [file: keyof typeof FILES, old: string, next: string])[];
  readonly parameters?: TemplateDefinition['parameters'];
  readonly outputs?: TemplateDefinition['outputs'];
  readonly values?: Values;
}

function frozen({ replace = [], parameters = PARAMETERS, outputs = OUTPUTS, values = {} }: Change = {}): Promise<FrozenDriver> {
  const files: Record<string, string> = { ...FILES };
  for (const [file, old, next] of replace) {
    if (!files[file]!.includes(old)) throw new Error(`${file} has no ${old}`);
    files[file] = files[file]!.replace(old, next);
  }
  const templates = templatesOf({ version: '1.0.0', files, parameters, outputs });
  const blueprint = { name: 'some_driver', bundles: templates.bundles, parametersOf: () => ({ image: 'i1', bootstrap_token: Math.random(), ...values }) };
  const { capabilities } = aManifest();
  const manifest = aManifest({ ...templates, capabilities: { ...capabilities, operations: ['resize', 'node-groups'] }, create: heatDriver(blueprint) });
  return freezeDriver(manifest, sampleCorpus(manifest));
}

const SAMPLES: readonly (readonly [what: string, change: Change, expected: ChangeClass])[] = [
  ['nothing', {}, 'none'],
  ['a comment in a template', { replace: [['bay.yaml', 'resources:', '# why\nresources:']] }, 'patch'],
  ['a nested template put together in another way', { replace: [['node.yaml', 'conditions: {has_volume: {not: {equals: [{get_param: volume_size}, 0]}}}', 'conditions: {any: {equals: [{get_param: volume_size}, 0]}, has_volume: {not: any}}']] }, 'patch'],
  ['user data, which servers that are there do not get', { replace: [['node.sh', 'join', 'sleep 1; join']] }, 'patch'],
  ['a better description', { parameters: { ...PARAMETERS, image: { type: 'string', description: 'what nodes boot' } } }, 'patch'],
  ['a new parameter with a default', { replace: [['bay.yaml', '  balanced:', '  zone: {type: string, default: ""}\n  balanced:']], parameters: { ...PARAMETERS, zone: { type: 'string', default: '' } } }, 'minor'],
  ['a new output', { outputs: { ...OUTPUTS, registry: { type: 'string' } } }, 'minor'],
  ['a resource beside the others', { replace: [['bay.yaml', '  masters:', '  keeper: {type: OS::Nova::ServerGroup}\n  masters:']] }, 'minor'],
  ['a default that changes bays', { replace: [['bay.yaml', 'default: m1.small', 'default: m1.large']], parameters: { ...PARAMETERS, flavor: { type: 'string', default: 'm1.large' } } }, 'major'],
  ['a default that makes volumes', { replace: [['bay.yaml', 'volume_size: {type: number, default: 0}', 'volume_size: {type: number, default: 5}']], parameters: { ...PARAMETERS, volume_size: { type: 'number', default: 5 } } }, 'minor'],
  ['another network', { replace: [['bay.yaml', ', net]]', ', network]]']] }, 'major'],
  ['servers in another network', { replace: [['node.yaml', '[{network: {get_param: network}}]', '[{network: shared}]']] }, 'major'],
  ['servers whose user data would replace them', { replace: [['node.yaml', 'user_data_update_policy: IGNORE', 'user_data_update_policy: REPLACE']] }, 'major'],
  ['another type of resource', { replace: [['bay.yaml', 'OS::Neutron::Net', 'OS::Neutron::ProviderNet']] }, 'major'],
  ['a renamed resource', { replace: [['bay.yaml', '  workers:\n', '  agents:\n']] }, 'major'],
  ['a parameter that must be given', { parameters: { ...PARAMETERS, zone: { type: 'string' } } }, 'major'],
  ['an output that is gone', { outputs: {} }, 'major'],
  ['another value for a parameter', { values: { flavor: 'm1.tiny' } }, 'major'],
];

describe('a change of a driver on Heat', () => {
  it.each(SAMPLES)('counts by what bays have in their clouds: %s', async (_what, change, expected) => {
    const { change: found, findings } = judgeBump(await frozen(), await frozen(change));
    expect({ found, findings }).toMatchObject({ found: expected });
  });

  it('is seen in everything that Heat would make, down to nested templates and groups', async () => {
    const { plans } = await frozen({ values: { volume_size: '5' } });
    expect(Object.keys(plans['resize']!.resources)).toEqual([
      'network', 'masters', 'masters.0.server', 'workers',
      ...[0, 1, 2].flatMap((number) => [`workers.${number}.volume`, `workers.${number}.server`]),
    ]);
    expect(plans['resize']!.resources['workers.2.server']).toMatchObject({
      type: 'OS::Nova::Server', properties: { name: 'worker-2', image: 'i1', flavor: 'm1.small', networks: [{ network: { get_resource: 'network' } }] },
    });
    expect(plans['delete']!.resources).toEqual({});
  });
});
