import { DriverRegistry, loadDrivers } from '@jeroboam/driver-sdk';
import { aBay, aBaySpec, driverContract } from '@jeroboam/driver-sdk/testing';
import { declaredIn } from '@jeroboam/heat-driver';
import { openOnFakeHeat } from '@jeroboam/heat-driver/testing';
import { blueprint, swarmFedoraAtomicV2 } from './index.ts';
import { parametersOf } from './parameters.ts';

const spec = { externalNetworkId: 'public' };
driverContract('swarm_fedora_atomic on a Heat in memory', { manifest: swarmFedoraAtomicV2, spec, cuts: 3, open: () => openOnFakeHeat(blueprint), timeoutMs: 60_000 });

describe('swarm_fedora_atomic', () => {
  const parameters = (more: object = {}, group: object = {}) => {
    const bay = aBay(aBaySpec(swarmFedoraAtomicV2, { ...spec, ...more }));
    return parametersOf(bay, { ...bay.nodeGroups[1]!, ...group }, { authUrl: 'http://keystone.test/v3', apiUrl: 'http://api.test/v1', bootstrapToken: 'once', network: async () => undefined });
  };
  const [bundle] = swarmFedoraAtomicV2.bundles!;

  it('is found by the name of its package and is the only match for its type', async () => {
    const registry = new DriverRegistry(await loadDrivers(['@jeroboam/driver-swarm-fedora-atomic', '@jeroboam/driver-swarm-local'], import.meta.dirname));
    expect(registry.resolve({ serverType: 'vm', os: 'fedora-atomic', coe: 'swarm-mode' }).manifest.name).toBe('swarm_fedora_atomic');
  });

  it('gives values to parameters that its templates have, and to all that must be given', () => {
    const declared = declaredIn(bundle!.files['bay.yaml']!);
    const given = Object.entries(parameters()).filter(([, value]) => value !== null && value !== undefined).map(([name]) => name);
    expect(given.filter((name) => !declared.includes(name))).toEqual([]);
    expect(declared.filter((name) => bundle!.parameters[name]!.default === undefined && !given.includes(name))).toEqual([]);
  });

  it('takes storage driver and volume from the bay, labels of nodes from the group', () => {
    expect(parameters({ dockerStorageDriver: 'devicemapper', dockerVolumeSize: 5 }, { nodeLabels: { disk: 'ssd', zone: 'a' } })).toMatchObject({
      docker_storage_driver: 'devicemapper', docker_volume_size: 5, node_labels: 'disk=ssd,zone=a',
    });
  });

  it.each([
    [{ tlsDisabled: true }, 'makes no bays without TLS'],
    [{ externalNetworkId: null }, 'Required parameter external_network not provided.'],
    [{ masterLbEnabled: true, fixedNetwork: 'n1' }, 'needs fixed_subnet'],
  ])('refuses what its templates cannot make: %j', (more, reason) => {
    expect(() => parameters(more)).toThrow(reason);
  });

  it('fills in every variable of its user data', () => {
    const used = new Set(bundle!.files['node.sh']!.match(/__[A-Z_]+?__/g));
    for (const role of ['master', 'worker']) expect([...used].filter((name) => !bundle!.files[`${role}.yaml`]!.includes(`${name}:`))).toEqual([]);
  });
});
