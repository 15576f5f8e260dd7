import type { DriverManifest, PlannedStep } from '../driver.contract.ts';
import { fakeDriverManifest } from '../testing/fake-driver.ts';
import { aManifest } from '../testing/samples.ts';
import { templatesOf } from '../template/template-bundle.ts';
import type { TemplateDefinition } from '../template/template-bundle.ts';
import type { ChangeClass } from './classify-change.ts';
import { sampleCorpus } from './corpus.ts';
import { freezeDriver } from './frozen-driver.ts';
import type { FrozenDriver } from './frozen-driver.ts';
import { judgeBump, judgeDrivers } from './judge-bump.ts';

const TEMPLATE: TemplateDefinition = {
  version: '1.0.0',
  files: { 'bay.yaml': 'resources: …' },
  parameters: { image: { type: 'string' }, node_count: { type: 'number', default: 1, description: 'how many' } },
  outputs: { api_address: { type: 'string' } },
  defaultLabels: { kube_tag: 'v1.30' },
};

interface Sample {
  readonly version?: string;
  readonly template?: Partial<TemplateDefinition>;
  readonly steps?: readonly PlannedStep[];
  readonly resources?: Readonly<Record<string, unknown>>;
  readonly manifest?: Partial<DriverManifest>;
}

const STEPS: readonly PlannedStep[] = [{ name: 'make-network' }, { name: 'make-nodes', arguments: { disk: 10 } }];
const RESOURCES = { network: { type: 'OS::Neutron::Net' }, 'node-0': { type: 'OS::Nova::Server', image: 'i1' } };

function driver({ version = '1.0.0', template = {}, steps = STEPS, resources = RESOURCES, manifest = {} }: Sample): Promise<FrozenDriver> {
  const made = aManifest({
    version, ...templatesOf({ ...TEMPLATE, ...template }),
    create: () => ({
      availability: async () => ({ available: true }), plan: () => steps, render: () => resources,
      run: async () => ({}), health: async () => ({ status: 'HEALTHY', reason: {} }),
    }),
    ...manifest,
  });
  return freezeDriver(made, sampleCorpus(aManifest()));
}

const old = await driver({});
const { image, node_count } = TEMPLATE.parameters as Required<Pick<TemplateDefinition['parameters'], 'image' | 'node_count'>>;

/** Sample changes with the class they belong to. */
const SAMPLES: readonly { readonly what: string; readonly sample: Sample; readonly expected: ChangeClass }[] = ([
  ['nothing', {}, 'none'],
  ['a comment in the template', { template: { files: { 'bay.yaml': '# why\nresources: …' } } }, 'patch'],
  ['a better description of a parameter', { template: { parameters: { image, node_count: { ...node_count, description: 'number of workers' } } } }, 'patch'],
  ['a new parameter with a default', { template: { parameters: { ...TEMPLATE.parameters, volume_size: { type: 'number', default: 0 } } } }, 'minor'],
  ['a new output', { template: { outputs: { ...TEMPLATE.outputs, registry: { type: 'string' } } } }, 'minor'],
  ['a new resource beside the others', { resources: { ...RESOURCES, monitor: { type: 'OS::Octavia::HealthMonitor' } } }, 'minor'],
  ['a new default that no bay’s plan shows', { template: { parameters: { image, node_count: { ...node_count, default: 2 } } } }, 'minor'],
  ['a step between the others', { steps: [STEPS[0]!, { name: 'make-volumes' }, STEPS[1]!] }, 'minor'],
  ['a new parameter that must be given', { template: { parameters: { ...TEMPLATE.parameters, zone: { type: 'string' } } } }, 'major'],
  ['a renamed parameter', { template: { parameters: { image, worker_count: node_count } } }, 'major'],
  ['an output that is gone', { template: { outputs: {} } }, 'major'],
  ['a default that changes a bay’s plan', { template: { parameters: { image, node_count: { ...node_count, default: 2 } } }, steps: [STEPS[0]!, { name: 'make-nodes', arguments: { disk: 20 } }] }, 'major'],
  ['nodes that would be replaced', { resources: { ...RESOURCES, 'node-0': { type: 'OS::Nova::Server', image: 'i2' } } }, 'major'],
  ['a network that is gone', { resources: { 'node-0': RESOURCES['node-0'] } }, 'major'],
  ['steps in another order', { steps: [...STEPS].reverse() }, 'major'],
  ['an operation that is not done any more', { manifest: { capabilities: { ...aManifest().capabilities, operations: ['health'] } } }, 'major'],
] satisfies (readonly [string, Sample, ChangeClass])[]).map(([what, sample, expected]) => ({ what, sample, expected }));

describe('a change of a driver', () => {
  it.each(SAMPLES)('counts as $expected when it is $what', async ({ sample, expected }) => {
    const { change, findings } = judgeBump(old, await driver(sample));
    expect({ change, findings }).toMatchObject({ change: expected });
  });

  it.each(SAMPLES.filter(({ expected }) => expected !== 'none'))('is refused under the versions of before when it is $what', async ({ sample }) => {
    expect(judgeBump(old, await driver(sample)).problem).not.toBeNull();
  });

  const minor: Sample = { template: { outputs: { ...TEMPLATE.outputs, registry: { type: 'string' } } } };
  const withTemplate = (version: string, sample: Sample) => ({ ...sample, template: { ...sample.template, version } });

  it('declares PATCH and MINOR by the template’s version', async () => {
    expect(judgeBump(old, await driver(withTemplate('1.0.1', minor))).problem).toContain('this is a MINOR change, and the versions declare PATCH');
    expect(judgeBump(old, await driver(withTemplate('1.1.0', minor))).problem).toBeNull();
  });

  it('declares MAJOR by the driver’s version alone, whose templates may begin anew', async () => {
    const major: Sample = { template: { outputs: {} } };
    expect(judgeBump(old, await driver(withTemplate('2.0.0', major))).problem).toBe('this is a MAJOR change: the driver needs a new major version');
    expect(judgeBump(old, await driver({ ...withTemplate('2.0.0', major), version: '1.9.0' })).problem).not.toBeNull();
    expect(judgeBump(old, await driver({ ...withTemplate('2.0.0', major), version: '2.0.0' })).problem).toBeNull();
    expect(judgeBump(await driver({ template: { version: '1.4.0' } }), await driver({ ...major, version: '2.0.0' })).problem).toBeNull();
  });

  it('does not go back', async () => {
    expect(judgeBump(await driver({ version: '1.1.0' }), old).problem).toBe('version 1.0.0 is older than 1.1.0');
    expect(judgeBump(await driver({ template: { version: '1.1.0' } }), old).problem).toBe('template version 1.0.0 is older than 1.1.0');
  });

  it('is judged by the driver’s version where there is no template', async () => {
    const plain = (version: string, provides: DriverManifest['provides']) => freezeDriver({ ...fakeDriverManifest, version, provides }, sampleCorpus(fakeDriverManifest));
    const before = await plain('1.0.0', fakeDriverManifest.provides);
    const more = [...fakeDriverManifest.provides, { serverType: 'bm', os: 'cirros', coe: 'swarm-mode' } as const];
    expect(judgeBump(before, await plain('1.0.1', more)).problem).toContain('raise the version of the driver');
    expect(judgeBump(before, await plain('1.1.0', more)).problem).toBeNull();
  });
});

describe('drivers that were shipped', () => {
  const freezing = Promise.all(['1.0.0', '1.2.0'].map((version) => freezeDriver({ ...fakeDriverManifest, version }, sampleCorpus(fakeDriverManifest))));
  let shipped: readonly FrozenDriver[];
  beforeAll(async () => {
    shipped = await freezing;
  });
  const versions = (...wanted: readonly string[]) => judgeDrivers(shipped, wanted.map((version) => ({ ...fakeDriverManifest, version })));

  it('are compared with themselves, and new versions with the last before them', async () => {
    expect((await versions('1.0.0', '1.2.0', '1.1.0', '2.0.0')).map(({ from, to }) => [from.slice(0, 5), to.slice(0, 5)])).toEqual([
      ['1.0.0', '1.0.0'], ['1.2.0', '1.2.0'], ['1.0.0', '1.1.0'], ['1.2.0', '2.0.0'],
    ]);
  });

  it('are nobody else’s business', async () => {
    expect(await versions('0.9.0')).toEqual([]);
    expect(await judgeDrivers(shipped, [{ ...fakeDriverManifest, name: 'other' }])).toEqual([]);
  });

  it('may not be what they were not', async () => {
    const changed = { ...fakeDriverManifest, provides: [{ serverType: 'bm', os: 'cirros', coe: 'swarm-mode' } as const] };
    expect((await judgeDrivers(shipped, [changed]))[0]!.problem).toBe('this is a MAJOR change: the driver needs a new major version');
  });
});

describe('a frozen driver', () => {
  it('has its plans over every operation it claims, and reads as it was written', async () => {
    const frozen = await freezeDriver(fakeDriverManifest, sampleCorpus(fakeDriverManifest));
    expect(Object.keys(frozen.plans)).toEqual(['create', 'resize', 'create-node-group', 'update-node-group', 'delete-node-group', 'upgrade', 'rotate-ca', 'rotate-credential', 'delete']);
    expect(frozen.plans['create']).toEqual({ steps: [{ name: 'make-network' }, { name: 'make-nodes' }, { name: 'join-nodes' }], resources: {} });
    expect(JSON.parse(JSON.stringify(frozen))).toEqual(frozen);
  });

  it('says where its driver refuses', async () => {
    const operation = { ...sampleCorpus(fakeDriverManifest)[0]!.operation, kind: 'fly' as 'create' };
    expect((await freezeDriver(fakeDriverManifest, [{ ...sampleCorpus(fakeDriverManifest)[0]!, name: 'fly', operation }])).plans).toEqual({ fly: null });
  });
});
