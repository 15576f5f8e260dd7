import { generateKeyPairSync } from 'node:crypto';
import { DriverRegistry, loadDrivers } from '@jeroboam/driver-sdk';
import { aBay, aBaySpec, driverContract } from '@jeroboam/driver-sdk/testing';
import { declaredIn } from '@jeroboam/heat-driver';
import { openOnFakeHeat } from '@jeroboam/heat-driver/testing';
import { blueprint, k8sFedoraIronicV1 } from './index.ts';
import { parametersOf } from './parameters.ts';
import { withoutOptionalPorts } from './port-plan.ts';

const spec = { fixedNetwork: 'metal' };
driverContract('k8s_fedora_ironic on a Heat in memory', { manifest: k8sFedoraIronicV1, spec, cuts: 3, open: () => openOnFakeHeat(blueprint), timeoutMs: 60_000 });

describe('k8s_fedora_ironic', () => {
  const site = { authUrl: 'http://keystone.test/v3', apiUrl: 'http://api.test/v1', bootstrapToken: 'once', network: async (ident: string) => (ident === 'nowhere' ? undefined : { id: ident, portSecurity: ident !== 'open', physicalNetwork: 'physnet1' }) };
  const bayWith = (more: object) => aBay(aBaySpec(k8sFedoraIronicV1, { ...spec, ...more }));
  const parameters = (more: object = {}, group: object = {}) => {
    const bay = bayWith(more);
    return parametersOf(bay, { ...bay.nodeGroups[1]!, ...group }, site);
  };
  const [bundle] = k8sFedoraIronicV1.bundles!;

  it('is found by the name of its package and is the only match for its type', async () => {
    const registry = new DriverRegistry(await loadDrivers(['@jeroboam/driver-k8s-fedora-ironic'], import.meta.dirname));
    expect(registry.resolve({ serverType: 'bm', os: 'fedora-coreos', coe: 'kubernetes' }).manifest.name).toBe('k8s_fedora_ironic');
  });

  it('gives values to parameters that its templates have, and to all that must be given', async () => {
    const declared = declaredIn(bundle!.files['bay.yaml']!);
    const given = Object.entries(await parameters()).filter(([, value]) => value !== null && value !== undefined).map(([name]) => name);
    expect(given.filter((name) => !declared.includes(name))).toEqual([]);
    const required = declared.filter((name) => bundle!.parameters[name]!.default === undefined);
    expect(required.filter((name) => !given.includes(name))).toEqual([]);
  });

  it('asks for no security groups where the network has no port security', async () => {
    expect(await parameters()).toMatchObject({ port_security: true });
    expect(await parameters({ fixedNetwork: 'open' })).toMatchObject({ port_security: false });
  });

  it('wires workers with one port unless there is a plan, the one of their node group before that of the bay', async () => {
    expect(await parameters()).toMatchObject({ port_plan: [{ network: 'metal', role: 'primary', security_groups: 'applied' }], number_of_required_ports: 0, number_of_optional_ports: 0 });
    const planned = (port: object) => ({ labels: { port_plan: JSON.stringify([{ role: 'primary', subnet: 'metal-subnet' }, port]) } });
    expect(await parameters(planned({ role: 'storage', network: 'open', optional: true }))).toMatchObject({
      fixed_subnet: 'metal-subnet', number_of_required_ports: 0,
      optional_ports: [{ network: 'open', role: 'storage', has_port_security: false, security_groups: 'skipped(port_security_disabled)' }],
    });
    const group = planned({ role: 'backup', network: 'metal' });
    expect(await parameters(planned({ role: 'storage', network: 'open', optional: true }), group)).toMatchObject({ number_of_required_ports: 1, number_of_optional_ports: 0 });
  });

  it('finds the network of a subnet that is named alone', async () => {
    expect(await parameters({ fixedNetwork: null, fixedSubnet: 'metal-subnet' })).toMatchObject({ fixed_network: 'metal-subnet' });
  });

  it('leaves the optional ports out of a worker that found no machine, once', () => {
    const failure = { path: ['workers', '2', 'server'], reason: 'ResourceInError: resources.server: No valid host was found.' };
    const stack = { number_of_optional_ports: '1', workers_without_optional_ports: '0' };
    expect(withoutOptionalPorts(failure, stack)).toEqual({ workers_without_optional_ports: '0,2' });
    expect(withoutOptionalPorts(failure, { ...stack, workers_without_optional_ports: '0,2' })).toEqual({});
    expect(withoutOptionalPorts(failure, { ...stack, number_of_optional_ports: '0' })).toEqual({});
    expect(withoutOptionalPorts({ ...failure, path: ['masters', '0', 'server'] }, stack)).toEqual({});
    expect(withoutOptionalPorts({ ...failure, reason: 'Quota exceeded' }, stack)).toEqual({});
  });

  it.each([
    [{ tlsDisabled: true }, 'makes no bays without TLS'],
    [{ fixedNetwork: null }, 'need fixed_network or fixed_subnet'],
    [{ labels: { port_plan: '[{"role":"primary","network":"other"}]' } }, 'The primary port is on fixed_network metal, not on other'],
    [{ labels: { port_plan: '[{"role":"primary"},{"role":"storage","network":"nowhere"}]' } }, 'There is no network nowhere'],
    [{ labels: { port_plan: '[{"role":"primary","physical_network":"physnet2"}]' } }, 'is on the physical network physnet1, not on physnet2'],
    [{ fixedNetwork: 'nowhere' }, 'There is no network nowhere'],
    [{ masterLbEnabled: true }, 'makes no load balancer'],
    [{ floatingIpEnabled: true }, 'Required parameter external_network not provided.'],
    [{ dockerVolumeSize: 5 }, 'leave docker_volume_size out'],
    [{ labels: { etcd_volume_size: '5' } }, 'leave the label etcd_volume_size out'],
  ])('refuses what its templates cannot make: %j', async (more, reason) => {
    await expect(parameters(more)).rejects.toThrow(reason);
  });

  it('has user data small enough for Nova, and fills in every variable of it', () => {
    const key = Buffer.from(generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs1', format: 'pem' })).length * 1.4;
    for (const role of ['master', 'worker']) {
      const ignition = bundle!.files[`${role}.ign`]!;
      // 65,535 bytes in base64.
      expect((ignition.length + key + 2_000) * (4 / 3)).toBeLessThan(65_535);
      expect(JSON.parse(ignition)).toMatchObject({ ignition: { version: '3.3.0' } });
      const used = new Set(ignition.match(/__[A-Z_]+?__/g));
      expect([...used].filter((name) => !bundle!.files[`${role}.yaml`]!.includes(`${name}:`))).toEqual([]);
    }
  });
});
