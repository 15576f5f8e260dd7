import { DriverRegistry, loadDrivers } from '@jeroboam/driver-sdk';
import { aBay, aBaySpec, driverContract } from '@jeroboam/driver-sdk/testing';
import { declaredIn } from '@jeroboam/heat-driver';
import { openOnFakeHeat } from '@jeroboam/heat-driver/testing';
import { blueprint, standaloneBlueprint, swarmFedoraAtomicV1, swarmFedoraAtomicV2 } from './index.ts';
import { enginesIn } from './probe-standalone.ts';

const spec = { externalNetworkId: 'public' };
const site = { authUrl: 'http://keystone.test/v3', apiUrl: 'http://api.test/v1', bootstrapToken: 'once', network: async () => undefined };
const versions = [
  { version: '1.0.0', manifest: swarmFedoraAtomicV1, blueprint: standaloneBlueprint, coe: 'swarm' },
  { version: '2.0.0', manifest: swarmFedoraAtomicV2, blueprint, coe: 'swarm-mode' },
];

for (const each of versions) {
  driverContract(`swarm_fedora_atomic ${each.version} on a Heat in memory`, {
    manifest: each.manifest, spec, cuts: 3, open: () => openOnFakeHeat(each.blueprint), timeoutMs: 60_000,
  });
}

describe.each(versions)('swarm_fedora_atomic $version', ({ version, manifest, blueprint: made, coe }) => {
  const parameters = async (more: object = {}, group: object = {}) => {
    const bay = aBay(aBaySpec(manifest, { ...spec, ...more }));
    return made.parametersOf(bay, { ...bay.nodeGroups[1]!, ...group }, site);
  };
  const [bundle] = manifest.bundles!;

  it('is found by the name of its package and is the only match for its type', async () => {
    const registry = new DriverRegistry(await loadDrivers(['@jeroboam/driver-swarm-fedora-atomic', '@jeroboam/driver-swarm-local'], import.meta.dirname));
    expect(registry.resolve({ serverType: 'vm', os: 'fedora-atomic', coe }).manifest).toMatchObject({ name: 'swarm_fedora_atomic', version });
  });

  it('gives values to parameters that its templates have, and to all that must be given', async () => {
    const declared = declaredIn(bundle!.files['bay.yaml']!);
    const given = Object.entries(await parameters()).filter(([, value]) => value !== null && value !== undefined).map(([name]) => name);
    expect(given.filter((name) => !declared.includes(name))).toEqual([]);
    expect(declared.filter((name) => bundle!.parameters[name]!.default === undefined && !given.includes(name))).toEqual([]);
  });

  it('tells a further node group of what the bay’s own stack has put out', () => {
    const own = Object.keys(bundle!.outputs);
    const asked = declaredIn(bundle!.files['node-group.yaml']!).filter((name) => !declaredIn(bundle!.files['bay.yaml']!).includes(name));
    expect(asked.filter((name) => !own.includes(name))).toEqual([]);
  });

  it('has nodes fetch what its plugins need, and nothing where there are none', async () => {
    expect(await parameters({ volumeDriver: 'rexray', networkDriver: 'kuryr' })).toMatchObject({ node_credentials: 'network volume' });
    expect(await parameters()).toMatchObject({ node_credentials: '' });
  });

  it('takes storage driver and volume from the bay, labels of nodes from the group', async () => {
    expect(await parameters({ dockerStorageDriver: 'devicemapper', dockerVolumeSize: 5 }, { nodeLabels: { disk: 'ssd', zone: 'a' } })).toMatchObject({
      docker_storage_driver: 'devicemapper', docker_volume_size: 5, node_labels: 'disk=ssd,zone=a',
    });
  });

  it.each([
    [{ tlsDisabled: true }, 'makes no bays without TLS'],
    [{ externalNetworkId: null }, 'Required parameter external_network not provided.'],
    [{ masterLbEnabled: true, fixedNetwork: 'n1' }, 'needs fixed_subnet'],
  ])('refuses what its templates cannot make: %j', async (more, reason) => {
    await expect(parameters(more)).rejects.toThrow(reason);
  });

  it('fills in every variable of its user data', () => {
    const used = new Set(bundle!.files['node.sh']!.match(/__[A-Z_]+?__/g));
    for (const role of ['master', 'worker']) expect([...used].filter((name) => !bundle!.files[`${role}.yaml`]!.includes(`${name}:`))).toEqual([]);
  });
});

describe('a standalone Swarm', () => {
  it('says from its first day on when it goes, and what to use instead', () => {
    expect(swarmFedoraAtomicV1).toMatchObject({ state: 'deprecated', deprecation: { since: '2026-11-23', sunset: '2027-06-01' } });
  });

  it('takes the labels that Magnum had for it, an empty one as none', async () => {
    const labels = { swarm_strategy: 'binpack', flannel_backend: 'vxlan', swarm_version: '' };
    const bay = aBay(aBaySpec(swarmFedoraAtomicV1, { ...spec, labels, networkDriver: 'flannel', discoveryUrl: 'https://discovery.test/1' }));
    expect(await standaloneBlueprint.parametersOf(bay, bay.nodeGroups[1]!, site)).toMatchObject({
      swarm_strategy: 'binpack', flannel_backend: 'vxlan', swarm_version: undefined, network_driver: 'flannel', discovery_url: 'https://discovery.test/1',
    });
  });

  it('tells engines and their state out of what managers answer for people', () => {
    const SystemStatus: [string, string][] = [
      ['Role', 'primary'], ['Strategy', 'spread'], ['Filters', 'health, port'], ['Nodes', '2'],
      [' bay-master-0', '10.0.0.5:2375'], ['  └ ID', 'AB'], ['  └ Status', 'Healthy'], ['  └ Containers', '2'],
      [' bay-worker-0', '10.0.0.7:2375'], ['  └ ID', 'CD'], ['  └ Status', 'Unhealthy'],
    ];
    expect(enginesIn({ SystemStatus })).toEqual([{ name: 'bay-master-0', ready: true }, { name: 'bay-worker-0', ready: false }]);
    expect(enginesIn({})).toEqual([]);
  });
});
