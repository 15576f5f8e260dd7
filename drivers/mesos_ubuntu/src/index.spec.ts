import { DriverRegistry, loadDrivers } from '@jeroboam/driver-sdk';
import { aBay, aBaySpec, driverContract } from '@jeroboam/driver-sdk/testing';
import { declaredIn } from '@jeroboam/heat-driver';
import { openOnFakeHeat } from '@jeroboam/heat-driver/testing';
import { blueprint, mesosUbuntuV1 } from './index.ts';
import { parametersOf } from './parameters.ts';

const spec = { externalNetworkId: 'public' };
driverContract('mesos_ubuntu on a Heat in memory', { manifest: mesosUbuntuV1, spec, cuts: 3, open: () => openOnFakeHeat(blueprint), timeoutMs: 60_000 });

describe('mesos_ubuntu', () => {
  const parameters = (more: object = {}, group: object = {}) => {
    const bay = aBay(aBaySpec(mesosUbuntuV1, { ...spec, ...more }));
    return parametersOf(bay, { ...bay.nodeGroups[1]!, ...group });
  };
  const [bundle] = mesosUbuntuV1.bundles!;

  it('is found by the name of its package, and says from its first day on when it goes', async () => {
    const registry = new DriverRegistry(await loadDrivers(['@jeroboam/driver-mesos-ubuntu'], import.meta.dirname));
    expect(registry.resolve({ serverType: 'vm', os: 'ubuntu', coe: 'mesos' }).manifest).toMatchObject({
      name: 'mesos_ubuntu', state: 'deprecated', deprecation: { sunset: '2027-06-01', replacement: 'k8s_fedora_coreos' },
    });
  });

  it('gives values to parameters that its templates have, and to all that must be given', () => {
    const declared = declaredIn(bundle!.files['bay.yaml']!);
    const given = Object.entries(parameters()).filter(([, value]) => value !== null && value !== undefined).map(([name]) => name);
    expect(given.filter((name) => !declared.includes(name))).toEqual([]);
    expect(declared.filter((name) => bundle!.parameters[name]!.default === undefined && !given.includes(name))).toEqual([]);
  });

  it('hands the labels of Mesos to its agents, those of a node group before those of the bay', () => {
    const labels = { mesos_slave_isolation: 'cgroups/cpu', mesos_slave_image_providers: 'docker' };
    expect(parameters({ labels }, { labels: { mesos_slave_isolation: 'docker/runtime' } })).toMatchObject({
      mesos_slave_isolation: 'docker/runtime', mesos_slave_image_providers: 'docker',
    });
  });

  it('fills in every variable of its user data', () => {
    const used = new Set(bundle!.files['node.sh']!.match(/__[A-Z_]+?__/g));
    for (const role of ['master', 'worker']) expect([...used].filter((name) => !bundle!.files[`${role}.yaml`]!.includes(`${name}:`))).toEqual([]);
  });
});
